using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Reduce;

/// <summary>ReduceSum, ReduceProd, ReduceMax, ReduceMin over any axes of any strided operand.</summary>
internal static class ReduceKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) =>
        b.Add(Dispatch.Numeric<Factory, Step>(x[0].Type, new Factory(b, n.Op, ((Arg.Reduce)n.Arg!).Axes, x[0], y[0])));

    private readonly struct Factory(StepBuilder b, GraphOp op, Ints axes, Operand x, Operand y) : INumericFactory<Step>
    {
        public Step Make<T>() where T : unmanaged, INumber<T>, IMinMaxValue<T> => op switch
        {
            GraphOp.ReduceSum => new ReduceStep<SumReduction, T>(b, op, axes, x, y),
            GraphOp.ReduceProd => new ReduceStep<ProdReduction, T>(b, op, axes, x, y),
            GraphOp.ReduceMax => new ReduceStep<MaxReduction, T>(b, op, axes, x, y),
            GraphOp.ReduceMin => new ReduceStep<MinReduction, T>(b, op, axes, x, y),
            _ => throw new TesseraException(ErrorCode.Internal, $"{op} is no reduction."),
        };
    }
}

internal sealed unsafe class ReduceStep<TOp, T> : Step where TOp : IReduction
{
    private const int Band = 512;

    private readonly Layout _kept;
    private readonly Layout _reduced;
    private readonly long _outputs;
    private readonly long _length;
    private readonly bool _columns;
    private readonly long _units;
    private readonly int _chunks;
    private readonly Scratch _scratch;

    public ReduceStep(StepBuilder b, GraphOp op, Ints axes, Operand x, Operand y) : base(Name(op, x, axes), [x], [y], x.Count, $"{x.Count / Math.Max(1, y.Count)} elements into one, {y.Count} times")
    {
        List<long> kept = [], keptStrides = [], reduced = [], reducedStrides = [];
        for (int i = 0; i < x.Shape.Rank; i++)
        {
            bool r = axes.Contains(i);
            (r ? reduced : kept).Add(x.Shape[i]);
            (r ? reducedStrides : keptStrides).Add(x.Strides[i]);
        }
        _kept = Layout.Of(Shape.Of([.. kept]), new Strides([.. keptStrides]));
        _reduced = Layout.Of(Shape.Of([.. reduced]), new Strides([.. reducedStrides]));
        (_outputs, _length) = (y.Count, _reduced.CountOf(_reduced.Rank));
        long row = _reduced.Extents[^1], column = _kept.Extents[^1];
        bool rows = _reduced.Strides[0][^1] == 1 && row > 1;
        _columns = column > 1 && _kept.Strides[0][^1] == 1 && (!rows || row < 16 && column > row);
        _units = _columns ? _outputs / Math.Max(1, column) * ((column + Band - 1) / Band) : _outputs;
        // One long row is cut into chunks of fixed size, so that its result does not depend on the number of threads.
        _chunks = !_columns && rows && _reduced.Rank == 1 && _outputs < 4 && _length >= 4 * 65536 ? (int)((_length + 65535) / 65536) : 1;
        // Of columns, partial results that wait to be joined, as in a ladder.
        int rungs = BitOperations.Log2((ulong)Math.Max(1, (_length + ReduceLoops.Rows - 1) / ReduceLoops.Rows)) + 2;
        _scratch = _columns ? b.Scratch(rungs * Math.Min(Band, column) * sizeof(T)) : b.SharedScratch(_chunks * _outputs * sizeof(T));
    }

    private static string Name(GraphOp op, Operand x, Ints axes) => axes.Count > 0 && axes[axes.Count - 1] == x.Shape.Rank - 1 ? $"{op} rows" : $"{op} columns";

    public override void Run(RunContext c)
    {
        if (_outputs == 0) return;
        if (_length == 0)
        {
            new Span<T>(c.Ptr<T>(Writes[0]), checked((int)_outputs)).Fill(TOp.Neutral<T>());
            return;
        }
        long units = _units * _chunks;
        int workers = c.Workers(Reads[0].Count * sizeof(T) * 0.06 + _outputs * 5), parts = (int)Math.Min(units, workers * 4L);
        if (workers <= 1 || parts <= 1) Units(c, 0, units, 0);
        else c.Fork(this, parts, parts);
        if (_chunks > 1) for (long i = 0; i < _outputs; i++) c.Ptr<T>(Writes[0])[i] = ReduceLoops.Strided<TOp, T>(c.Ptr<T>(_scratch, 0) + i * _chunks, _chunks, 1);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long units = _units * _chunks;
        Units(c, units * part / phase, units * (part + 1) / phase, worker);
    }

    private void Units(RunContext c, long first, long end, int worker)
    {
        T* x = c.Ptr<T>(Reads[0]), y = c.Ptr<T>(Writes[0]);
        if (_columns) for (long u = first; u < end; u++) Columns(x, y, u, c.Ptr<T>(_scratch, worker));
        else if (_chunks > 1) for (long u = first; u < end; u++) Chunk(x, u, c.Ptr<T>(_scratch, 0));
        else Outputs(x, y, first, end);
    }

    private void Chunk(T* x, long unit, T* parts)
    {
        (long output, long chunk) = Math.DivRem(unit, _chunks);
        parts[unit] = ReduceLoops.Row<TOp, T>(x + _kept.OffsetOf(0, output, _kept.Rank) + chunk * 65536, Math.Min(65536, _length - chunk * 65536));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Outputs(T* x, T* y, long first, long end)
    {
        long extent = _kept.Extents[^1], next = _kept.Strides[0][^1], n = _reduced.Extents[^1], step = _reduced.Strides[0][^1];
        (long row, long at) = Math.DivRem(first, extent);
        Layout.Cursor cursor = _kept.Rows(row);
        for (; first < end; at = 0, cursor.Next())
        {
            long count = Math.Min(extent - at, end - first);
            T* from = x + cursor.A + at * next;
            if (_reduced.Rank > 1) for (long i = 0; i < count; i++) y[first + i] = One(from + i * next);
            else if (n <= ReduceLoops.Short) ReduceLoops.Many<TOp, T>(from, next, y + first, count, n, step);
            else if (step == 1) for (long i = 0; i < count; i++) y[first + i] = ReduceLoops.Row<TOp, T>(from + i * next, n);
            else for (long i = 0; i < count; i++) y[first + i] = ReduceLoops.Strided<TOp, T>(from + i * next, n, step);
            first += count;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T One(T* x)
    {
        int last = _reduced.Rank - 1;
        long n = _reduced.Extents[last], step = _reduced.Strides[0][last];
        byte* rungs = stackalloc byte[Ladder<ScalarJoin<TOp, T>, T>.Rungs * sizeof(T)];
        Ladder<ScalarJoin<TOp, T>, T> ladder = new((T*)rungs);
        Layout.Cursor at = _reduced.Rows(0);
        for (long r = 0, rows = _reduced.CountOf(last); r < rows; r++, at.Next()) ladder.Push(step == 1 ? ReduceLoops.Row<TOp, T>(x + at.A, n) : ReduceLoops.Strided<TOp, T>(x + at.A, n, step));
        return ladder.Total();
    }

    /// <summary>A band of neighbouring outputs at once; blocks of rows are reduced apart, then joined pairwise.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Columns(T* x, T* y, long unit, T* rungs)
    {
        long column = _kept.Extents[^1], bands = (column + Band - 1) / Band;
        (long outer, long band) = Math.DivRem(unit, bands);
        nint n = (nint)Math.Min(Band, column - band * Band);
        x += _kept.OffsetOf(0, outer, _kept.Rank - 1) + band * Band;
        y += outer * column + band * Band;
        long* rows = stackalloc long[ReduceLoops.Rows];
        Layout.Cursor at = _reduced.Rows(0);
        long inner = 0, extent = _reduced.Extents[^1], step = _reduced.Strides[0][^1];
        int top = 0;
        for (long r = 0, block = 1; r < _length; r += ReduceLoops.Rows, block++)
        {
            int count = (int)Math.Min(ReduceLoops.Rows, _length - r);
            for (int k = 0; k < count; k++)
            {
                rows[k] = at.A + inner * step;
                if (++inner < extent) continue;
                inner = 0;
                at.Next();
            }
            ReduceLoops.Columns<TOp, T>(x, rows, count, _length <= ReduceLoops.Rows ? y : rungs + top++ * n, n);
            for (long k = block; (k & 1) == 0; k >>= 1, top--) Join(rungs + (top - 2) * n, rungs + (top - 1) * n, rungs + (top - 2) * n, n);
        }
        if (top == 1) Buffer.MemoryCopy(rungs, y, n * sizeof(T), n * sizeof(T));
        for (; top > 1; top--) Join(rungs + (top - 2) * n, rungs + (top - 1) * n, top == 2 ? y : rungs + (top - 2) * n, n);
    }

    private static void Join(T* a, T* b, T* y, nint n) => Loops.Binary<TOp, T>(a, b, y, n);
}
