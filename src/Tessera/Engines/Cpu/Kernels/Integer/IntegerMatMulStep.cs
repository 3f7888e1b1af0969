using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Batched product of 8-bit matrices, rows unsigned and columns signed, each shifted by 128 when it is of the other kind.</summary>
internal sealed unsafe class IntegerMatMulStep : Step
{
    private readonly MatMulPlan _p;
    private readonly IntegerOutput _output;
    private readonly QuadWeights _weights;
    private readonly int _height, _shift, _sides;
    private readonly byte _flip;
    private readonly long _rows, _rowParts, _columnParts;
    private readonly nint _known;
    private readonly bool _near, _far, _sums;

    /// <summary>Rows are read where they lie.</summary>
    private readonly bool _direct;
    private readonly Operand? _zeroA, _zeroB;
    private readonly Scratch _packed, _zeros, _a, _rowTerms;

    /// <param name="a">UInt8 or Int8.</param>
    /// <param name="w">UInt8, Int8, or known Int32 whose values span at most 255.</param>
    /// <param name="zeroA">Int32: one, or one per row.</param>
    /// <param name="zeroB">Int32: one, or one per column.</param>
    public IntegerMatMulStep(StepBuilder b, MatMulPlan p, Operand a, Operand w, Operand? zeroA, Operand? zeroB, int shift, IntegerOutput output, Operand y)
        : base("matmul int8", [.. new[] { a, w, zeroA, zeroB }.OfType<Operand>(), .. output.Reads], [y], 2 * p.M * p.N * p.K * p.Batch, Reason(b, p, w, y))
    {
        (_p, _output, _zeroA, _zeroB, _sides) = (p, output, zeroA, zeroB, p.SharesB ? 1 : p.Batch);
        _weights = new(Igemm.Shape, p.N, p.K, true);
        _flip = a.Type == DType.Int8 ? (byte)128 : (byte)0;
        _shift = w.Type == DType.UInt8 ? -128 : w.Type == DType.Int32 ? shift : 0;
        _sums = zeroB is not null || _shift != 0;
        _height = Igemm.Shape.Height(p.M);
        (_near, _far) = (true, Igemm.Shape.Bytes != ByteProducts.Exact);
        if (!b.IsKnown(w)) _packed = b.SharedScratch(_weights.Bytes * _sides);
        else
        {
            _known = b.Own(_weights.Bytes * _sides);
            int groups = _weights.Groups * _sides;
            nint from = (nint)(b.Slots[w.Slot].Address + w.Offset * w.Size);
            if (p.N * p.K < 1 << 16) for (int i = 0; i < groups; i++) PackWeights((byte*)from, (byte*)_known, i);
            else Parallel.For(0, groups, new ParallelOptions { MaxDegreeOfParallelism = b.Workers }, i => PackWeights((byte*)from, (byte*)_known, i));
            (_near, _far) = Kinds();
        }
        _direct = _flip == 0 && p.KA == 1 && p.K % 4 == 0;
        long row = (_near && !_direct ? 4L * _weights.Quads : 0) + (_far ? 8L * _weights.Quads : 0);
        _rows = Math.Max(1, CacheSizes.L2 / 2 / Math.Max(1, row) / _height) * _height;
        (_rowParts, _columnParts) = Cut(b.Workers);
        _a = b.Scratch(Math.Min(_rows, p.M) * row + 64);
        _rowTerms = b.Scratch(8 * Math.Min(_rows, p.M));
        _zeros = b.SharedScratch(8L * p.N * _sides);
    }

    public override bool TakesEpilogue => true;

    private static string Reason(StepBuilder b, MatMulPlan p, Operand w, Operand y) =>
        $"{(p.Batch > 1 ? p.Batch + " × " : "")}{p.M}×{p.K}·{p.K}×{p.N} → {y.Type}, tiles {Igemm.Shape.Height(p.M)}×{Igemm.Shape.Columns}{(b.IsKnown(w) ? ", weights packed at load" : "")}";

    /// <summary>Whether any quad of the known weights is near, and any far.</summary>
    private (bool Near, bool Far) Kinds()
    {
        (bool near, bool far) = (false, false);
        for (int i = 0; i < _sides; i++)
            for (int g = 0; g < _weights.Groups; g++)
            {
                byte* packed = (byte*)_known + i * _weights.Bytes;
                int n = _weights.Near(packed, g) + 2 * _weights.Twos(packed, g);
                near |= n > 0;
                far |= n < _weights.Quads;
            }
        return (near, far);
    }

    private (long Rows, long Columns) Cut(int workers)
    {
        long rows = (_p.M + _rows - 1) / _rows, columns = 1;
        while (_p.Batch * rows * columns < 2 * workers && columns * 2 <= _weights.Groups && workers > 1) columns *= 2;
        return (rows, columns);
    }

    private void PackWeights(byte* w, byte* to, int index)
    {
        (int batch, int group) = Math.DivRem(index, _weights.Groups);
        to += batch * _weights.Bytes;
        if (Reads[1].Type == DType.Int32) _weights.Pack((int*)w + _p.B[batch], _p.ColumnB, _p.KB, _shift, group, to, _known != 0);
        else if (Reads[1].Type == DType.UInt8) _weights.Pack(w + _p.B[batch], _p.ColumnB, _p.KB, _shift, group, to, _known != 0);
        else _weights.Pack((sbyte*)w + _p.B[batch], _p.ColumnB, _p.KB, _shift, group, to, _known != 0);
    }

    public override void Run(RunContext c)
    {
        // 15 ps per operation on one thread.
        bool alone = c.Workers(Flops * 0.015 + Writes[0].Count * 0.5) == 1;
        if (_known == 0) Split(c, 0, _weights.Groups * _sides, alone);
        for (int i = 0; i < _sides; i++) ColumnTerms(c, i);
        Split(c, 1, checked((int)(_p.Batch * _rowParts * _columnParts)), alone);
    }

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone && parts > 1) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 0) PackWeights(c.Ptr<byte>(Reads[1]), c.Ptr<byte>(_packed, 0), part);
        else Block(c, part, worker);
    }

    private byte* Packed(RunContext c, int side) => (_known != 0 ? (byte*)_known : c.Ptr<byte>(_packed, 0)) + side * _weights.Bytes;

    /// <summary>The zero point that a column's packed weights have, and their sum without it: a row's zero point is multiplied with that.</summary>
    private void ColumnTerms(RunContext c, int side)
    {
        int* sums = QuadWeights.Sums(Packed(c, side)), centred = c.Ptr<int>(_zeros, 0) + side * 2 * _p.N, zeros = centred + _p.N;
        int* zero = _zeroB is null ? null : c.Ptr<int>(_zeroB);
        long step = _zeroB is { Count: > 1 } z ? z.Strides[z.Shape.Rank - 1] : 0;
        for (long j = 0; j < _p.N; j++)
        {
            zeros[j] = _shift + (zero == null ? 0 : zero[j * step]);
            centred[j] = sums[j] - (int)_p.K * zeros[j];
        }
    }

    private void Block(RunContext c, int part, int worker)
    {
        (long rest, long ni) = Math.DivRem(part, _columnParts);
        (long batch, long mi) = Math.DivRem(rest, _rowParts);
        int side = _sides == 1 ? 0 : (int)batch, quads = _weights.Quads;
        long m0 = mi * _rows, m = Math.Min(_rows, _p.M - m0);
        int first = (int)(_weights.Groups * ni / _columnParts), end = (int)(_weights.Groups * (ni + 1) / _columnParts), width = _weights.Group;
        byte* packed = Packed(c, side), a = c.Ptr<byte>(Reads[0]) + _p.A[batch] + m0 * _p.RowA, bytes = c.Ptr<byte>(_a, worker), words = bytes + (_near && !_direct ? 4 * m * quads : 0);
        nint step = (nint)(_direct ? _p.RowA : 4L * quads), wordStep = 8 * (nint)quads;
        for (long i = 0; i < m; i++) QuadRows.Pack(a + i * _p.RowA, _p.KA, _p.K, _flip, _near && !_direct ? bytes + i * step : null, _far ? words + i * wordStep : null);
        if (_direct) bytes = a;
        int* terms = c.Ptr<int>(_rowTerms, worker), centred = c.Ptr<int>(_zeros, 0) + side * 2 * _p.N;
        RowTerms(c, a, batch, m0, m, terms);
        QuadOutput o = _output.At(c, Writes[0], (batch * _p.M + m0) * _p.N, batch * _p.M + m0, _p.N);
        o.RowZero = terms;
        o.ColumnZero = centred;
        o.RowSum = _sums ? terms + m : null;
        o.ColumnSum = centred + _p.N;
        int* tile = stackalloc int[12 * 32];
        for (int g = first; g < end; g++)
        {
            int n = _weights.Of(g);
            for (long i = 0; i < m; i += _height)
            {
                int rows = (int)Math.Min(_height, m - i);
                Igemm.Columns(_weights, packed, g, rows, bytes + i * step, step, words + i * wordStep, wordStep, tile);
                o.Put(tile, width, i, rows, (long)g * width, n);
            }
        }
        if (Epilogue is null) return;
        long j0 = (long)first * width, cols = Math.Min(_p.N, (long)end * width) - j0, start = (batch * _p.M + m0) * _p.N;
        if (cols == _p.N) Finish(c, start, m * cols, worker);
        else for (long r = 0; r < m; r++) Finish(c, start + r * _p.N + j0, cols, worker);
    }

    /// <summary>For each row its zero point, then the sum of its bytes.</summary>
    private void RowTerms(RunContext c, byte* a, long batch, long m0, long m, int* to)
    {
        int* zero = _zeroA is null ? null : c.Ptr<int>(_zeroA);
        for (long i = 0; i < m; i++)
        {
            to[i] = _flip + (zero == null ? 0 : zero[_zeroA!.Count == 1 ? 0 : batch * _p.M + m0 + i]);
            if (_sums) to[m + i] = QuadRows.Sum(a + i * _p.RowA, _p.KA, _p.K, _flip);
        }
    }
}
