using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>A row of the operator bench: a small model, written by our own writer, and what its definition asks for.</summary>
/// <param name="Name">Unique: what `--filter` looks at, with the family.</param>
/// <param name="Build">The model and its inputs.</param>
public sealed record OpRow(string Family, string Name, Func<OpModel> Build)
{
    /// <summary>Operations that the definition asks for.</summary>
    public double Operations { get; init; }

    /// <summary>Whether they are products of 8-bit integers.</summary>
    public bool Int8 { get; init; }

    /// <summary>Bytes of inputs and constants that the definition has no need to read.</summary>
    public long Unread { get; init; }

    public NativeJob? Native { get; init; }

    public IReadOnlyList<Gate> Gates { get; init; } = [];

    public Bounds Bound { get; init; } = new(1e-4);

    /// <summary>Writes the model into a folder.</summary>
    public BenchJob Job(string folder)
    {
        using OpModel m = Build();
        string file = Path.Combine(folder, $"{Path.GetRandomFileName()}.onnx");
        m.Model.Save(file);
        long outputs = m.Model.Graph.Outputs.Sum(o => o.Type is OnnxType.Tensor { Dims: { } d } t ? t.Element.Bytes(d.Aggregate(1L, (a, x) => a * x.Value)) : 0);
        long constants = m.Model.Graph.Initializers.Values.Sum(t => t.Bytes);
        return new(Name, Family, file, m.Inputs.ToDictionary(i => i.Name, i => (Value)i.Value.Share()), Bound)
        {
            Operations = Operations, Int8 = Int8, Native = Native, Gates = Gates, ReuseOutputs = true,
            Bytes = m.Inputs.Sum(i => i.Value.Bytes) + constants + outputs - Unread,
            Operands = Native is null ? [] : [.. m.Inputs.Select(i => i.Value.Share()), .. m.Model.Graph.Initializers.Values.Where(t => t.Shape.Rank > 1).Select(t => t.Contiguous())],
        };
    }
}

/// <summary>A model and the inputs to run it on.</summary>
public sealed record OpModel(OnnxModel Model, IReadOnlyList<(string Name, Tensor Value)> Inputs) : IDisposable
{
    public void Dispose()
    {
        Model.Dispose();
        foreach ((_, Tensor t) in Inputs) t.Dispose();
    }
}
