using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Attention one query at a time, keys and values read once and where they lie: for doubles, and for queries too few to pay for packing.</summary>
internal sealed unsafe class AttentionStep<T> : Step
{
    private readonly AttentionPlan _p;
    private readonly Scratch _scores;

    public AttentionStep(StepBuilder b, AttentionPlan p, Operand[] x, Operand y)
        : base($"attention {y.Type}", x, [y], 2 * p.Batch * p.Heads * p.Queries * p.Keys * (p.Depth + p.Values), $"{p}") => (_p, _scores) = (p, b.Scratch(p.Keys * sizeof(T) + 64));

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)(_p.Batch * _p.Heads * _p.Queries));
        if (c.Workers(Flops * 0.15) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        (long rest, long s) = Math.DivRem(part, _p.Queries);
        (long b, long h) = Math.DivRem(rest, _p.Heads);
        long g = h / (_p.Heads / _p.Groups), n = _p.Seen(s);
        T* q = c.Ptr<T>(Reads[0]) + b * _p.Q[0] + h * _p.Q[1] + s * _p.Q[2], k = c.Ptr<T>(Reads[1]) + b * _p.K[0] + g * _p.K[1], v = c.Ptr<T>(Reads[2]) + b * _p.V[0] + g * _p.V[1];
        T* x = c.Ptr<T>(_scores, worker), y = c.Ptr<T>(Writes[0]) + part * _p.Values;
        for (long t = 0; t < n; t++) x[t] = Dot(q, _p.Q[3], k + t * _p.K[2], _p.K[3], _p.Depth);
        for (long i = 0; i < _p.Values; i++) y[i] = Scalar<T>.Zero;
        T* mask = _p.Mask is null ? null : c.Ptr<T>(Reads[3]) + b * _p.Mask[0] + h * _p.Mask[1] + s * _p.Mask[2];
        T m = ScoreRow<T>.Prepare(x, n, Scalar<T>.Of(_p.Arg.Scale), Scalar<T>.Of(_p.Arg.Softcap), mask, _p.Mask is null ? 0 : _p.Mask[3]);
        if (n == 0 || Scalar<T>.Equal(m, Scalar<T>.Least))
        {
            Finish(c, part * _p.Values, _p.Values, worker);
            return;
        }
        T sum = ScoreRow<T>.Weigh(x, n, m);
        Sum(x, n, v, y);
        ScoreRow<T>.Scale(y, _p.Values, (Scalar<T>)Scalar<T>.One / sum);
        Finish(c, part * _p.Values, _p.Values, worker);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot(T* a, long aStep, T* b, long bStep, long n)
    {
        Scalar<T> sum = Scalar<T>.Zero;
        long i = 0;
        if (aStep == 1 && bStep == 1)
        {
            Vector<T> s = default, t = default;
            for (; i + 2 * Vector<T>.Count <= n; i += 2 * Vector<T>.Count)
            {
                s += Vector.Load(a + i) * Vector.Load(b + i);
                t += Vector.Load(a + i + Vector<T>.Count) * Vector.Load(b + i + Vector<T>.Count);
            }
            sum = Vector.Sum(s + t);
        }
        for (; i < n; i++) sum += (Scalar<T>)a[i * aStep] * b[i * bStep];
        return sum;
    }

    /// <summary>y = Σ weights[t]·v[t], four keys at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(T* weights, long n, T* v, T* y)
    {
        long step = _p.V[2], across = _p.V[3], t = 0;
        for (; t + 4 <= n && across == 1; t += 4)
        {
            T* v0 = v + t * step, v1 = v0 + step, v2 = v1 + step, v3 = v2 + step;
            Vector<T> w0 = Vector.Create(weights[t]), w1 = Vector.Create(weights[t + 1]), w2 = Vector.Create(weights[t + 2]), w3 = Vector.Create(weights[t + 3]);
            long i = 0;
            for (; i + Vector<T>.Count <= _p.Values; i += Vector<T>.Count)
                (Vector.Load(y + i) + (Vector.Load(v0 + i) * w0 + Vector.Load(v1 + i) * w1) + (Vector.Load(v2 + i) * w2 + Vector.Load(v3 + i) * w3)).Store(y + i);
            for (; i < _p.Values; i++) y[i] += (Scalar<T>)v0[i] * weights[t] + (Scalar<T>)v1[i] * weights[t + 1] + (Scalar<T>)v2[i] * weights[t + 2] + (Scalar<T>)v3[i] * weights[t + 3];
        }
        for (; t < n; t++) for (long i = 0; i < _p.Values; i++) y[i] += (Scalar<T>)weights[t] * v[t * step + i * across];
    }
}
