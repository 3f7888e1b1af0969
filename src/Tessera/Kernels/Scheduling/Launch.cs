using System.Runtime.InteropServices;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>What a kernel is launched with: the values that its buffers hold, in its numbering.</summary>
/// <param name="Kernel">What runs; null: the one value is filled with zeros.</param>
/// <param name="Bindings">null for the fault word.</param>
/// <param name="Nodes">What the launch computes.</param>
internal sealed record Launch(Kernel? Kernel, IReadOnlyList<Stored?> Bindings, IReadOnlyList<Node> Nodes)
{
    /// <summary>Bytes of the values that it reads and writes.</summary>
    public long Bytes => Bindings.Sum(b => b is { } s ? s.Bytes : sizeof(int));

    /// <summary>Whether a value is known when the graph is compiled: a constant, or random numbers, whose seed makes them one.</summary>
    public static bool IsConstant(Stored s) => s is { Node.Op: GraphOp.Const or GraphOp.Random, As: null };

    /// <summary>The elements of a constant as they lie in its buffer.</summary>
    public static Tensor Constant(Stored s)
    {
        Tensor t = Value(s.Node);
        if (s.Layout is not { } l) return t;
        using (t)
        {
            Tensor placed = Tensor.Zeros(t.Type, Shape.Of(l.Count));
            switch (t.Type.Bits())
            {
                case 8: Place<byte>(t, placed, l); break;
                case 16: Place<ushort>(t, placed, l); break;
                case 32: Place<uint>(t, placed, l); break;
                case 64: Place<ulong>(t, placed, l); break;
                default: throw new TesseraException(ErrorCode.Internal, $"Constants of {t.Type} are stored row-major only.");
            }
            return placed;
        }
    }

    private static void Place<T>(Tensor from, Tensor to, Layout l) where T : unmanaged
    {
        ReadOnlySpan<T> x = MemoryMarshal.Cast<byte, T>(from.RawBytes());
        Span<T> y = MemoryMarshal.Cast<byte, T>(to.RawBytes());
        Shape s = l.Shape;
        long[][] along = [.. Enumerable.Range(0, s.Rank).Select(l.Along)];
        // Columns of other panels lie elsewhere.
        (long First, long End) column = l.Columns;
        long[] digits = new long[s.Rank];
        long[] last = along[^1];
        for (int row = 0; row < x.Length; row += last.Length)
        {
            long at = l.Offset;
            bool outside = false;
            for (int a = 0; a < s.Rank - 1; a++)
            {
                at += along[a][digits[a]];
                outside |= a == l.Column && (digits[a] < column.First || digits[a] >= column.End);
            }
            if (!outside)
            {
                (int from0, int to0) = l.Column == s.Rank - 1 ? ((int)column.First, (int)column.End) : (0, last.Length);
                for (int i = from0; i < to0; i++) y[(int)(at + last[i])] = x[row + i];
            }
            for (int a = s.Rank - 2; a >= 0 && ++digits[a] == s[a]; a--) digits[a] = 0;
        }
    }

    private static Tensor Value(Node n)
    {
        if (n.Op == GraphOp.Const) return n.Constant!.Contiguous();
        Arg.Random a = (Arg.Random)n.Arg!;
        Tensor t = Tensor.Empty(a.Type, a.Shape);
        KernelMemory m = new(t);
        for (long i = 0; i < t.Count; i++) m.Write(i, Philox.Element(a, (int)i));
        return t;
    }
}
