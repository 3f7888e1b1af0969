using Tessera.Engines.Cpu;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>A graph run by the CPU engine's executable and by the reference, on the same inputs.</summary>
internal sealed class CpuCase(Random random)
{
    private readonly List<Tensor> _inputs = [];

    public GraphBuilder G { get; } = new();

    public Random Random => random;

    public Node Input(DType type, Shape shape, Func<double>? draw = null)
    {
        draw ??= () => type.IsFloat() ? random.NextDouble() * 4 - 2 : random.Next(type.IsSigned() ? -20 : 0, 20);
        Tensor t = Tensor.Empty(type, shape);
        Fill(t, draw);
        _inputs.Add(t);
        return G.Input($"x{_inputs.Count}", type, shape);
    }

    public Node Input<T>(T[] data, Shape shape)
    {
        _inputs.Add(Tensor.From(data, shape));
        return G.Input($"x{_inputs.Count}", DTypes.Of<T>(), shape);
    }

    /// <summary>Runs and compares every output; errors may reach tolerance·(1 + |expected|).</summary>
    public void Check(double tolerance, params Node[] outputs) => Check([.. outputs.Select(n => (n, (Node?)null, tolerance))]);

    /// <summary>Runs and compares every output; errors may reach <paramref name="absolute"/>.</summary>
    public void CheckWithin(double absolute, Node output) => Check([(output, G.Broadcast(G.Scalar(DType.Float64, 1), output.Shape), absolute)]);

    /// <summary>Runs and compares sums over <paramref name="axes"/> of floats: errors may reach what n terms cost with pairwise summation, (24 + log₂ n)·u·Σ|x|, and one rounding to the type.</summary>
    public void CheckSum(Node x, bool keep, params int[] axes)
    {
        Node magnitude = G.Sum(G.Abs(G.Cast(x, DType.Float64)), keep, axes), sum = G.Sum(x, keep, axes);
        double u = x.Type == DType.Float64 ? Math.ScaleB(1, -53) : Math.ScaleB(1, -24), stored = x.Type switch { DType.Float16 => Math.ScaleB(1, -11), DType.BFloat16 => Math.ScaleB(1, -8), _ => u };
        Check([(sum, magnitude, (24 + Math.Log2(Math.Max(1, x.Shape.Count / Math.Max(1, sum.Shape.Count)))) * u + stored)]);
    }

    /// <summary>Errors may reach tolerance·scale, as the reference computes the scale; 1 + |expected| where there is none.</summary>
    private void Check((Node Value, Node? Scale, double Tolerance)[] checks)
    {
        Node[] outputs = [.. checks.Select(c => c.Value)], scales = [.. checks.Select(c => c.Scale).OfType<Node>()];
        Graph graph = G.Build(outputs);
        using ReferenceExecutable reference = new(graph);
        using CpuExecutable cpu = new(graph, new PrepareOptions(4, MemoryPool.Shared, false));
        Tensor?[] expected = new Tensor?[outputs.Length], actual = new Tensor?[outputs.Length], again = new Tensor?[outputs.Length];
        reference.Run([.. _inputs], expected, default);
        cpu.Run([.. _inputs], actual, default);
        cpu.Run([.. _inputs], again, new RunControl(1));
        Queue<Tensor> magnitudes = new(Reference(scales));
        string plan = string.Join('\n', cpu.Plan.Select(s => $"{s.Kernel} {string.Join(", ", s.Nodes)} — {s.Why}"));
        for (int i = 0; i < outputs.Length; i++)
        {
            Same(expected[i]!, actual[i]!, checks[i].Tolerance, checks[i].Scale is null ? null : Values(magnitudes.Dequeue()), plan);
            if (outputs[i].Type == DType.String) Assert.Equal(actual[i]!.Strings, again[i]!.Strings);
            else Assert.True(actual[i]!.RawBytes().SequenceEqual(again[i]!.RawBytes()), "one thread gives other bits\n" + plan);
        }
    }

    private Tensor[] Reference(Node[] outputs)
    {
        if (outputs.Length == 0) return [];
        using ReferenceExecutable reference = new(G.Build(outputs));
        Tensor?[] y = new Tensor?[outputs.Length];
        reference.Run([.. _inputs], y, default);
        return [.. y.Select(t => t!)];
    }

    private static void Same(Tensor expected, Tensor actual, double tolerance, double[]? scale, string plan)
    {
        Assert.Equal(expected.Type, actual.Type);
        Assert.Equal(expected.Shape, actual.Shape);
        if (expected.Type == DType.String) { Assert.Equal(expected.Strings, actual.Strings); return; }
        double[] e = Values(expected), a = Values(actual);
        for (int i = 0; i < e.Length; i++)
            if (!(e[i].Equals(a[i]) || e[i] == a[i] || Math.Abs(e[i] - a[i]) <= tolerance * (scale is null ? 1 + Math.Abs(e[i]) : scale[i]))) Assert.Fail($"element {i} of {expected}: {a[i]:R} instead of {e[i]:R}\n{plan}");
    }

    public static double[] Values(Tensor t) => t.Type is DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ or DType.Int4 or DType.UInt4
        ? [.. t.RawBytes().ToArray().Select(b => (double)b)] : t.Type == DType.UInt64 ? [.. t.ToArray<ulong>().Select(v => (double)v)] : Scalars.ToFloat64(t);

    private static unsafe void Fill(Tensor t, Func<double> draw)
    {
        Span<byte> raw = t.RawBytes();
        int size = Math.Max(1, t.Type.Bits() / 8);
        if (t.Type.Bits() == 4 || (t.Type.IsFloat() && t.Type.Bits() == 8)) { for (int i = 0; i < raw.Length; i++) raw[i] = (byte)(Math.Abs(draw()) * 15); return; }
        for (int i = 0; i < t.Count; i++)
        {
            using Tensor s = Scalars.Of(t.Type, draw());
            s.RawBytes().CopyTo(raw[(i * size)..]);
        }
    }
}
