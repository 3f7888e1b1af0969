namespace Tessera.Lab;

/// <summary>Tensors in files of raw elements, as peers exchange them.</summary>
public static class PeerFiles
{
    /// <exception cref="NotSupportedException">The tensor holds strings.</exception>
    public static PeerTensor Save(string folder, string name, Tensor t)
    {
        if (t.Type == DType.String) throw new NotSupportedException($"'{name}' holds strings");
        string file = Path.Combine(folder, $"{Path.GetRandomFileName()}.bin");
        using Tensor c = t.Contiguous();
        File.WriteAllBytes(file, c.RawBytes());
        return new(name, $"{c.Type}", c.Shape.ToArray(), file);
    }

    /// <exception cref="NotSupportedException">The file does not hold what its shape says.</exception>
    public static Tensor Read(PeerTensor t)
    {
        Tensor made = Tensor.Empty(Enum.Parse<DType>(t.Type), Shape.Of(t.Dims));
        byte[] bytes = File.ReadAllBytes(t.File);
        if (bytes.LongLength != made.Bytes)
        {
            made.Dispose();
            throw new NotSupportedException($"'{t.Name}' has {bytes.LongLength} bytes, {t.Type}[{string.Join(", ", t.Dims)}] needs {made.Bytes}");
        }
        bytes.CopyTo(made.RawBytes());
        return made;
    }

    /// <summary>A job with its inputs in a folder; <paramref name="native"/>: as the call of a library, else as a model.</summary>
    /// <exception cref="NotSupportedException">An input is no tensor of numbers.</exception>
    public static PeerJob Of(BenchJob job, string folder, int threads, bool native) => native
        ? new(job.Native!.Kind, null, [.. job.Operands.Select((t, i) => Save(folder, $"{i}", t))], folder, threads, job.Native.Numbers)
        : new("onnx", Path.GetFullPath(job.Model), [.. job.Inputs.Select(i => i.Value is TensorValue t ? Save(folder, i.Key, t.Tensor) : throw new NotSupportedException($"input '{i.Key}' is {i.Value}, no tensor"))], folder, threads, []);
}
