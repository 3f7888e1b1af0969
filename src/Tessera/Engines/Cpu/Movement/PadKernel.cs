using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Movement;

/// <summary>Pad: per axis a table says which operand element an output element comes from.</summary>
internal static class PadKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        Arg.Pad a = (Arg.Pad)n.Arg!;
        // Rows are copied whole; transposing first, by blocks, is cheaper than picking elements.
        Operand from = x[0].Shape.Rank > 0 && x[0].Shape[-1] > 1 && x[0].Strides[x[0].Shape.Rank - 1] != 1 ? b.Contiguous(x[0]) : x[0];
        b.Add(x[0].Size switch
        {
            1 => new PadStep<byte>(a, from, x[1], y[0]),
            2 => new PadStep<ushort>(a, from, x[1], y[0]),
            4 => new PadStep<uint>(a, from, x[1], y[0]),
            _ => new PadStep<ulong>(a, from, x[1], y[0]),
        });
    }

    /// <summary>Operand index for output index <paramref name="i"/> (counted from the operand's start); −1 outside.</summary>
    public static long Source(PadMode mode, long i, long n) => mode switch
    {
        PadMode.Constant => i >= 0 && i < n ? i : -1,
        PadMode.Edge => Math.Clamp(i, 0, n - 1),
        PadMode.Wrap => ((i % n) + n) % n,
        PadMode.Reflect => n == 1 ? 0 : Fold(((i % (2 * n - 2)) + 2 * n - 2) % (2 * n - 2), n),
    };

    private static long Fold(long i, long n) => i < n ? i : 2 * n - 2 - i;
}

internal sealed unsafe class PadStep<T> : Step where T : unmanaged
{
    private readonly long[][] _sources;
    private readonly long _before;
    private readonly bool _copiesRows;

    public PadStep(Arg.Pad a, Operand x, Operand value, Operand y) : base($"pad {a.Mode.ToString().ToLowerInvariant()}", [x, value], [y], 0, "rows of the output, sources by table")
    {
        int rank = Math.Max(1, y.Shape.Rank);
        _sources = new long[rank][];
        if (y.Shape.Rank == 0) _sources[0] = [0];
        for (int i = 0; i < y.Shape.Rank; i++)
        {
            long n = x.Shape[i], before = a.Before[i];
            _sources[i] = [.. Enumerable.Range(0, checked((int)y.Shape[i])).Select(j => PadKernel.Source(a.Mode, j - before, n))];
        }
        _before = y.Shape.Rank == 0 ? 0 : a.Before[a.Before.Count - 1];
        _copiesRows = x.Shape.Rank > 0 && x.Strides[x.Shape.Rank - 1] == 1 && x.Shape[^1] > 0;
    }

    public override void Run(RunContext c)
    {
        if (Writes[0].Count == 0) return;
        int rows = checked((int)(Writes[0].Count / _sources[^1].Length)), workers = c.Workers(Writes[0].Bytes * 0.3);
        if (workers <= 1 || rows == 1) Rows(c, 0, rows);
        else c.Fork(this, rows, Math.Min(rows, workers * 4));
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long rows = phase, parts = Math.Min(phase, c.Workers(Writes[0].Bytes * 0.3) * 4);
        Rows(c, rows * part / parts, rows * (part + 1) / parts);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(RunContext c, long first, long end)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        T value = *c.Ptr<T>(Reads[1]);
        long[] inner = _sources[^1];
        int n = inner.Length, rank = Reads[0].Shape.Rank;
        long step = rank == 0 ? 0 : Reads[0].Strides[rank - 1], extent = rank == 0 ? 1 : Reads[0].Shape[rank - 1];
        for (long r = first; r < end; r++)
        {
            T* to = y + r * n;
            T* from = x;
            bool outside = false;
            long rest = r;
            for (int i = _sources.Length - 2; i >= 0; i--)
            {
                (rest, long at) = Math.DivRem(rest, _sources[i].Length);
                long s = _sources[i][at];
                outside |= s < 0;
                from += s * Reads[0].Strides[i];
            }
            if (outside) { new Span<T>(to, n).Fill(value); continue; }
            long i0 = 0, i1 = n;
            if (_copiesRows)
            {
                Buffer.MemoryCopy(from, to + _before, extent * sizeof(T), extent * sizeof(T));
                (i0, i1) = (_before, _before + extent);
                for (long i = i1; i < n; i++) to[i] = inner[i] < 0 ? value : from[inner[i]];
                i1 = i0;
                i0 = 0;
            }
            for (long i = i0; i < i1; i++) to[i] = inner[i] < 0 ? value : from[inner[i] * step];
        }
    }
}
