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

/// <summary>The axes after the last padded one are one block of memory; along that axis the operand's own elements are one run where they lie together. Per axis a table gives the source of what is outside.</summary>
internal sealed unsafe class PadStep<T> : Step
{
    private readonly long[][] _sources;
    private readonly long[] _steps;
    private readonly long _block, _first, _run;
    private readonly bool _together;

    public PadStep(Arg.Pad a, Operand x, Operand value, Operand y) : base($"pad {a.Mode.ToString().ToLowerInvariant()}", [x, value], [y], 0, "rows of the output, sources by table")
    {
        int last = y.Shape.Rank - 1;
        _block = 1;
        for (; last >= 0 && a.Before[last] == 0 && y.Shape[last] == x.Shape[last] && (x.Shape[last] == 1 || x.Strides[last] == _block); last--) _block *= x.Shape[last];
        _sources = new long[last + 1][];
        _steps = new long[last + 1];
        for (int i = 0; i <= last; i++)
        {
            long n = x.Shape[i], before = a.Before[i];
            _sources[i] = [.. Enumerable.Range(0, checked((int)y.Shape[i])).Select(j => PadKernel.Source(a.Mode, j - before, n))];
            _steps[i] = x.Strides[i];
        }
        if (last < 0) return;
        _first = Math.Clamp(a.Before[last], 0, y.Shape[last]);
        _run = Math.Clamp(a.Before[last] + x.Shape[last], _first, y.Shape[last]) - _first;
        _together = x.Strides[last] == _block;
    }

    private long RowLength => _sources.Length == 0 ? _block : _sources[^1].Length * _block;

    public override void Run(RunContext c)
    {
        if (Writes[0].Count == 0) return;
        long rows = Writes[0].Count / RowLength;
        int workers = c.Workers(Writes[0].Bytes * 0.1 + rows * 5), parts = (int)Math.Min(rows, workers * 4L);
        if (workers <= 1 || parts <= 1) Rows(c, 0, rows);
        else c.Fork(this, parts, parts);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long rows = Writes[0].Count / RowLength;
        Rows(c, rows * part / phase, rows * (part + 1) / phase);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(RunContext c, long first, long end)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        T value = *c.Ptr<T>(Reads[1]);
        int outer = Math.Max(0, _sources.Length - 1);
        long* at = stackalloc long[Shape.MaxRank];
        long rest = first, length = RowLength;
        for (int i = outer - 1; i >= 0; i--) (rest, at[i]) = Math.DivRem(rest, _sources[i].Length);
        for (long r = first; r < end; r++)
        {
            T* from = x;
            bool outside = false;
            for (int i = 0; i < outer; i++)
            {
                long s = _sources[i][at[i]];
                outside |= s < 0;
                from += s * _steps[i];
            }
            T* to = y + r * length;
            if (outside) Fill(to, length, value);
            else if (_sources.Length == 0) Copy(from, to, length);
            else Row(from, to, value);
            for (int i = outer - 1; i >= 0 && ++at[i] == _sources[i].Length; i--) at[i] = 0;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(T* from, T* to, T value)
    {
        long[] sources = _sources[^1];
        long step = _steps[^1];
        for (long i = 0; i < sources.Length; i++)
        {
            if (i == _first && _run > 0 && _together)
            {
                Copy(from + sources[i] * step, to + i * _block, _run * _block);
                i += _run - 1;
            }
            else if (sources[i] < 0) Fill(to + i * _block, _block, value);
            else if (_block == 1) to[i] = from[sources[i] * step];
            else Copy(from + sources[i] * step, to + i * _block, _block);
        }
    }

    private static void Copy(T* from, T* to, long n) => Buffer.MemoryCopy(from, to, n * sizeof(T), n * sizeof(T));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(T* to, long n, T value)
    {
        if (n == 1) *to = value;
        else new Span<T>(to, checked((int)n)).Fill(value);
    }
}
