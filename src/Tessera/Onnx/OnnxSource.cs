namespace Tessera.Onnx;

/// <summary>The bytes a model is read from, the files beside it, and the tensors read so far.</summary>
internal sealed class OnnxSource(MemoryBlock block, string name, string? folder) : IDisposable
{
    /// <summary>Dense bytes that sparse tensors may unfold to regardless of the file's size.</summary>
    private const long SparseFloor = 64L << 20, SparseFactor = 1024;

    private readonly Dictionary<string, MappedFile> _external = [];
    private readonly List<Tensor> _tensors = [];
    private long _sparseLeft = Math.Max(SparseFloor, block.Bytes > long.MaxValue / SparseFactor ? long.MaxValue : block.Bytes * SparseFactor);

    public MemoryBlock Block { get; } = block;

    public string Name { get; } = name;

    public WireReader Reader => new(this, 0, Block.Bytes, 0);

    public Tensor Keep(Tensor tensor)
    {
        _tensors.Add(tensor);
        return tensor;
    }

    /// <summary>Accounts for the dense form of a sparse tensor.</summary>
    public void Unfold(long bytes, long at)
    {
        if (bytes > _sparseLeft) throw new TesseraException(ErrorCode.Unsupported, $"{Name}, byte {at}: sparse tensors unfold to more than {SparseFactor} times the file's size; store them dense.");
        _sparseLeft -= bytes;
    }

    /// <summary>A file in the model's folder that holds tensor data.</summary>
    public MappedFile External(string location, long at)
    {
        if (_external.TryGetValue(location, out MappedFile? file)) return file;
        string path = ExternalPath.Resolve(folder, location, $"{Name}, byte {at}");
        return _external[location] = MappedFile.Open(path);
    }

    public TesseraException Malformed(long at, string what) => new(ErrorCode.MalformedModel, $"{Name}, byte {at}: {what}");

    /// <summary>Gives back everything read, after a failure.</summary>
    public void Abandon()
    {
        foreach (Tensor t in _tensors) t.Dispose();
        Dispose();
    }

    /// <summary>Lets go of the files; tensors in them keep them open.</summary>
    public void Dispose()
    {
        Block.Release();
        foreach (MappedFile f in _external.Values) f.Release();
        _external.Clear();
    }
}
