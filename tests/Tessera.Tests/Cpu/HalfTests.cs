using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>16-bit floats between steps: arithmetic goes on unrounded, whatever tells neighbouring values apart sees rounded ones.</summary>
public sealed class HalfTests
{
    private static readonly DType[] Types = [DType.Float16, DType.BFloat16];

    [Fact]
    public void Equality_ranks_rounding_and_integers_see_values_of_the_type()
    {
        foreach (DType type in Types)
        {
            // One more than the largest odd number the type holds is rounded away.
            double large = type == DType.Float16 ? 2048 : 256;
            CpuCase c = new(Seeds.Random());
            Node x = c.Input(type, [3, 40], () => large + 2 * c.Random.Next(8)), sum = c.G.Add(x, 1);
            (Node values, Node indices) = c.G.TopK(sum, 7, 1);
            c.Check(0, c.G.Eq(sum, x), c.G.Lt(x, sum), c.G.Le(sum, x), c.G.Unary(GraphOp.Floor, c.G.Mul(x, 0.1)), c.G.Cast(sum, DType.Int32), c.G.ArgMax(sum, 1, true), values, indices);
        }
    }

    [Fact]
    public void A_value_may_be_stored_moved_and_computed_with()
    {
        foreach (DType type in Types)
        {
            CpuCase c = new(Seeds.Random());
            Node x = c.Input(type, [4, 6, 10]), y = c.Input(type, [10, 6]), p = c.G.MatMul(x, y), s = c.G.Mul(p, 0.5);
            Node both = c.G.Concat(2, s, p), turned = c.G.Add(c.G.Transpose(s, 0, 2, 1), 1);
            c.Check(type == DType.Float16 ? 1e-2 : 1e-1, p, both, turned, c.G.Reshape(s, [24, 6]), c.G.Softmax(both, -1), c.G.Cast(s, DType.Float32), c.G.Add(c.G.Cast(s, DType.Float32), 1));
        }
    }

    [Fact]
    public void An_explicit_cast_rounds()
    {
        foreach (DType type in Types)
        {
            CpuCase c = new(Seeds.Random());
            Node x = c.Input(DType.Float32, [5, 33]), narrow = c.G.Cast(x, type);
            c.Check(1e-6, c.G.Cast(narrow, DType.Float32), c.G.Mul(c.G.Cast(narrow, DType.Float32), 3), c.G.Softmax(c.G.Cast(narrow, DType.Float32), -1));
        }
    }

    [Fact]
    public void A_product_and_what_follows_it_are_one_step()
    {
        foreach (DType type in Types)
        {
            GraphBuilder g = new();
            Node x = g.Input("x", type, [8, 16]), w = g.Const(Narrow(type, Samples.Float32(Seeds.Random(), 16, 12))), p = g.MatMul(x, w);
            using CpuExecutable e = new(g.Build([g.Mul(g.Add(p, 1), g.Sigmoid(p))]), new PrepareOptions(1, MemoryPool.Shared, false));
            Assert.Equal(["elementwise", "matmul f32"], e.Plan.Select(s => s.Kernel));
        }
    }

    private static Tensor Narrow(DType type, Tensor t) => type == DType.Float16
        ? Tensor.From(Array.ConvertAll(t.ToArray<float>(), v => (Half)v), t.Shape) : Tensor.From(Array.ConvertAll(t.ToArray<float>(), v => (BFloat16)v), t.Shape);
}
