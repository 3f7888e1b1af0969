using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class ElementwiseTests
{
    private static readonly DType[] Floats = [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16];
    private static readonly DType[] Integers = [DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64];
    private static readonly GraphOp[] FloatUnary =
    [
        GraphOp.Neg, GraphOp.Abs, GraphOp.Sign, GraphOp.Floor, GraphOp.Ceil, GraphOp.Round, GraphOp.Sqrt, GraphOp.Exp, GraphOp.Log, GraphOp.Sin, GraphOp.Cos, GraphOp.Tan, GraphOp.Asin,
        GraphOp.Acos, GraphOp.Atan, GraphOp.Sinh, GraphOp.Cosh, GraphOp.Tanh, GraphOp.Asinh, GraphOp.Acosh, GraphOp.Atanh, GraphOp.Erf, GraphOp.Sigmoid,
    ];

    private static double Tolerance(DType t) => t switch { DType.Float64 => 1e-13, DType.Float32 => 1e-6, DType.Float16 => 2e-3, DType.BFloat16 => 2e-2, _ => 0 };

    private static double Special(Random r) => r.Next(20) switch { 0 => double.NaN, 1 => double.PositiveInfinity, 2 => double.NegativeInfinity, 3 => 0.0, 4 => -0.0, 5 => 1e30, 6 => -1e-30, _ => r.NextDouble() * 20 - 10 };

    [Fact]
    public void Functions_of_floats_follow_the_reference_special_values_included()
    {
        Random r = Seeds.Random();
        foreach (DType type in Floats)
            foreach (GraphOp op in FloatUnary)
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [1 + r.Next(200)], () => Special(r));
                c.Check(Tolerance(type), c.G.Unary(op, x), c.G.Unary(GraphOp.IsNaN, x), c.G.Emit(GraphOp.IsInf, [x], new Arg.Infinity(true, r.Next(2) == 0)));
            }
    }

    [Fact]
    public void Activations_in_one_go_are_what_their_operators_give()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.Float32, DType.Float16, DType.BFloat16])
            for (int round = 0; round < 40; round++)
            {
                CpuCase c = new(r);
                GraphBuilder g = c.G;
                Node x = c.Input(type, [1 + r.Next(round % 2 == 0 ? 20 : 9000)], () => r.NextDouble() * 16 - 8), z = round % 3 == 0 ? c.Input(type, x.Shape) : x;
                Node half = r.Next(2) == 0 ? z : g.Mul(z, 0.5), slope = r.Next(2) == 0 ? x : g.Mul(x, 0.75), quotient = r.Next(2) == 0 ? slope : g.Div(x, g.Scalar(type, 1.5));
                Node gate = (round % 6) switch
                {
                    0 => g.Min(g.Max(g.Add(slope, 3), 0), 6),
                    1 => g.Max(g.Min(g.Add(slope, 0.5), 1), 0),
                    2 => g.Sigmoid(quotient),
                    3 => g.Add(g.Erf(quotient), 1),
                    4 => g.Add(g.Scalar(type, 1), g.Unary(GraphOp.Tanh, quotient)),
                    _ => g.Min(g.Add(slope, 3), 6),
                };
                Node y = r.Next(2) == 0 ? g.Mul(half, gate) : g.Mul(gate, half);
                if (r.Next(3) == 0) y = g.Mul(y, r.Next(2) == 0 ? 0.5 : 0.3);
                // What an activation is made of may be wanted by others too.
                if (r.Next(3) == 0) c.Check(20 * Tolerance(type), y, gate);
                else c.Check(20 * Tolerance(type), r.Next(2) == 0 ? y : g.Add(y, x));
            }
    }

    [Fact]
    public void A_gate_times_a_number_stays_in_range()
    {
        CpuCase c = new(Seeds.Random());
        GraphBuilder g = c.G;
        int i = 0;
        Node x = c.Input(DType.Float32, [40], () => i++ % 4 - 2e38);
        c.Check(1e-6, g.Mul(g.Mul(x, g.Sigmoid(x)), 2), g.Mul(g.Mul(x, g.Add(g.Erf(x), 1)), 4), g.Mul(g.Mul(x, g.Sigmoid(x)), 0.5));
    }

    [Fact]
    public void Rounding_to_eight_bits_may_be_cut_by_the_bound_of_a_group()
    {
        Random r = Seeds.Random();
        for (int tail = 50; tail < 66; tail++)
        {
            CpuCase c = new(r);
            GraphBuilder g = c.G;
            Node x = c.Input(DType.Float32, [40], () => r.Next(-400, 1600) / 8.0);
            Node shifted = g.Add(g.Unary(GraphOp.Round, g.Mul(x, 2)), 3);
            Node y = g.Cast(g.Cast(g.Min(g.Max(shifted, 0), 255), DType.UInt8), DType.Float32);
            for (int i = 0; i < tail; i++) y = g.Add(y, 1 + i % 3);
            c.Check(1e-6, y);
        }
    }

    [Fact]
    public void Eight_bits_to_floats_and_back_in_one_go()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.UInt8, DType.Int8])
            for (int round = 0; round < 20; round++)
            {
                CpuCase c = new(r);
                GraphBuilder g = c.G;
                int least = type == DType.UInt8 ? 0 : -128;
                Node x = c.Input(type, [1 + r.Next(round % 2 == 0 ? 40 : 9000)], () => r.Next(least, least + 256)), scale = g.Scalar(DType.Float32, r.NextDouble() + 0.01), wide = g.Cast(x, DType.Float32);
                if (r.Next(3) != 0) wide = g.Sub(wide, r.Next(least, least + 256));
                Node real = r.Next(2) == 0 ? g.Mul(wide, scale) : g.Mul(scale, wide);
                // Not near the edge between two steps: a quarter off.
                Node back = g.Add(g.Unary(GraphOp.Round, g.Add(g.Cast(x, DType.Float32), 0.25)), r.Next(-300, 300));
                c.Check(1e-6, real, g.Cast(g.Min(g.Max(back, least), least + 255), type));
            }
    }

    [Fact]
    public void Activations_of_special_values()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        Node x = c.Input(DType.Float32, [400], () => Special(r));
        c.Check(Tolerance(DType.Float32), c.G.Mul(x, c.G.Min(c.G.Max(c.G.Add(c.G.Mul(x, 0.2), 0.5), 0), 1)), c.G.Mul(x, c.G.Sigmoid(x)), c.G.Mul(c.G.Mul(x, 0.5), c.G.Add(c.G.Erf(x), 1)));
    }

    [Fact]
    public void Arithmetic_of_all_types_broadcasts()
    {
        Random r = Seeds.Random();
        GraphOp[] ops = [GraphOp.Add, GraphOp.Sub, GraphOp.Mul, GraphOp.Div, GraphOp.Mod, GraphOp.Rem, GraphOp.Min, GraphOp.Max, GraphOp.Eq, GraphOp.Lt, GraphOp.Le];
        foreach (DType type in (DType[])[.. Floats, .. Integers])
            foreach (GraphOp op in ops)
            {
                CpuCase c = new(r);
                (Shape a, Shape b) = Pair(r);
                bool divides = op is GraphOp.Div or GraphOp.Mod or GraphOp.Rem;
                Node x = c.Input(type, a), y = c.Input(type, b, divides ? () => type.IsFloat() ? 0.5 + r.NextDouble() : 1 + r.Next(9) : null);
                c.Check(divides && type.IsFloat() ? 8 * Tolerance(type) : Tolerance(type), c.G.Binary(op, x, y));
            }
    }

    [Fact]
    public void Bits_shifts_and_powers_of_integers()
    {
        Random r = Seeds.Random();
        foreach (DType type in Integers)
            foreach (GraphOp op in (GraphOp[])[GraphOp.And, GraphOp.Or, GraphOp.Xor, GraphOp.Shl, GraphOp.Shr, GraphOp.Pow])
            {
                CpuCase c = new(r);
                (Shape a, Shape b) = Pair(r);
                c.Check(0, c.G.Binary(op, c.Input(type, a), c.Input(type, b, () => r.Next(5))));
            }
    }

    [Fact]
    public void Logic_and_selection_with_masks_of_every_width()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[.. Floats, .. Integers])
        {
            CpuCase c = new(r);
            Shape s = [3, 1 + r.Next(90)];
            Node x = c.Input(type, s), y = c.Input(type, s), f = c.Input(DType.Bool, s, () => r.Next(2)), d = c.Input(DType.Float64, s);
            Node m = c.G.And(c.G.Lt(x, y), c.G.Not(f));
            Node k = c.G.Or(m, c.G.Binary(GraphOp.Xor, f, c.G.Lt(d, 0)));
            c.Check(0, c.G.Where(k, x, y), m, c.G.Where(f, k, m), c.G.Eq(k, m), c.G.Le(f, k), c.G.Lt(f, k), c.G.Cast(k, type), c.G.Cast(x, DType.Bool));
        }
    }

    [Fact]
    public void Casts_between_all_types()
    {
        Random r = Seeds.Random();
        DType[] types = [.. Enum.GetValues<DType>().Where(t => t != DType.String)];
        foreach (DType from in types)
            foreach (DType to in types)
            {
                CpuCase c = new(r);
                Node x = c.Input(from, [33 + r.Next(30)], from == DType.Bool ? () => r.Next(2) : () => from.IsFloat() ? r.NextDouble() * 14 - 7 : r.Next(from.IsSigned() ? -8 : 0, 8));
                c.Check(0, c.G.Cast(x, to));
            }
    }

    [Fact]
    public void Groups_of_many_nodes_over_views()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 20; round++)
        {
            CpuCase c = new(r);
            long a = 1 + r.Next(40), b = 1 + r.Next(40), d = 1 + r.Next(7);
            Node x = c.Input(DType.Float32, [a, b, d]), bias = c.Input(DType.Float32, [d]), row = c.Input(DType.Float32, [b, 1]), t = c.Input(DType.Float32, [d, b, a]);
            Node y = c.G.Add(c.G.Mul(x, row), bias);
            Node z = c.G.Sigmoid(c.G.Add(y, c.G.Transpose(t, 2, 1, 0)));
            // The mask is of an input: of a rounded value it could be another one than the reference's.
            Node w = c.G.Where(c.G.Lt(x, 0.5), c.G.Mul(y, z), c.G.Sub(y, c.G.Slice(c.G.Reshape(x, [a * b, d]), 0, a * b - 1, a * b, -1) is var s ? c.G.Reshape(s, [a, b, d]) : y));
            c.Check(1e-5, w, c.G.Tanh(w), y);
        }
    }

    [Fact]
    public void One_element_per_channel()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.Float32, DType.Float64, DType.Int32, DType.Float16])
            foreach (long size in (long[])[5, 128, 391, 9000])
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [2, 3, size]), scale = c.Input(type, [3, 1]), shift = c.Input(type, [2, 3, 1]), other = c.Input(type, [2, 1, size]);
                Node y = c.G.Max(c.G.Sub(shift, c.G.Mul(x, scale)), 0);
                c.Check(Tolerance(type) * 8, y, c.G.Where(c.G.Lt(x, scale), c.G.Add(other, shift), c.G.Mul(shift, scale)), c.G.Add(c.G.Neg(scale), x), c.G.Broadcast(scale, [2, 3, size]));
            }
    }

    [Fact]
    public void Large_groups_are_shared_out()
    {
        CpuCase c = new(Seeds.Random());
        Node x = c.Input(DType.Float32, [501, 1003]), y = c.Input(DType.Float32, [1003]);
        c.Check(1e-5, c.G.Exp(c.G.Add(c.G.Mul(x, y), 1)));
    }

    [Fact]
    public void Empty_and_single_elements()
    {
        CpuCase c = new(Seeds.Random());
        Node x = c.Input(DType.Float32, [0, 3]), y = c.Input(DType.Float32, []);
        c.Check(1e-6, c.G.Add(x, y), c.G.Exp(y), x, y, c.G.Mul(c.G.Const(Tensor.Scalar(2f)), y));
    }

    private static (Shape, Shape) Pair(Random r)
    {
        long a = 1 + r.Next(20), b = 1 + r.Next(70);
        return r.Next(6) switch
        {
            0 => ([a, b], [a, b]),
            1 => ([a, b], [b]),
            2 => ([a, 1], [a, b]),
            3 => ([], [a, b]),
            4 => ([a, 1, b], [3, 1]),
            _ => ([b], [1]),
        };
    }
}
