using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

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

    /// <summary>y[i] = Σ a[i·step + k]·x[k·xStep], row by row: memory delivers one stream fastest.</summary>
    private static void Rows(float* a, long step, float* x, long xStep, long k, long n, float* y)
    {
        if (xStep != 1) for (long i = 0; i < n; i++, a += step) y[i] = Strided(a, x, xStep, k);
        else if (Vector512.IsHardwareAccelerated) Rows<Lanes512<float>>(a, step, x, k, n, y);
        else if (Vector256.IsHardwareAccelerated) Rows<Lanes256<float>>(a, step, x, k, n, y);
        else Rows<Lanes128<float>>(a, step, x, k, n, y);
    }

    private static void Rows<V>(float* a, long step, float* x, long k, long n, float* y) where V : unmanaged, ILanes<V, float>
    {
        for (long i = 0; i < n; i++, a += step) y[i] = One<V>(a, x, k);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float One<V>(float* a, float* x, long k) where V : unmanaged, ILanes<V, float>
    {
        V s = V.All(0), t = s, u = s, v = s;
        long i = 0;
        for (; i + 4 * V.Count <= k; i += 4 * V.Count)
        {
            s = V.Fma(V.Load(a + i), V.Load(x + i), s);
            t = V.Fma(V.Load(a + i + V.Count), V.Load(x + i + V.Count), t);
            u = V.Fma(V.Load(a + i + 2 * V.Count), V.Load(x + i + 2 * V.Count), u);
            v = V.Fma(V.Load(a + i + 3 * V.Count), V.Load(x + i + 3 * V.Count), v);
        }
        for (; i + V.Count <= k; i += V.Count) s = V.Fma(V.Load(a + i), V.Load(x + i), s);
        float r = Sums.Of<V, float>(s + t + (u + v));
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
