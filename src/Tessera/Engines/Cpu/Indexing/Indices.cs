using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Indexing;

/// <summary>Index operands as contiguous Int64, and the refusal of indices outside their axis.</summary>
internal static class Indices
{
    public static Operand Int64(StepBuilder b, Operand x)
    {
        if (x.Type == DType.Int64) return b.Contiguous(x);
        Operand y = b.Temporary(DType.Int64, x.Shape);
        b.Add(TileCompiler.Single(b, Conversions.Convert(x.Type, DType.Int64), x, y));
        return y;
    }

    /// <summary>An index that may count from the end, in 0 … n − 1.</summary>
    /// <exception cref="TesseraException">InvalidArgument naming the node.</exception>
    public static long Checked(Step step, long index, long n)
    {
        long i = index < 0 ? index + n : index;
        return (ulong)i < (ulong)n ? i : throw Outside(step, index, n);
    }

    private static TesseraException Outside(Step step, long index, long n)
    {
        string node = step.Nodes.Count > 0 ? $"{step.Nodes[0].Op}{(step.Nodes[0].Origin is { } o ? $" '{o}'" : "")}" : step.Kernel;
        return new(ErrorCode.InvalidArgument, $"{node}: index {index} lies outside an axis of {n} elements of {step.Reads[0].Type}{step.Reads[0].Shape}; indices go from {-n} to {n - 1}.");
    }
}
