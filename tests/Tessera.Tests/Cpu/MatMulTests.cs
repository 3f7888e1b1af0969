using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class MatMulTests
{
    private static readonly long[] Sizes = [1, 2, 3, 4, 5, 7, 11, 12, 13, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 97, 130];

    private static double[] Product(double[] a, double[] b, long m, long n, long k)
    {
        double[] c = new double[m * n];
        for (long i = 0; i < m; i++) for (long j = 0; j < n; j++)
            for (long p = 0; p < k; p++) c[i * n + j] += a[i * k + p] * b[p * n + j];
        return c;
    }

    [Fact]
    public void Any_sizes_orders_and_threads_give_the_product()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 150; round++)
        {
            long m = Sizes[r.Next(Sizes.Length)], n = Sizes[r.Next(Sizes.Length)], k = r.Next(12) == 0 ? 700 : Sizes[r.Next(Sizes.Length)];
            bool turnA = r.Next(3) == 0, turnB = r.Next(3) == 0, known = r.Next(2) == 0, epilogue = r.Next(2) == 0;
            int threads = 1 + r.Next(3);
            Tensor a = turnA ? Samples.Turned(Samples.Float32(r, k, m)) : Samples.Float32(r, m, k), b = turnB ? Samples.Turned(Samples.Float32(r, n, k)) : Samples.Float32(r, k, n);
            if (r.Next(4) == 0) b = Samples.Float32(r, k, n + 300).Slice(1, r.Next(300), n);
            double[] expected = Product(Samples.Values(a), Samples.Values(b), m, n, k);
            if (epilogue) expected = Array.ConvertAll(expected, v => 2 * v);
            Tensor c = KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b], [false, known], threads, epilogue)[0];
            Samples.Close(expected, c, 2e-6 * k, $"{m}×{k}·{k}×{n} turned {turnA} {turnB} known {known} threads {threads}");
        }
    }

    [Fact]
    public void One_row_times_a_constant()
    {
        Random r = Seeds.Random();
        foreach (long k in new long[] { 1, 3, 4, 9, 64, 131, 700 })
            foreach (long n in Sizes)
            {
                CpuCase c = new(r);
                GraphBuilder g = c.G;
                Node x = c.Input(DType.Float32, [1, k], () => r.NextDouble() - 0.5), w = g.Const(Samples.Float32(r, k, n)), turned = g.Const(Samples.Turned(Samples.Float32(r, n, k)));
                c.Check(2e-6 * k, g.MatMul(x, w), g.Add(g.MatMul(x, w), g.Const(Samples.Float32(r, n))), g.Sigmoid(g.MatMul(x, turned)));
            }
    }

    [Fact]
    public void Batches_broadcast()
    {
        Random r = Seeds.Random();
        (long[] A, long[] B)[] cases = [([3, 5, 7], [7, 9]), ([5, 7], [4, 7, 33]), ([2, 1, 5, 7], [1, 3, 7, 9]), ([2, 3, 1, 7], [7, 40]), ([2, 3, 17, 8], [2, 3, 8, 17]), ([6, 1, 9], [6, 9, 1]), ([2, 2, 8, 9], [9, 1])];
        foreach ((long[] sa, long[] sb) in cases)
        {
            Tensor a = Samples.Float32(r, sa), b = Samples.Float32(r, sb);
            Shape batch = Shape.Broadcast(Shape.Of(sa.AsSpan(..^2)), Shape.Of(sb.AsSpan(..^2)));
            long m = sa[^2], k = sa[^1], n = sb[^1];
            Tensor wideA = a.Broadcast(Shape.Of([.. batch.Span, m, k])), wideB = b.Broadcast(Shape.Of([.. batch.Span, k, n]));
            double[] x = Samples.Values(wideA), y = Samples.Values(wideB);
            double[] expected = [.. Enumerable.Range(0, (int)batch.Count).SelectMany(i => Product(x[(int)(i * m * k)..(int)((i + 1) * m * k)], y[(int)(i * k * n)..(int)((i + 1) * k * n)], m, n, k))];
            for (int threads = 1; threads <= 2; threads++)
            {
                Samples.Close(expected, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b], threads: threads)[0], 1e-5, $"{a} {b}");
                Samples.Close(expected, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [wideA, wideB], threads: threads)[0], 1e-5, $"wide {a} {b}");
            }
        }
    }

    [Fact]
    public void Large_products_use_all_blocks()
    {
        Random r = Seeds.Random();
        Tensor a = Samples.Float32(r, 301, 601), b = Samples.Float32(r, 601, 517);
        double[] expected = Product(Samples.Values(a), Samples.Values(b), 301, 517, 601);
        for (int threads = 1; threads <= 2; threads++)
            foreach (bool known in new[] { false, true })
                Samples.Close(expected, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b], [false, known], threads, runs: 2)[0], 1e-4, $"threads {threads} known {known}");
    }

    [Fact]
    public void A_constant_row_is_added_by_the_product()
    {
        foreach ((long m, long n, long k) in new (long, long, long)[] { (1, 70, 30), (1, 64, 1100), (5, 33, 20), (30, 96, 700), (200, 50, 64) })
            foreach (DType type in new[] { DType.Float32, DType.Float16 })
                foreach (bool known in new[] { false, true })
                {
                    Random r = Seeds.Random();
                    CpuCase c = new(r);
                    Node Constant(params long[] shape) => c.G.Cast(c.G.Const(Samples.Float32(r, shape)), type);
                    Node x = c.Input(type, [2, m, k], () => r.NextDouble() - 0.5), w = known ? Constant(k, n) : c.Input(type, [2, k, n], () => r.NextDouble() - 0.5);
                    Node Sum(Node row) => c.G.Add(c.G.MatMul(c.G.Mul(x, 0.5), w), row);
                    Node plain = Sum(Constant(n)), wide = Sum(Constant(1, 1, n)), both = Sum(Constant(2, m, n));
                    c.Check(type == DType.Float16 ? 0.03 : 1e-5 * k, plain, c.G.Mul(c.G.Add(wide, x.Shape[2] == n ? x : wide), c.G.Sigmoid(wide)), both, c.G.Add(Constant(n), plain));
                }
    }

    [Fact]
    public void A_product_with_a_constant_row_takes_what_follows()
    {
        GraphBuilder g = new();
        Random r = Seeds.Random();
        Node x = g.Input("x", DType.Float32, [20, 40]), y = g.Add(g.MatMul(x, g.Const(Samples.Float32(r, 40, 50))), g.Const(Samples.Float32(r, 50)));
        using CpuExecutable e = new(g.Build([g.Mul(y, g.Sigmoid(y))]), new PrepareOptions(1, MemoryPool.Shared, false));
        Assert.Equal(["matmul f32"], e.Plan.Select(s => s.Kernel));
    }

    [Fact]
    public void Thread_counts_do_not_change_a_bit()
    {
        Random r = Seeds.Random();
        foreach ((long m, long n, long k) in new (long, long, long)[] { (200, 250, 300), (1, 1100, 700), (30, 1000, 300), (110, 200, 300) })
        {
            Tensor a = Samples.Float32(r, m, k), b = Samples.Float32(r, k, n);
            float[] one = KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b])[0].ToArray<float>();
            Assert.Equal(one, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b], threads: 2)[0].ToArray<float>());
        }
    }

    [Fact]
    public void Doubles_and_integers()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 30; round++)
        {
            long m = Sizes[r.Next(Sizes.Length)], n = Sizes[r.Next(Sizes.Length)], k = Sizes[r.Next(Sizes.Length)];
            Tensor a = Samples.Float64(r, m, k), b = Samples.Float64(r, k, n);
            Samples.Close(Product(Samples.Values(a), Samples.Values(b), m, n, k), KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b], threads: 2)[0], 1e-13 * k, $"{m} {n} {k}");
            Tensor i = Samples.Bits<int>(r, m, k), j = Samples.Bits<int>(r, k, n);
            int[] x = i.ToArray<int>(), y = j.ToArray<int>(), z = new int[m * n];
            for (long p = 0; p < m * n; p++) for (long q = 0; q < k; q++) z[p] = unchecked(z[p] + x[p / n * k + q] * y[q * n + p % n]);
            Assert.Equal(z, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [i, j], threads: 2)[0].ToArray<int>());
            Tensor u = Samples.Bits<long>(r, m, k), v = Samples.Bits<long>(r, k, n);
            long[] xl = u.ToArray<long>(), yl = v.ToArray<long>(), zl = new long[m * n];
            for (long p = 0; p < m * n; p++) for (long q = 0; q < k; q++) zl[p] = unchecked(zl[p] + xl[p / n * k + q] * yl[q * n + p % n]);
            Assert.Equal(zl, KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [u, v])[0].ToArray<long>());
        }
    }

    [Fact]
    public void Empty_inner_extent_gives_zeros_and_NaN_spreads()
    {
        Tensor z = KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [Tensor.Empty(DType.Float32, [3, 0]), Tensor.Empty(DType.Float32, [0, 5])])[0];
        Assert.All(z.ToArray<float>(), v => Assert.Equal(0, v));
        Tensor a = Tensor.From([1f, float.NaN, 2f, float.PositiveInfinity], [2, 2]), b = Tensor.From([1f, 2f, 3f, 0f, 1f, 1f], [2, 3]);
        float[] y = KernelRun.Run(MatMulKernel.Build, GraphOp.MatMul, null, [a, b])[0].ToArray<float>();
        Assert.All(y[..3], v => Assert.True(float.IsNaN(v)));
        Assert.True(float.IsNaN(y[3]) && float.IsPositiveInfinity(y[4]) && float.IsPositiveInfinity(y[5]));
    }
}
