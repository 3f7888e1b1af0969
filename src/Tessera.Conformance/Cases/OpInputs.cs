using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>The graph of a case and the tensors that go into it. Either its inputs are inputs, or constants, so that an engine's folding is held to the same values.</summary>
/// <param name="graph">What the case is built in.</param>
/// <param name="random">Where its numbers come from.</param>
/// <param name="constant">Whether leaves are constants.</param>
/// <param name="normal">Whether numbers below 2⁻¹²⁶ are zeros, for engines that take them as such.</param>
public sealed class OpInputs(GraphBuilder graph, Random random, bool constant, bool normal = false) : IDisposable
{
    /// <summary>The least 32-bit float that is not subnormal.</summary>
    internal const double LeastNormal = 1.1754943508222875e-38;

    private readonly List<Tensor> _tensors = [];

    public GraphBuilder G => graph;

    public Random Random => random;

    /// <summary>What the graph's inputs are run on, in order.</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <summary>A leaf with this value.</summary>
    public Node Leaf(Tensor value)
    {
        _tensors.Add(value);
        return constant ? graph.Const(value) : graph.Input($"x{_tensors.Count}", value.Type, value.Shape);
    }

    /// <summary>Numbers of a range, with those of <paramref name="edges"/> mixed in.</summary>
    public Node Floats(DType type, Shape shape, double low, double high, ReadOnlySpan<double> edges = default)
    {
        double[] v = new double[shape.Count];
        for (int i = 0; i < v.Length; i++) v[i] = low + (high - low) * random.NextDouble();
        // A third of the places at most: the rest stays ordinary, so that vectors of both kinds occur.
        for (int i = 0; i < edges.Length && i * 3 < v.Length; i++) v[i * 3 % v.Length] = edges[i];
        if (normal && type is DType.Float32 or DType.BFloat16)
            for (int i = 0; i < v.Length; i++)
                if (Math.Abs(v[i]) < LeastNormal) v[i] = Math.CopySign(0, v[i]);
        return Leaf(Make(type, shape, v));
    }

    /// <summary>Integers of [low, high], or of the whole type with its extremes when no range is given.</summary>
    public Node Integers(DType type, Shape shape, long? low = null, long? high = null)
    {
        long[] v = new long[shape.Count];
        for (int i = 0; i < v.Length; i++)
            v[i] = low is { } l && high is { } h ? random.NextInt64(l, h + 1)
                : (i % 4) switch { 0 => random.NextInt64(long.MinValue, long.MaxValue), 1 => long.MinValue >> random.Next(64), 2 => random.NextInt64(-3, 4), _ => long.MaxValue };
        return Leaf(Make(type, shape, v));
    }

    public Node Bools(Shape shape) => Leaf(Tensor.From(Array.ConvertAll(new byte[shape.Count], _ => random.Next(2) == 1), shape));

    private static Tensor Make(DType type, Shape shape, double[] v) => type switch
    {
        DType.Float64 => Tensor.From(v, shape),
        DType.Float32 => Tensor.From(Array.ConvertAll(v, e => (float)e), shape),
        DType.Float16 => Tensor.From(Array.ConvertAll(v, e => (Half)e), shape),
        DType.BFloat16 => Tensor.From(Array.ConvertAll(v, e => (BFloat16)(float)e), shape),
        DType.Float8E4M3FN => Tensor.From(Array.ConvertAll(v, e => Float8E4M3FN.From(e)), shape),
        DType.Float8E4M3FNUZ => Tensor.From(Array.ConvertAll(v, e => Float8E4M3FNUZ.From(e)), shape),
        DType.Float8E5M2 => Tensor.From(Array.ConvertAll(v, e => Float8E5M2.From(e)), shape),
        DType.Float8E5M2FNUZ => Tensor.From(Array.ConvertAll(v, e => Float8E5M2FNUZ.From(e)), shape),
        _ => Make(type, shape, Array.ConvertAll(v, e => (long)e)),
    };

    private static Tensor Make(DType type, Shape shape, long[] v) => type switch
    {
        DType.Int64 => Tensor.From(v, shape),
        DType.UInt64 => Tensor.From(Array.ConvertAll(v, e => (ulong)e), shape),
        DType.Int32 => Tensor.From(Array.ConvertAll(v, e => (int)e), shape),
        DType.UInt32 => Tensor.From(Array.ConvertAll(v, e => (uint)e), shape),
        DType.Int16 => Tensor.From(Array.ConvertAll(v, e => (short)e), shape),
        DType.UInt16 => Tensor.From(Array.ConvertAll(v, e => (ushort)e), shape),
        DType.Int8 => Tensor.From(Array.ConvertAll(v, e => (sbyte)e), shape),
        DType.UInt8 => Tensor.From(Array.ConvertAll(v, e => (byte)e), shape),
        DType.Int4 or DType.UInt4 => Packed(type, shape, v),
        _ => throw new TesseraException(ErrorCode.Internal, $"no integers of {type}."),
    };

    private static Tensor Packed(DType type, Shape shape, long[] v)
    {
        Tensor t = Tensor.Empty(type, shape);
        Nibbles.Pack(Array.ConvertAll(v, e => (byte)(e & 15)), t.RawBytes());
        return t;
    }

    public void Dispose()
    {
        foreach (Tensor t in _tensors) t.Dispose();
    }
}
