using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Computes nodes of constants with the kernels that would run them, so that folding changes no bit.</summary>
internal static class CpuFolding
{
    /// <summary>Elements beyond which a result is left to run time: a graph does not grow without bound by folding.</summary>
    private const long MaxCount = 1 << 25;

    /// <summary>Bytes from which a transposed constant stays a view: kernels pack it from where it lies.</summary>
    private const long ViewBytes = 1 << 16;

    public static Tensor[]? Fold(Node n)
    {
        long count = 0;
        foreach (TensorType t in n.Outputs) count += t.Shape.Count;
        if (count > MaxCount || n.Op is GraphOp.Random or GraphOp.Input or GraphOp.Part) return null;
        if (n.Op == GraphOp.Reshape) return [n.In[0].Constant!.Reshape(n.Shape)];
        if (n.Op == GraphOp.Transpose && n.Type != DType.String && n.Type.Bits() >= 8 && n.Type.Bytes(count) >= ViewBytes)
            return [n.In[0].Constant!.Transpose([.. ((Arg.Permutation)n.Arg!).Axes.Span.ToArray().Select(a => (int)a)])];
        return SmallFolding.Fold(n) ?? Run(n);
    }

    private static Tensor[] Run(Node n)
    {
        Node[] results = n.Outputs.Length == 1 ? [n] : [.. n.Outputs.Select((t, i) => new Node(n.Id + 1 + i, GraphOp.Part, [n], new Arg.Part(i), [t]))];
        using CpuExecutable x = new(new Graph([], [.. results]), new PrepareOptions(1, MemoryPool.Shared, false));
        Tensor?[] outputs = new Tensor?[results.Length];
        x.Run([], outputs, new RunControl(1));
        return outputs!;
    }
}
