using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Reduce;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Float32 pooling whose one window is the whole plane.</summary>
internal sealed unsafe class GlobalPoolStep<TOp> : Step where TOp : struct, IPoolOp
{
    private readonly long _planes, _size, _perPart;
    private readonly int _parts;

    public GlobalPoolStep(ConvGeometry g, Arg.Pool p, Operand x, Operand y) : base($"pool {p.Kind} global f32", [x], [y], x.Count, $"{g.Batch} planes of {g.InSize}")
    {
        (_planes, _size) = (g.Batch, g.InSize);
        _perPart = Math.Clamp(32768 / Math.Max(1, _size), 1, _planes);
        _parts = checked((int)((_planes + _perPart - 1) / _perPart));
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        if (_parts > 1 && c.Workers(Flops * 0.2) > 1) c.Fork(this, 0, _parts);
        else for (int i = 0; i < _parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = part * _perPart, end = Math.Min(_planes, first + _perPart);
        float* x = c.Ptr<float>(Reads[0]), y = c.Ptr<float>(Writes[0]);
        for (long i = first; i < end; i++)
            y[i] = Vector512.IsHardwareAccelerated ? Plane<Lanes512<float>>(x + i * _size, _size) : Vector256.IsHardwareAccelerated ? Plane<Lanes256<float>>(x + i * _size, _size) : Plane<Lanes128<float>>(x + i * _size, _size);
        Finish(c, first, end - first, worker);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Plane<V>(float* x, long n) where V : unmanaged, ILanes<V, float>
    {
        long vectors = n / V.Count, rest = n - vectors * V.Count;
        PoolTerms<TOp, V> terms = default;
        V sum = Pairwise.Of<PoolTerms<TOp, V>, V, float>(x, vectors, V.Count, terms);
        if (rest > 0) sum = terms.Add(sum, vectors > 0 ? V.Select(Sums.Last<V, float>(rest), V.Load(x + n - V.Count), V.All(TOp.Start)) : Sums.Partial<V, float>(x, rest, TOp.Start));
        // Squares must not be squared again: what the lanes hold is combined as numbers.
        float total = TOp.Start == 0 ? Sums.Of<V, float>(sum) : Sums.Largest<V, float>(sum);
        float result;
        Sums.Store(TOp.Finish(V.All(total), V.All(1f / n)), &result, 1);
        return result;
    }
}
