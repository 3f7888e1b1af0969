namespace Tessera.Onnx;

public sealed partial class OnnxModel
{
    /// <summary>Validates and writes the model. The file appears whole or not at all, so a model may be saved over the file it was read from.</summary>
    /// <param name="path">The file.</param>
    /// <param name="externalOver">Tensors of at least so many bytes go to a second file, <paramref name="path"/> + ".data"; none when null. Models beyond 2 GB need it to be readable by others.</param>
    /// <exception cref="TesseraException">MalformedModel when the graph is not valid; InvalidArgument when the file cannot be written.</exception>
    public void Save(string path, long? externalOver = null)
    {
        Validate();
        string data = path + ".data", mark = $".{Guid.NewGuid():N}.tmp";
        try
        {
            if (externalOver is long over)
            {
                using FileStream stream = File.Create(data + mark);
                WriteTo(path + mark, new(stream, Path.GetFileName(data), over));
            }
            else WriteTo(path + mark, null);
            if (externalOver is not null) File.Move(data + mark, data, overwrite: true);
            File.Move(path + mark, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TesseraException(ErrorCode.InvalidArgument, $"The model cannot be saved to '{path}': {e.Message}", e);
        }
        finally
        {
            Remove(path + mark);
            Remove(data + mark);
        }
    }

    /// <summary>Validates the model and gives it as the bytes of an ONNX file.</summary>
    public byte[] ToBytes()
    {
        Validate();
        using WireWriter w = new();
        new ModelWriter(null).Write(w, this);
        return w.ToBytes();
    }

    private void WriteTo(string path, ExternalData? external)
    {
        using WireWriter w = new();
        new ModelWriter(external).Write(w, this);
        using FileStream stream = File.Create(path);
        w.CopyTo(stream);
    }

    private static void Remove(string path)
    {
        try { File.Delete(path); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            // The directory itself is missing or closed to us; what stopped the save is already on its way to the caller.
        }
    }
}
