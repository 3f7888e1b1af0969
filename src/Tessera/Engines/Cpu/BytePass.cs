using Tessera.Compiler;
using Tessera.Compiler.Rules;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>
/// What lies between two quantised products and only picks elements runs on bytes. Graphs say it in floats, which every engine has: quantise(f(dequantise q)), f a maximum over windows, a concatenation, a gathering,
/// movement. Dequantising is monotone and quantising undoes it, so f(q) is the same, bit for bit.
/// </summary>
internal static class BytePass
{
    private static readonly Pass Pass = new("bytes", [new("quantised f(dequantised q) → f(q), f picking elements (exact)", GraphOp.Cast, Picked)]);

    /// <summary>The graph with what picks elements on bytes; itself when there is nothing of that kind.</summary>
    public static Graph Run(Graph graph)
    {
        foreach (Node n in graph.Nodes)
            if (n is { Op: GraphOp.Cast, Type: DType.UInt8 or DType.Int8, In: [{ Type: DType.Float32, Op: GraphOp.Min or GraphOp.Pool }] }) return Passes.Run(Pass, graph, CpuFolding.Fold, null);
        return graph;
    }

    private static Node? Picked(Rewriting r, Node n)
    {
        // MaxPool of 8-bit integers, which the graph has in Float32.
        if (n is { Type: DType.UInt8 or DType.Int8, In: [{ Op: GraphOp.Pool, In: [{ Op: GraphOp.Cast, In: [var bytes] }] } pool] }) return bytes.Type == n.Type && PicksAlways(pool) ? r.G.Pool(bytes, (Arg.Pool)pool.Arg!) : null;
        // A dequantised value itself: the graph's own passes have dealt with it.
        return Quantized.Find(n) is { Real.Type: DType.Float32 } q && Dequantized.Find(q.Real) is null ? Values(r, q, q.Real) : null;
    }

    /// <summary>What <paramref name="real"/> quantises to, when it consists of what was quantised the same way.</summary>
    private static Node? Values(Rewriting r, Quantized q, Node real)
    {
        if (Dequantized.Find(real) is { } d) return q.Undoes(d) ? d.Values : null;
        // What others read as floats too would be made twice.
        if (!r.IsOnlyUse(real)) return null;
        if (real.Op == GraphOp.Concat) return Concat(r, q, real);
        bool picks = Dequantized.Moves(real) || real.Op == GraphOp.Gather || real.Op == GraphOp.Pool && PicksAlways(real);
        if (!picks || Values(r, q, real.In[0]) is not { } x) return null;
        (string? origin, r.G.Origin) = (r.G.Origin, real.Origin);
        Node y = r.G.Emit(real.Op, [x, .. real.In.AsSpan()[1..]], real.Arg);
        r.G.Origin = origin;
        return y;
    }

    /// <summary>Parts that were quantised in other ways, or not at all, are quantised each for themselves.</summary>
    private static Node? Concat(Rewriting r, Quantized q, Node real)
    {
        Node[] parts = new Node[real.In.Length];
        long picked = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            Node? x = Values(r, q, real.In[i]);
            if (x is not null || Dequantized.Find(real.In[i]) is not null) picked += real.In[i].Shape.Count;
            parts[i] = x ?? q.Of(r.G, real.In[i]);
        }
        return 2 * picked >= real.Shape.Count ? r.G.Concat(((Arg.Along)real.Arg!).Axis, parts) : null;
    }

    /// <summary>Whether a pooling is a maximum and each of its windows holds an element.</summary>
    private static bool PicksAlways(Node pool)
    {
        Arg.Pool p = (Arg.Pool)pool.Arg!;
        if (p.Kind != PoolKind.Max || p.Indices) return false;
        for (int a = 0; a < p.Kernel.Count; a++)
        {
            // A window of one dilated tap in the padding after another may jump over the image.
            if (p.Dilations[a] != 1 && (p.Before[a] > 0 || p.After[a] > 0)) return false;
            long first = (p.Out[a] - 1) * p.Strides[a] - p.Before[a];
            if (p.Before[a] >= p.Kernel[a] || first >= pool.In[0].Shape[a + 2]) return false;
        }
        return true;
    }
}
