using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Float32 attention in blocks of queries and keys. Scores exist for one block at a time; what has been summed is rescaled when a later block holds a larger
/// score (arXiv:2205.14135). Keys and values are packed once for all queries and heads that share them.
/// </summary>
internal sealed unsafe class AttentionStep : Step
{
    private readonly AttentionPlan _p;
    private readonly long _queryPart, _keyPart, _queryParts, _packedK, _packedV;
    private readonly bool _direct;
    private readonly Scratch _keys, _values, _scores, _state;

    public AttentionStep(StepBuilder b, AttentionPlan p, Operand[] x, Operand y)
        : base("attention f32", x, [y], 2 * p.Batch * p.Heads * p.Queries * p.Keys * (p.Depth + p.Values), $"{p}")
    {
        _p = p;
        _queryPart = Math.Min(p.Queries, 64 / Sgemm.Rows * Sgemm.Rows);
        _keyPart = Math.Min(Math.Max(Sgemm.Columns, 256 / Sgemm.Columns * Sgemm.Columns), PaddedKeys(p.Keys));
        _queryParts = (p.Queries + _queryPart - 1) / _queryPart;
        // Values are read where they lie when few queries would share the packed form.
        _direct = p.V[3] == 1 && p.Values % (Sgemm.Columns / 2) == 0 && p.Queries * (p.Heads / p.Groups) <= 4 * Sgemm.Rows;
        (_packedK, _packedV) = (Sgemm.PackedB(p.Depth, p.Keys), Sgemm.PackedB(p.Keys, p.Values));
        _keys = b.SharedScratch(4 * p.Batch * p.Groups * _packedK);
        if (!_direct) _values = b.SharedScratch(4 * p.Batch * p.Groups * _packedV);
        _scores = b.Scratch(4 * _queryPart * _keyPart);
        _state = b.Scratch(4 * 2 * _queryPart);
    }

    public override bool TakesEpilogue => true;

    /// <summary>Columns of whole panels: scores of keys that are not there are computed and then overwritten, so that no tile has an edge.</summary>
    private static long PaddedKeys(long keys) => (keys + Sgemm.Columns - 1) / Sgemm.Columns * Sgemm.Columns;

    public override void Run(RunContext c)
    {
        int packs = checked((int)(_p.Batch * _p.Groups)), parts = checked((int)(_p.Batch * _p.Heads * _queryParts));
        if (c.Workers(Flops * 0.03) > 1)
        {
            c.Fork(this, 0, packs);
            c.Fork(this, 1, parts);
            return;
        }
        for (int i = 0; i < packs; i++) Part(c, 0, i, 0);
        for (int i = 0; i < parts; i++) Part(c, 1, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        if (phase == 0)
        {
            (long b, long g) = Math.DivRem(part, _p.Groups);
            Packing.B(c.Ptr<float>(Reads[1]) + b * _p.K[0] + g * _p.K[1], _p.K[2], _p.K[3], _p.Keys, _p.Depth, c.Ptr<float>(_keys, 0) + part * _packedK, _p.Depth * Sgemm.Columns);
            if (!_direct) Packing.B(c.Ptr<float>(Reads[2]) + b * _p.V[0] + g * _p.V[1], _p.V[3], _p.V[2], _p.Values, _p.Keys, c.Ptr<float>(_values, 0) + part * _packedV, _p.Keys * Sgemm.Columns);
            return;
        }
        (long rest, long block) = Math.DivRem(part, _queryParts);
        (long batch, long head) = Math.DivRem(rest, _p.Heads);
        long s0 = block * _queryPart, rows = Math.Min(_queryPart, _p.Queries - s0), start = (rest * _p.Queries + s0) * _p.Values;
        Queries(c, batch, head, s0, rows, c.Ptr<float>(Writes[0]) + start, worker);
        Finish(c, start, rows * _p.Values, worker);
    }

    private void Queries(RunContext c, long batch, long head, long s0, long rows, float* y, int worker)
    {
        long pack = batch * _p.Groups + head / (_p.Heads / _p.Groups), most = _p.Seen(s0 + rows - 1);
        float* q = c.Ptr<float>(Reads[0]) + batch * _p.Q[0] + head * _p.Q[1] + s0 * _p.Q[2], k = c.Ptr<float>(_keys, 0) + pack * _packedK;
        float* v = _direct ? c.Ptr<float>(Reads[2]) + batch * _p.V[0] + head / (_p.Heads / _p.Groups) * _p.V[1] : c.Ptr<float>(_values, 0) + pack * _packedV;
        float* scores = c.Ptr<float>(_scores, worker), largest = c.Ptr<float>(_state, worker), sums = largest + _queryPart;
        for (long r = 0; r < rows; r++) (largest[r], sums[r]) = (float.NegativeInfinity, 0);
        if (most <= 0) new Span<float>(y, checked((int)(rows * _p.Values))).Clear();
        for (long t0 = 0; t0 < most; t0 += _keyPart)
        {
            long keys = Math.Min(_keyPart, _p.Keys - t0);
            Sgemm.Run(new GemmBlock
            {
                Rows = rows, Cols = PaddedKeys(keys), K = _p.Depth, A = q, AStep = _p.Q[2], Direct = true, B = k + t0 * _p.Depth, BStep = _p.Depth * Sgemm.Columns, C = scores, Ldc = _keyPart,
            });
            for (long r = 0; r < rows; r++) Row(c, batch, head, s0 + r, t0, keys, scores + r * _keyPart, largest + r, sums + r, y + r * _p.Values);
            Sgemm.Run(new GemmBlock
            {
                Rows = rows, Cols = _p.Values, K = keys, A = scores, AStep = _keyPart, Direct = true, C = y, Ldc = _p.Values, From = t0 == 0 ? null : y, FromStep = _p.Values,
                B = v + t0 * (_direct ? _p.V[2] : Sgemm.Columns), BRow = _direct ? _p.V[2] : 0, BStep = _direct ? Sgemm.Columns : _p.Keys * Sgemm.Columns,
            });
        }
        for (long r = 0; r < rows; r++) if (sums[r] != 0) ScoreRow<float>.Scale(y + r * _p.Values, _p.Values, 1 / sums[r]);
    }

    /// <summary>Scores of one query and one block of keys to weights relative to the largest score so far.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Row(RunContext c, long batch, long head, long s, long t0, long keys, float* x, float* largest, float* sum, float* y)
    {
        long seen = Math.Clamp(_p.Seen(s) - t0, 0, keys);
        float* mask = _p.Mask is null ? null : c.Ptr<float>(Reads[3]) + batch * _p.Mask[0] + head * _p.Mask[1] + s * _p.Mask[2] + t0 * _p.Mask[3];
        float m = Math.Max(*largest, ScoreRow<float>.Prepare(x, seen, (float)_p.Arg.Scale, (float)_p.Arg.Softcap, mask, _p.Mask is null ? 0 : _p.Mask[3]));
        if (m == float.NegativeInfinity) seen = 0;
        float w = ScoreRow<float>.Weigh(x, seen, m);
        new Span<float>(x + seen, (int)(keys - seen)).Clear();
        if (seen == 0) return;
        if (*largest == m) *sum += w;
        else
        {
            float fade = MathF.Exp(*largest - m);
            *sum = *sum * fade + w;
            if (t0 > 0) ScoreRow<float>.Scale(y, _p.Values, fade);
        }
        *largest = m;
    }
}
