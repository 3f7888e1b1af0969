using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Minimal filtering of 8-bit images is exact.</summary>
public sealed class IntegerWinogradTests
{
    private static IntegerWinograd Filter(int size) => size == 2 ? IntegerWinograd.Two : IntegerWinograd.Four;

    private static Operand Place(StepBuilder b, Tensor t, SlotKind kind)
    {
        int slot = b.NewSlot(kind, t.Bytes);
        b.Slots[slot].Address = t.Address;
        return new(slot, t.Type, t.Shape, t.Strides, 0, kind == SlotKind.Constant ? t : null);
    }

    /// <summary>Convolves <paramref name="x"/> less <paramref name="zero"/> by tiles of <paramref name="size"/>.</summary>
    private static Tensor Run(int size, Tensor x, Tensor zero, Tensor wide, Tensor w, Tensor wideWeights, Arg.Conv c, int threads) => KernelRun.Run((b, n, _, y) =>
    {
        ConvGeometry g = ConvGeometry.Of(c, x.Shape, w.Shape, y[0].Shape);
        Operand weights = Place(b, w, SlotKind.Constant);
        Assert.True(IntegerWinogradPlan.Fits(Filter(size), IntegerWinogradStep.LargestSum(b, g, weights)));
        b.Add(new IntegerWinogradStep(b, g, new(g, Filter(size), b.Workers), Place(b, x, SlotKind.Input), weights, Place(b, zero, SlotKind.Input), IntegerOutput.Sums, y[0]), n);
    }, GraphOp.Conv, c, [wide, wideWeights], [false, true], threads)[0];

    private static Tensor Bytes(Random r, DType type, bool extreme, params long[] shape)
    {
        Tensor t = Samples.Bits<byte>(r, shape);
        // Transforms reach furthest where neighbours lie at the ends of the range.
        if (extreme) foreach (ref byte v in t.Span<byte>()) v = v < 128 ? (byte)0 : (byte)255;
        return type == DType.UInt8 ? t : Tensor.From([.. t.ToArray<byte>().Select(v => (sbyte)(v ^ 128))], t.Shape);
    }

    private static Tensor Wide(Tensor t, double zero = 0) => Tensor.From([.. Samples.Values(t).Select(v => (int)(v - zero))], t.Shape);

    [Theory, InlineData(2), InlineData(4)]
    public void Any_size_is_exact(int size)
    {
        Assert.SkipUnless(Igemm.Shape.Columns >= 8, "no vectors");
        Random r = Seeds.Random();
        for (int round = 0; round < 60; round++)
        {
            long group = r.Next(4) == 0 ? 2 : 1, channels = r.Next(1, 50), filters = r.Next(1, 70), height = r.Next(1, 14), width = r.Next(1, round % 4 == 0 ? 90 : 20);
            (long top, long left, long bottom, long right) = (r.Next(3), r.Next(3), r.Next(3), r.Next(3));
            (height, width) = (Math.Max(height, 3 - top - bottom), Math.Max(width, 3 - left - right));
            while (group * channels * filters * height * width > 40_000 && (channels > 1 || filters > 1))
            {
                if (r.Next(2) == 0) channels = (channels + 1) / 2;
                else filters = (filters + 1) / 2;
            }
            Arg.Conv c = new([1, 1], [1, 1], [top, left], [bottom, right], group);
            bool extreme = r.Next(2) == 0;
            DType type = r.Next(2) == 0 ? DType.UInt8 : DType.Int8;
            Tensor x = Bytes(r, type, extreme, r.Next(1, 3), group * channels, height, width), w = Bytes(r, r.Next(2) == 0 ? DType.UInt8 : DType.Int8, extreme, group * filters, channels, 3, 3);
            int zero = (extreme ? r.Next(2) * 255 : r.Next(256)) - (type == DType.Int8 ? 128 : 0);
            // Weights less their zero point may have nine bits.
            Tensor wideWeights = Wide(w, r.Next(3) == 0 ? w.Type == DType.UInt8 ? 255 : -128 : 0), weights = r.Next(2) == 0 || !Samples.Values(w).SequenceEqual(Samples.Values(wideWeights)) ? wideWeights : w;
            Tensor wide = Wide(x, zero), y = Run(size, x, Tensor.From([zero], []), wide, weights, wideWeights, c, 1 + r.Next(4));
            Samples.Close(Definitions.Conv(wide, wideWeights, c, y.Shape), y, 0, $"F({size}, 3) of {x} less {zero} with {weights}, {c}");
        }
    }

    [Fact]
    public void Results_of_eight_bits_with_numbers_per_filter_and_a_residual_behind()
    {
        Random r = Seeds.Random();
        foreach ((long channels, long filters, long height, long width) in new[] { (64L, 70L, 16L, 16L), (48, 33, 9, 50), (100, 64, 7, 7), (96, 64, 13, 27) })
        {
            CpuCase c = new(r);
            GraphBuilder g = c.G;
            Node x = c.Input(DType.UInt8, [1, channels, height, width], () => r.Next(256));
            Tensor w = Tensor.From([.. Enumerable.Range(0, (int)(filters * channels * 9)).Select(_ => r.Next(-128, 128))], [filters, channels, 3, 3]);
            Node product = g.Conv(g.Sub(g.Cast(x, DType.Int32), r.Next(256)), g.Const(w), new Arg.Conv([1, 1], [1, 1], [1, 1], [1, 1], 1));
            Node Vector(double size) => g.Const(Tensor.From([.. Enumerable.Range(0, (int)filters).Select(_ => (float)((r.NextDouble() - 0.5) * size))], [filters, 1, 1]));
            Node y = g.Add(g.Mul(g.Cast(product, DType.Float32), Vector(0.001)), Vector(50));
            if (r.Next(2) == 0) y = g.Add(y, c.Input(DType.Float32, y.Shape));
            y = g.Div(g.Max(y, 0), g.Scalar(DType.Float32, 0.8));
            y = g.Cast(g.Min(g.Max(g.Add(g.Unary(GraphOp.Round, y), 3), 0), 255), DType.UInt8);
            // One step where a value lies on the edge between two.
            c.CheckWithin(1, y);
        }
    }

    [Fact]
    public void Large_sums_come_out_whole()
    {
        Random r = Seeds.Random();
        foreach (long channels in new[] { 100, 160 })
        {
            CpuCase c = new(r);
            Node x = c.Input(DType.UInt8, [1, channels, 12, 12], () => 255);
            Tensor w = Tensor.From([.. Enumerable.Repeat(-128, (int)(64 * channels * 9))], [64, channels, 3, 3]);
            c.Check(0, c.G.Conv(c.G.Cast(x, DType.Int32), c.G.Const(w), new Arg.Conv([1, 1], [1, 1], [1, 1], [1, 1], 1)));
        }
    }

    [Fact]
    public void Chosen_where_it_saves_work_and_results_fit()
    {
        Assert.SkipUnless(Igemm.Shape.Columns >= 8, "no vectors");
        static int? Size(long channels, long filters, long side, long sum, long step = 1) => IntegerWinogradPlan.Of(ConvGeometry.Of(new([step, step], [1, 1], [1, 1], [1, 1], 1),
            [1, channels, side, side], [filters, channels, 3, 3], [1, filters, (side - 1) / step + 1, (side - 1) / step + 1]), () => sum, 1)?.Filter.Size;
        Assert.Equal(4, Size(128, 128, 32, 30_000));
        Assert.Equal(2, Size(128, 128, 32, 140_000));
        Assert.Null(Size(128, 128, 32, 3_000_000));
        Assert.Null(Size(2, 2, 8, 1000));
        Assert.Null(Size(64, 64, 56, 1000, 2));
    }
}
