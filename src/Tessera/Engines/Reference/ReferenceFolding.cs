using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Computes nodes of constants. Each result is rounded to its type, so a chain of Float32 nodes rounds after each as Float32 kernels do.</summary>
internal static class ReferenceFolding
{
    /// <summary>Elements beyond which a result is left to run time: a graph does not grow without bound by folding.</summary>
    private const long MaxCount = 1 << 25;

    public static Tensor[]? Fold(Node n)
    {
        long count = 0;
        foreach (TensorType t in n.Outputs) count += t.Shape.Count;
        if (count > MaxCount || n.Op is GraphOp.Random or GraphOp.Input or GraphOp.Part) return null;
        if (n.Op == GraphOp.Reshape) return [n.In[0].Constant!.Reshape(n.Shape)];
        return [.. Interpreter.Evaluate(n, [.. n.In.Select(i => CellsIo.Read(i.Constant!))]).Select(c => CellsIo.ToTensor(c))];
    }
}
