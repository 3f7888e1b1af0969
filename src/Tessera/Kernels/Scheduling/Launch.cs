using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>What a kernel is launched with: the values that its buffers hold, in its numbering.</summary>
/// <param name="Kernel">What runs.</param>
/// <param name="Bindings">null for the fault word.</param>
/// <param name="Nodes">What the launch computes.</param>
internal sealed record Launch(Kernel Kernel, IReadOnlyList<Stored?> Bindings, IReadOnlyList<Node> Nodes)
{
    /// <summary>Bytes of the values that it reads and writes.</summary>
    public long Bytes => Bindings.Sum(b => b is { } s ? s.Bytes : sizeof(int));

    /// <summary>The value of a constant, or of random numbers, whose seed makes them one.</summary>
    public static Tensor Constant(Node n)
    {
        if (n.Op == GraphOp.Const) return n.Constant!.Contiguous();
        Arg.Random a = (Arg.Random)n.Arg!;
        Tensor t = Tensor.Empty(a.Type, a.Shape);
        KernelMemory m = new(t);
        for (long i = 0; i < t.Count; i++) m.Write(i, Philox.Element(a, (int)i));
        return t;
    }
}
