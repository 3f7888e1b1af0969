namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Where the matrices of a batched product lie: strides in elements, and per batch the offsets of its A and B.</summary>
internal sealed class MatMulPlan(long m, long n, long k, long[] a, long[] b, long rowA, long kA, long kB, long columnB)
{
    public long M { get; } = m;

    public long N { get; } = n;

    public long K { get; } = k;

    public long[] A { get; } = a;

    public long[] B { get; } = b;

    public long RowA { get; } = rowA;

    public long KA { get; } = kA;

    public long KB { get; } = kB;

    public long ColumnB { get; } = columnB;

    public int Batch => A.Length;

    public bool SharesB => Array.TrueForAll(B, v => v == B[0]);
}

/// <summary>Batched Float32 product through packed panels. A shared B is packed once, known ones when the executable is made.</summary>
internal sealed unsafe class MatMulStep : Step
{
    private readonly MatMulPlan _p;
    private readonly Blocking _cut;
    private readonly bool _direct;
    private readonly bool _shared;
    private readonly bool _inPlace;
    private readonly nint _known;
    private readonly Scratch _packedA;
    private readonly Scratch _packedB;
    private readonly long _panelB;

    public MatMulStep(StepBuilder b, MatMulPlan p, Operand[] x, Operand y) : base("matmul f32", x, [y], 2 * p.M * p.N * p.K * p.Batch, Reason(b, p, x))
    {
        _p = p;
        _inPlace = !(b.IsKnown(x[1]) && p.SharesB) && ReadsInPlace(p);
        _shared = !_inPlace && p.SharesB && (p.Batch > 1 || p.M > 2 * Sgemm.Rows || b.IsKnown(x[1]));
        _cut = Blocking.Of(p.M, p.N, p.K, b.Workers == 1 ? 1 : Math.Max(1, 4 * b.Workers / p.Batch), !_shared);
        _direct = p.KA == 1 && (_cut.NPart <= 4 * Sgemm.Columns || p.M <= Sgemm.Rows);
        if (!_direct) _packedA = b.Scratch(4 * _cut.MPart * _cut.KPart);
        if (!_shared)
        {
            _panelB = _cut.KPart * Sgemm.Columns;
            _packedB = b.Scratch(4 * Sgemm.PackedB(_cut.KPart, _cut.NPart));
            return;
        }
        _panelB = p.K * Sgemm.Columns;
        if (!b.IsKnown(x[1])) _packedB = b.SharedScratch(4 * Sgemm.PackedB(p.K, p.N));
        else _known = PackKnown(b, p, x[1]);
    }

    public override bool TakesEpilogue => true;

    public override bool TakesBias => true;

    public override int BiasAxis(int rank) => rank - 1;

    /// <summary>Whether packing B costs more than it saves: few rows use it, or its rows are so short that a panel lies in few pages anyway.</summary>
    private static bool ReadsInPlace(MatMulPlan p)
    {
        long rows = p.SharesB ? p.M * p.Batch : p.M;
        return p.ColumnB == 1 && p.KB > 0 && (rows <= 4 * Sgemm.Rows || (p.KB <= 256 && rows <= 16 * Sgemm.Rows));
    }

    private static string Reason(StepBuilder b, MatMulPlan p, Operand[] x) =>
        $"{(p.Batch > 1 ? p.Batch + " × " : "")}{p.M}×{p.K}·{p.K}×{p.N}, tiles {Sgemm.Rows}×{Sgemm.Columns}{(b.IsKnown(x[1]) ? ", B packed at load" : ReadsInPlace(p) ? ", B in place" : "")}";

    private static nint PackKnown(StepBuilder b, MatMulPlan p, Operand x)
    {
        float* from = b.Known<float>(x) + p.B[0];
        return b.Own($"B {p.K}×{p.N} by {p.KB}, {p.ColumnB} from {p.B[0]} in {Sgemm.Columns}", 4 * Sgemm.PackedB(p.K, p.N), to => Pack(p, from, (float*)to, b.Workers), x);
    }

    private static void Pack(MatMulPlan p, float* from, float* to, int workers)
    {
        long panels = (p.N + Sgemm.Columns - 1) / Sgemm.Columns, size = p.K * Sgemm.Columns;
        void Panel(long i) => Packing.B(from + i * Sgemm.Columns * p.ColumnB, p.ColumnB, p.KB, Math.Min(Sgemm.Columns, p.N - i * Sgemm.Columns), p.K, to + i * size, size);
        if (panels * size < 1 << 16) for (long i = 0; i < panels; i++) Panel(i);
        else ThreadTeam.Shared.For(panels, workers, Panel);
    }

    public override void Run(RunContext c)
    {
        // 20 ps per operation: about half of what one core reaches, so that small products stay on one thread.
        bool alone = c.Workers(Flops * 0.02) == 1;
        if (_shared && _known == 0)
        {
            int panels = (int)((_p.N + Sgemm.Columns - 1) / Sgemm.Columns), groups = alone ? 1 : Math.Min(panels, 16);
            if (alone) Part(c, 0, 0, 0);
            else c.Fork(this, groups, groups);
        }
        int parts = checked((int)(_p.Batch * _cut.MParts * _cut.NParts));
        if (alone) for (int i = 0; i < parts; i++) Block(c, i, 0);
        else c.Fork(this, -1, parts);
    }

    /// <summary>Phase −1: a block of C. Else the phase is the number of parts in which B is packed, 0 for all at once.</summary>
    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase < 0) Block(c, part, worker);
        else PackShared(c, Math.Max(1, phase), part);
    }

    private void PackShared(RunContext c, int groups, int group)
    {
        long panels = (_p.N + Sgemm.Columns - 1) / Sgemm.Columns, first = panels * group / groups * Sgemm.Columns, end = Math.Min(_p.N, panels * (group + 1) / groups * Sgemm.Columns);
        Packing.B(c.Ptr<float>(Reads[1]) + _p.B[0] + first * _p.ColumnB, _p.ColumnB, _p.KB, end - first, _p.K, c.Ptr<float>(_packedB, 0) + first * _p.K, _panelB);
    }

    private void Block(RunContext c, int part, int worker)
    {
        (long rest, long ni) = Math.DivRem(part, _cut.NParts);
        (long batch, long mi) = Math.DivRem(rest, _cut.MParts);
        long m0 = mi * _cut.MPart, m = Math.Min(_cut.MPart, _p.M - m0), n0 = ni * _cut.NPart, n = Math.Min(_cut.NPart, _p.N - n0);
        float* a = c.Ptr<float>(Reads[0]) + _p.A[batch] + m0 * _p.RowA, b = c.Ptr<float>(Reads[1]) + _p.B[batch] + n0 * _p.ColumnB;
        float* packedA = _direct ? null : c.Ptr<float>(_packedA, worker), packedB = _known != 0 ? (float*)_known : c.Ptr<float>(_packedB, _shared ? 0 : worker);
        long start = (batch * _p.M + m0) * _p.N + n0;
        float* y = c.Ptr<float>(Writes[0]) + start;
        float* row = Bias is null ? null : c.Ptr<float>(Bias) + n0;
        if (_p.M == 1 && (_inPlace || _shared && RowSweep.TakesPanels))
        {
            if (_inPlace) RowSweep.Run(n, _p.K, a, _p.KA, b, _p.KB, row, y);
            else RowSweep.Panels(n, _p.K, a, _p.KA, packedB + n0 * _p.K, row, y);
            Finish(c, start, n, worker);
            return;
        }
        GemmBlock g = new() { Rows = m, Cols = n, C = y, Ldc = _p.N, Direct = _direct, BStep = _panelB, From = row };
        long whole = _inPlace ? n / Half * Half : n;
        for (long k0 = 0; k0 < _p.K || k0 == 0; k0 += _cut.KPart)
        {
            g.K = Math.Min(_cut.KPart, _p.K - k0);
            if (_direct)
            {
                g.A = a + k0;
                g.AStep = _p.RowA;
            }
            else
            {
                g.A = packedA;
                g.AStep = g.K * Sgemm.Rows;
                Packing.A(a + k0 * _p.KA, _p.RowA, _p.KA, m, g.K, packedA, g.AStep);
            }
            if (_shared) g.B = packedB + n0 * _p.K + k0 * Sgemm.Columns;
            else if (_inPlace)
            {
                RunInPlace(ref g, b + k0 * _p.KB, whole, n, packedB);
                g.From = g.C;
                g.FromStep = g.Ldc;
                continue;
            }
            else
            {
                g.B = packedB;
                Packing.B(b + k0 * _p.KB, _p.ColumnB, _p.KB, n, g.K, packedB, _panelB);
            }
            Sgemm.Run(g);
            g.From = g.C;
            g.FromStep = g.Ldc;
        }
        if (Epilogue is null) return;
        if (n == _p.N) Finish(c, start, m * n, worker);
        else for (long r = 0; r < m; r++) Finish(c, start + r * _p.N, n, worker);
    }

    /// <summary>Whole vectors of columns are multiplied where they lie, the rest is packed.</summary>
    private void RunInPlace(ref GemmBlock g, float* b, long whole, long n, float* packed)
    {
        GemmBlock w = g;
        w.Cols = whole;
        w.B = b;
        w.BRow = _p.KB;
        w.BStep = Sgemm.Columns;
        Sgemm.Run(w);
        if (whole == n) return;
        Packing.B(b + whole, 1, _p.KB, n - whole, g.K, packed, _panelB);
        w.Cols = n - whole;
        w.B = packed;
        w.BRow = 0;
        w.BStep = _panelB;
        w.C = g.C + whole;
        if (g.From != null) w.From = g.From + whole;
        Sgemm.Run(w);
    }

    private static int Half => Sgemm.Columns / 2;
}
