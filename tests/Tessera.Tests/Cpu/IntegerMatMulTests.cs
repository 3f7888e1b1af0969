using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Graphs around 8-bit matrix products give what the reference gives; sums exactly.</summary>
public sealed class IntegerMatMulTests
{
    private static Node Bytes(CpuCase c, DType type, Shape shape) => c.Input(type, shape, () => c.Random.Next(4) == 0 ? type == DType.UInt8 ? 255 : -128 : type == DType.UInt8 ? c.Random.Next(256) : c.Random.Next(-128, 128));

    private static Node Centred(CpuCase c, Node x, Shape? zero)
    {
        Node wide = c.G.Cast(x, DType.Int32);
        return zero is null ? wide : c.G.Sub(wide, c.G.Cast(Bytes(c, x.Type, zero.Value), DType.Int32));
    }

    private static Node Weights(CpuCase c, Shape shape, int low, int high) =>
        c.G.Const(Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(_ => c.Random.Next(low, high + 1))], shape));

    [Fact]
    public void Operands_of_every_sign_with_zero_points()
    {
        Random r = Seeds.Random();
        foreach (DType a in new[] { DType.UInt8, DType.Int8 })
            foreach (DType b in new[] { DType.UInt8, DType.Int8 })
                for (int round = 0; round < 6; round++)
                {
                    CpuCase c = new(r);
                    int m = r.Next(1, 40), k = r.Next(1, 90), n = r.Next(1, 80);
                    Shape? zeroA = r.Next(3) switch { 0 => null, 1 => Shape.Scalar, _ => [m, 1] }, zeroB = r.Next(3) switch { 0 => null, 1 => Shape.Scalar, _ => [n] };
                    c.Check(0, c.G.MatMul(Centred(c, Bytes(c, a, [m, k]), zeroA), Centred(c, Bytes(c, b, [k, n]), zeroB)));
                }
    }

    [Theory, InlineData(-128, 127), InlineData(-64, 64), InlineData(-135, 120), InlineData(0, 255), InlineData(-255, 0)]
    public void Known_weights(int low, int high)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 4; round++)
        {
            CpuCase c = new(r);
            int m = r.Next(1, 30), k = r.Next(1, 300), n = r.Next(1, 100);
            c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.UInt8, [m, k]), Shape.Scalar), Weights(c, [k, n], low, high)));
            c = new(r);
            c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.Int8, [m, k]), [m, 1]), Weights(c, [k, n], low, high)));
        }
    }

    [Fact]
    public void Weights_beyond_eight_bits_stay_another_kernel()
    {
        CpuCase c = new(Seeds.Random());
        c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.UInt8, [3, 9]), Shape.Scalar), Weights(c, [9, 4], -200, 200)));
    }

    [Fact]
    public void Batches_and_views()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.UInt8, [2, 3, 5, 33]), Shape.Scalar), Centred(c, Bytes(c, DType.Int8, [3, 33, 7]), Shape.Scalar)));
        c = new(r);
        c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.Int8, [4, 5, 20]), Shape.Scalar), Weights(c, [20, 37], -100, 100)));
        c = new(r);
        Node a = c.G.Transpose(Bytes(c, DType.UInt8, [31, 14]), 1, 0), b = c.G.Slice(c.G.Transpose(Bytes(c, DType.UInt8, [40, 31]), 1, 0), 1, 3, 30);
        c.Check(0, c.G.MatMul(Centred(c, a, [14, 1]), Centred(c, b, Shape.Scalar)));
    }

    [Fact]
    public void Large_enough_for_several_threads_and_blocks()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.UInt8, [150, 260]), Shape.Scalar), Weights(c, [260, 300], -128, 127)));
        c = new(r);
        c.Check(0, c.G.MatMul(Centred(c, Bytes(c, DType.Int8, [1, 900]), Shape.Scalar), Weights(c, [900, 1000], -60, 60)));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Sums_scaled_and_shifted(int kind)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 6; round++)
        {
            CpuCase c = new(r);
            GraphBuilder g = c.G;
            int m = r.Next(1, 20), k = r.Next(1, 60), n = r.Next(1, 70);
            Node y = g.Cast(g.MatMul(Centred(c, Bytes(c, DType.UInt8, [m, k]), Shape.Scalar), Weights(c, [k, n], -128, 127)), DType.Float32);
            Node scale = c.Input(DType.Float32, kind == 0 ? Shape.Scalar : kind == 1 ? [n] : [m, 1], () => r.NextDouble() * 0.01), bias = c.Input(DType.Float32, r.Next(2) == 0 ? [n] : [1, n]);
            y = g.Add(g.Mul(y, scale), bias);
            // A residual and an activation run behind the kernel.
            if (round % 2 == 1) y = g.Sigmoid(g.Add(y, c.Input(DType.Float32, [m, n])));
            // Sums of up to 60·255·255, times 0.01, rounded a few times: relative to the terms, not to their difference.
            c.CheckWithin(60 * 255 * 255 * 0.01 * 4 * 6e-8, y);
        }
    }

    [Theory, InlineData(DType.UInt8), InlineData(DType.Int8)]
    public void Results_of_eight_bits(DType type)
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 8; round++)
        {
            CpuCase c = new(r);
            GraphBuilder g = c.G;
            int m = r.Next(1, 20), k = r.Next(1, 60), n = r.Next(1, 70), least = type == DType.UInt8 ? 0 : -128;
            Node y = g.Cast(g.MatMul(Centred(c, Bytes(c, DType.UInt8, [m, k]), Shape.Scalar), Weights(c, [k, n], -128, 127)), DType.Float32);
            float[] scales = [.. Enumerable.Range(0, n).Select(_ => (float)r.NextDouble() * 0.002f)], bias = [.. Enumerable.Range(0, n).Select(_ => (float)r.NextDouble() * 40 - 20)];
            y = g.Add(g.Mul(y, g.Const(Tensor.From(scales, [n]))), g.Const(Tensor.From(bias, [n])));
            if (round % 2 == 0) y = g.Max(y, 0);
            if (round % 3 == 0) y = g.Min(y, 6);
            y = g.Div(y, g.Scalar(DType.Float32, 0.37));
            y = g.Add(g.Unary(GraphOp.Round, y), least + 100);
            y = g.Cast(g.Min(g.Max(y, least), least + 255), type);
            // One step where a value lies on the edge between two.
            c.CheckWithin(1, y);
        }
    }
}
