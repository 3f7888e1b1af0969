using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Movement;

/// <summary>Strided elements into a value or a part of one: rows as blocks of memory, transposes by square blocks, the rest element by element.</summary>
internal static class CopyStep
{
    public static Step Create(Operand from, Operand to) => from.Size switch
    {
        _ when from.Type == DType.String => new TextCopyStep(from, to),
        1 => new CopyStep<byte>(from, to),
        2 => new CopyStep<ushort>(from, to),
        4 => new CopyStep<uint>(from, to),
        8 => new CopyStep<ulong>(from, to),
        _ => throw new TesseraException(ErrorCode.Internal, $"No copy of {from.Size}-byte elements."),
    };
}

internal sealed unsafe class CopyStep<T> : Step
{
    /// <summary>Source rows that a unit of a transpose covers.</summary>
    private const int Band = 32;

    private readonly Layout _layout;
    private readonly int _transposed;
    private readonly long _rows;
    private readonly long _rowsPerPart;
    private readonly int _parts;

    public CopyStep(Operand from, Operand to) : base(Name(from), [from], [to], 0, from.IsContiguous ? "rows of memory" : $"strides {from.Strides}")
    {
        _layout = Layout.Of(from.Shape, from.Strides, to.Strides);
        int last = _layout.Rank - 1;
        _transposed = -1;
        if (_layout.Strides[0][last] is not (0 or 1) && _layout.Strides[1][last] == 1)
            for (int i = 0; i < last; i++) if (_layout.Strides[0][i] == 1 && _layout.Extents[i] > 3) _transposed = i;
        _rows = from.Count == 0 ? 0 : _transposed < 0 ? _layout.CountOf(last) : _layout.CountOf(last) / _layout.Extents[_transposed] * Bands(_layout.Extents[last]);
        // One part is about 64 KB: large enough to pay for its start, small enough to share well.
        _rowsPerPart = Math.Max(1, 65536 / Math.Max(1, from.Bytes / Math.Max(1, _rows)));
        _parts = (int)((_rows + _rowsPerPart - 1) / _rowsPerPart);
    }

    private static string Name(Operand from) => from.IsContiguous ? "copy" : "copy strided";

    private static long Bands(long n) => (n + Band - 1) / Band;

    public override void Run(RunContext c)
    {
        if (_rows == 0) return;
        // About 5 GB/s on one thread decides whether others are worth waking.
        if (c.Workers(Reads[0].Bytes * 0.2) > 1 && _parts > 1) c.Fork(this, 0, _parts);
        else Rows(c, 0, _rows);
    }

    public override void Part(RunContext c, int phase, int part, int worker) => Rows(c, part * _rowsPerPart, Math.Min(_rows, (part + 1) * _rowsPerPart));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(RunContext c, long first, long end)
    {
        T* from = c.Ptr<T>(Reads[0]), to = c.Ptr<T>(Writes[0]);
        int last = _layout.Rank - 1;
        long n = _layout.Extents[last], step = _layout.Strides[0][last], pitch = _layout.Strides[1][last];
        if (_transposed >= 0)
        {
            for (long r = first; r < end; r++) Transpose(from, to, r, n, step);
            return;
        }
        Layout.Cursor at = _layout.Rows(first);
        for (long r = first; r < end; r++, at.Next())
        {
            T* x = from + at.A, y = to + at.B;
            if (pitch != 1) for (long i = 0; i < n; i++) y[i * pitch] = x[i * step];
            else if (step == 1) Buffer.MemoryCopy(x, y, n * sizeof(T), n * sizeof(T));
            else if (step == 0) new Span<T>(y, checked((int)n)).Fill(*x);
            else for (long i = 0; i < n; i++) y[i] = x[i * step];
        }
    }

    /// <summary>A band of source rows: axis _transposed is contiguous in the source, the last axis in the target.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(T* from, T* to, long unit, long n, long step)
    {
        long width = _layout.Extents[_transposed], row = _layout.Strides[1][_transposed];
        (long outer, long band) = Math.DivRem(unit, Bands(n));
        for (int i = _layout.Rank - 2; i >= 0; i--)
        {
            if (i == _transposed) continue;
            (outer, long r) = Math.DivRem(outer, _layout.Extents[i]);
            from += r * _layout.Strides[0][i];
            to += r * _layout.Strides[1][i];
        }
        long first = band * Band, rows = Math.Min(Band, n - first);
        int side = SquareBlocks<T>.Side(rows, width);
        from += first * step;
        to += first;
        if (side == 0)
        {
            for (long a = 0; a < width; a++) for (long b = 0; b < rows; b++) to[a * row + b] = from[b * step + a];
            return;
        }
        for (long a = 0; a < width; a += side)
        {
            // The last blocks end where the rows end; what they share with their neighbours is written twice.
            a = Math.Min(a, width - side);
            for (long b = 0; b < rows; b += side)
            {
                b = Math.Min(b, rows - side);
                SquareBlocks<T>.Transpose(side, from + b * step + a, step, to + a * row + b, row);
            }
        }
    }
}
