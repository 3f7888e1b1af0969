using System.Numerics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Convolution of doubles or integers (which wrap): window columns in one panel, times the weights as they are.</summary>
internal sealed unsafe class ConvStep<T> : Step where T : unmanaged, INumber<T>
{
    private readonly ConvGeometry _g;
    private readonly ColumnPacking _columns;
    private readonly long _k, _out, _panels, _channels;
    private readonly Scratch _packed;

    public ConvStep(StepBuilder b, ConvGeometry g, Operand x, Operand w, Operand y)
        : base($"conv gemm {y.Type}", [x, w], [y], 2 * y.Count * g.Channels * g.Taps, $"{g}, tiles 4×{Gemm<T>.Columns}")
    {
        (_g, _columns, _out) = (g, new(g), g.OutSize);
        _k = g.Channels * g.Taps;
        _panels = (_out + Gemm<T>.Columns - 1) / Gemm<T>.Columns;
        // As many channels at a time as half of L2 holds.
        _channels = Math.Clamp(CacheSizes.L2 / 2 / (g.Taps * Gemm<T>.Columns * sizeof(T)), 1, g.Channels);
        _packed = b.Scratch(_channels * g.Taps * Gemm<T>.Columns * sizeof(T));
    }

    public override bool TakesEpilogue => true;

    public override void Run(RunContext c)
    {
        int parts = checked((int)(_g.Batch * _g.Groups * _panels));
        if (c.Workers(Flops * 0.1) > 1) c.Fork(this, 0, parts);
        else for (int i = 0; i < parts; i++) Part(c, 0, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        (long rest, long panel) = Math.DivRem(part, _panels);
        long group = rest % _g.Groups, n0 = panel * Gemm<T>.Columns, size = _g.InSize;
        int n = (int)Math.Min(Gemm<T>.Columns, _out - n0);
        T* x = c.Ptr<T>(Reads[0]) + rest * _g.Channels * size, w = c.Ptr<T>(Reads[1]) + group * _g.Filters * _k, b = c.Ptr<T>(_packed, worker);
        long start = rest * _g.Filters * _out + n0;
        for (long c0 = 0; c0 < _g.Channels || c0 == 0; c0 += Math.Max(1, _channels))
        {
            long channels = Math.Min(_channels, _g.Channels - c0), k = channels * _g.Taps;
            _columns.Pack(x + c0 * size, channels, n0, n, Gemm<T>.Columns, b, 0);
            Gemm<T>.Panel(_g.Filters, n, k, w + c0 * _g.Taps, _k, 1, b, c.Ptr<T>(Writes[0]) + start, _out, c0 > 0);
        }
        if (Epilogue is not null) for (long r = 0; r < _g.Filters; r++) Finish(c, start + r * _out, n, worker);
    }
}
