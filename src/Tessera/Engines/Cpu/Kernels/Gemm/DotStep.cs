using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Matrix · vector, or vector · matrix with contiguous columns: one dot product per element of the result, read once, nothing packed.</summary>
internal sealed unsafe class DotStep : Step
{
    private readonly MatMulPlan _p;
    private readonly bool _column;
    private readonly long _count;
    private readonly long _perPart;
    private readonly int _parts;

    public DotStep(MatMulPlan p, Operand[] x, Operand y)
        : base("matvec f32", x, [y], 2 * p.M * p.N * p.K * p.Batch, $"{(p.Batch > 1 ? p.Batch + " × " : "")}{p.M}×{p.K}·{p.K}×{p.N}, dot products")
    {
        _p = p;
        _column = p.N == 1 && p.KA == 1;
        _count = _column ? p.M : p.N;
        _perPart = Math.Clamp(32768 / Math.Max(1, p.K), 4, 4096) / 4 * 4;
        _parts = checked((int)(p.Batch * ((_count + _perPart - 1) / _perPart)));
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        if (_parts > 1 && c.Workers(Flops * 0.1) > 1) c.Fork(this, 0, _parts);
        else for (int i = 0; i < _parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        (long batch, long at) = Math.DivRem(part, (_count + _perPart - 1) / _perPart);
        long first = at * _perPart, n = Math.Min(_perPart, _count - first), start = batch * _count + first;
        float* a = c.Ptr<float>(Reads[0]) + _p.A[batch], b = c.Ptr<float>(Reads[1]) + _p.B[batch], y = c.Ptr<float>(Writes[0]) + start;
        if (_column) Rows(a + first * _p.RowA, _p.RowA, b, _p.KB, _p.K, n, y);
        else Rows(b + first * _p.ColumnB, _p.ColumnB, a, _p.KA, _p.K, n, y);
        Finish(c, start, n, worker);
    }

    /// <summary>y[i] = Σ a[i·step + k]·x[k·xStep]; four rows at a time share what is read of x.</summary>
    private static void Rows(float* a, long step, float* x, long xStep, long k, long n, float* y)
    {
        long i = 0;
        if (xStep == 1) for (; i + 4 <= n; i += 4, a += 4 * step) Four(a, step, x, k, y + i);
        for (; i < n; i++, a += step) y[i] = xStep == 1 ? One(a, x, k) : Strided(a, x, xStep, k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* a0, long step, float* x, long k, float* y)
    {
        float* a1 = a0 + step, a2 = a1 + step, a3 = a2 + step;
        int lanes = Vector<float>.Count;
        Vector<float> s0 = default, s1 = default, s2 = default, s3 = default, t0 = default, t1 = default, t2 = default, t3 = default;
        long i = 0;
        for (; i + 2 * lanes <= k; i += 2 * lanes)
        {
            Vector<float> v = Vector.Load(x + i), w = Vector.Load(x + i + lanes);
            s0 = Vector.MultiplyAddEstimate(Vector.Load(a0 + i), v, s0);
            t0 = Vector.MultiplyAddEstimate(Vector.Load(a0 + i + lanes), w, t0);
            s1 = Vector.MultiplyAddEstimate(Vector.Load(a1 + i), v, s1);
            t1 = Vector.MultiplyAddEstimate(Vector.Load(a1 + i + lanes), w, t1);
            s2 = Vector.MultiplyAddEstimate(Vector.Load(a2 + i), v, s2);
            t2 = Vector.MultiplyAddEstimate(Vector.Load(a2 + i + lanes), w, t2);
            s3 = Vector.MultiplyAddEstimate(Vector.Load(a3 + i), v, s3);
            t3 = Vector.MultiplyAddEstimate(Vector.Load(a3 + i + lanes), w, t3);
        }
        float r0 = Vector.Sum(s0 + t0), r1 = Vector.Sum(s1 + t1), r2 = Vector.Sum(s2 + t2), r3 = Vector.Sum(s3 + t3);
        for (; i < k; i++)
        {
            float v = x[i];
            r0 += a0[i] * v;
            r1 += a1[i] * v;
            r2 += a2[i] * v;
            r3 += a3[i] * v;
        }
        (y[0], y[1], y[2], y[3]) = (r0, r1, r2, r3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float One(float* a, float* x, long k)
    {
        int lanes = Vector<float>.Count;
        Vector<float> s = default, t = default;
        long i = 0;
        for (; i + 2 * lanes <= k; i += 2 * lanes)
        {
            s = Vector.MultiplyAddEstimate(Vector.Load(a + i), Vector.Load(x + i), s);
            t = Vector.MultiplyAddEstimate(Vector.Load(a + i + lanes), Vector.Load(x + i + lanes), t);
        }
        float r = Vector.Sum(s + t);
        for (; i < k; i++) r += a[i] * x[i];
        return r;
    }

    private static float Strided(float* a, float* x, long xStep, long k)
    {
        float r0 = 0, r1 = 0;
        long i = 0;
        for (; i + 2 <= k; i += 2, x += 2 * xStep)
        {
            r0 += a[i] * x[0];
            r1 += a[i + 1] * x[xStep];
        }
        return i < k ? r0 + r1 + a[i] * x[0] : r0 + r1;
    }
}
