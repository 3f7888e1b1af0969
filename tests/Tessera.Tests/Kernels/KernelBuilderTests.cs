using Tessera.Kernels;

namespace Tessera.Tests.Kernels;

public sealed class KernelBuilderTests
{
    /// <summary>Sums, products, quotients and remainders of random shape, simplified while written, against the same in C#.</summary>
    [Fact]
    public void Simplified_integer_expressions_keep_their_value()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 400; round++)
        {
            int items = 1 + r.Next(300);
            KernelBuilder b = new(items);
            int y = b.Buffer("y", DType.Int32, BufferAccess.Write);
            (Instruction code, Func<int, int> value) = Expression(b, r, 1 + r.Next(6));
            b.Store(y, b.Item(), code);
            using Tensor t = Tensor.Zeros(DType.Int32, [items]);
            Kernel k = b.Build("expression", 64);
            KernelVerifier.Verify(k);
            KernelInterpreter.Run(k, [new(t)]);
            int[] actual = t.ToArray<int>();
            for (int i = 0; i < items; i++) Assert.True(actual[i] == value(i), $"item {i}: {actual[i]} instead of {value(i)}\n{KernelPrinter.Print(k)}");
        }
    }

    private static (Instruction, Func<int, int>) Expression(KernelBuilder b, Random r, int depth)
    {
        if (depth == 0 || r.Next(5) == 0)
        {
            if (r.Next(2) == 0) return (b.Item(), i => i);
            int c = r.Next(-3, 9);
            return (b.Const(c), _ => c);
        }
        (Instruction x, Func<int, int> f) = Expression(b, r, depth - 1);
        (Instruction y, Func<int, int> g) = Expression(b, r, depth - 1);
        int n = 1 + r.Next(12);
        return r.Next(7) switch
        {
            0 => (Emit(KernelOp.Add, y), i => f(i) + g(i)),
            1 => (Emit(KernelOp.Sub, y), i => f(i) - g(i)),
            2 => (Emit(KernelOp.Mul, b.Const(n)), i => f(i) * n),
            3 => (Emit(KernelOp.Div, b.Const(n)), i => f(i) / n),
            4 => (Emit(KernelOp.Rem, b.Const(n)), i => f(i) % n),
            5 => (Emit(KernelOp.Min, y), i => Math.Min(f(i), g(i))),
            _ => (Emit(KernelOp.Max, y), i => Math.Max(f(i), g(i))),
        };
        Instruction Emit(KernelOp op, Instruction with) => b.Emit(op, KernelType.Int32, [x, with]);
    }

    [Fact]
    public void Pure_instructions_move_out_of_loops_and_are_one()
    {
        KernelBuilder b = new(8);
        int x = b.Buffer("x", DType.Float32, BufferAccess.Read), y = b.Buffer("y", DType.Float32, BufferAccess.Write);
        Instruction sum = b.Var(b.Const(KernelType.Float32, 0.0));
        b.For(b.Const(0), b.Const(5), 1, i =>
        {
            Instruction same = b.Load(x, b.Item());
            Assert.Same(same, b.Load(x, b.Item()));
            b.Set(sum, b.Emit(KernelOp.Add, KernelType.Float32, [b.Get(sum), same]));
        });
        b.Store(y, b.Item(), b.Get(sum));
        Kernel k = b.Build("sums", 64);
        KernelVerifier.Verify(k);
        Instruction loop = Assert.Single(k.Body.Instructions, i => i.Op == KernelOp.For);
        Assert.DoesNotContain(loop.Bodies[0].Instructions, i => i.Op == KernelOp.Load);
    }

    [Fact]
    public void Loads_stay_behind_the_condition_that_guards_them()
    {
        KernelBuilder b = new(8);
        int x = b.Buffer("x", DType.Float32, BufferAccess.Read), y = b.Buffer("y", DType.Float32, BufferAccess.Write);
        Instruction inside = b.Emit(KernelOp.Lt, KernelType.Bool, [b.Item(), b.Const(5)]);
        b.If(inside, () => b.Store(y, b.Item(), b.Load(x, b.Item())));
        Kernel k = b.Build("guarded", 64);
        using Tensor from = Tensor.From<float>([1, 2, 3, 4, 5], [5]), to = Tensor.Zeros(DType.Float32, [8]);
        KernelInterpreter.Run(k, [new(from), new(to)]);
        Assert.Equal([1f, 2, 3, 4, 5, 0, 0, 0], to.ToArray<float>());
    }
}
