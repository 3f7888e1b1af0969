using System.Runtime.InteropServices;

namespace Tessera.Onnx;

public sealed partial class OnnxModel
{
    /// <summary>Reads a model; its weights stay in the file and are mapped into memory. External tensor data is taken from the model's own folder only.</summary>
    /// <exception cref="TesseraException">InvalidArgument: no such file. MalformedModel: with the byte that is wrong. Unsupported: element types that no definition covers.</exception>
    public static OnnxModel Load(string path)
    {
        MappedFile file = MappedFile.Open(path);
        return Read(new OnnxSource(file, Path.GetFileName(path), Path.GetDirectoryName(Path.GetFullPath(path))));
    }

    /// <summary>Reads a model from bytes, which are copied.</summary>
    /// <param name="bytes">The model.</param>
    /// <param name="folder">Where external tensor data lies; null refuses such data.</param>
    /// <param name="name">What messages call the model.</param>
    public static OnnxModel Load(ReadOnlyMemory<byte> bytes, string? folder = null, string name = "model")
    {
        MemoryBlock block = MemoryPool.Shared.Rent(bytes.Length, name);
        bytes.Span.CopyTo(block.Span(0, bytes.Length));
        return Read(new OnnxSource(block, name, folder));
    }

    /// <summary>Checks names, order and calls, and puts nodes into topological order; reading and saving do so themselves.</summary>
    /// <exception cref="TesseraException">MalformedModel naming the nodes and values.</exception>
    public void Validate() => ModelValidation.Check(this, "model");

    private static OnnxModel Read(OnnxSource source)
    {
        try
        {
            if (source.Block.Bytes > 20 && source.Block.Span(0, 20).SequenceEqual("version https://git-"u8))
                throw source.Malformed(0, "this is a Git LFS pointer, not the model; fetch it with 'git lfs pull'.");
            OnnxModel model = ModelReader.Read(source.Reader);
            ModelValidation.Check(model, source.Name);
            source.Dispose();
            return model;
        }
        catch
        {
            source.Abandon();
            throw;
        }
    }
}
