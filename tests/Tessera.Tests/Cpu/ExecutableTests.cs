using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class ExecutableTests
{
    [Fact]
    public void Elementwise_work_after_a_product_runs_as_its_epilogue()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.Float32, DType.Float64, DType.Float16])
            foreach (long m in (long[])[1, 7, 130])
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [m, 33]), w = c.Input(type, [33, 65]), bias = c.Input(type, [65]), residual = c.Input(type, [m, 65]);
                Node y = c.G.Max(c.G.Add(c.G.MatMul(x, w), bias), 0);
                c.Check(type == DType.Float16 ? 2e-2 : 1e-4, c.G.Add(c.G.Sigmoid(c.G.Add(c.G.MatMul(c.G.Mul(y, 0.1), c.G.Transpose(w, 1, 0)), x)), 1), c.G.Add(y, residual));
            }
        CpuCase v = new(r);
        Node image = v.Input(DType.Float32, [2, 3, 9, 11]), kernel = v.Input(DType.Float32, [5, 3, 3, 3]), shift = v.Input(DType.Float32, [1, 5, 1, 1]);
        Node conv = v.G.Emit(GraphOp.Conv, [image, kernel], new Arg.Conv([1, 1], [1, 1], [1, 1], [1, 1], 1));
        v.Check(1e-4, v.G.Tanh(v.G.Add(conv, shift)));
    }

    [Fact]
    public void Elementwise_work_after_another_shape_of_a_result_runs_as_its_epilogue()
    {
        Random r = Seeds.Random();
        CpuCase c = new(r);
        Node x = c.Input(DType.Float32, [2, 8, 6, 6]), scale = c.Input(DType.Float32, [8, 1, 1]), w = c.Input(DType.Float32, [36, 20]), bias = c.Input(DType.Float32, [20]);
        Node norm = c.G.Emit(GraphOp.Norm, [c.G.Reshape(x, [2, 4, 72])], new Arg.Norm([2], 1e-5, true));
        Node y = c.G.Sigmoid(c.G.Mul(c.G.Reshape(norm, x.Shape), scale));
        Node z = c.G.Max(c.G.Add(c.G.Reshape(c.G.MatMul(c.G.Reshape(y, [16, 36]), w), [2, 8, 20]), bias), 0);
        c.Check(1e-4, z);
        using CpuExecutable cpu = new(c.G.Build([z]), new PrepareOptions(1, MemoryPool.Shared, false));
        Assert.Equal(2, cpu.Plan.Count);
    }

    [Fact]
    public void Concatenated_values_are_made_in_place_whoever_else_reads_them()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 10; round++)
        {
            CpuCase c = new(r);
            Node x = c.Input(DType.Float32, [1, 4, 6]), y = c.Input(DType.Float32, [1, 4, 6]);
            Node a = c.G.Exp(x), b = c.G.CumSum(y, 2), d = c.G.Concat(1, a, b), e = c.G.Concat(1, d, c.G.Add(d, d), a);
            Node f = c.G.Concat(2, a, b), g = c.G.Concat(1, a, a, c.G.Add(a, b));
            Node[] all = [e, f, g, c.G.Sum(d, false, 1), a, c.G.Tanh(a), c.G.Mul(c.G.Slice(d, 1, 0, 4), a), c.G.Add(c.G.CumSum(e, 1), 1), c.G.Softmax(c.G.Reshape(d, [8, 6]), 1)];
            c.Check(1e-4, [.. all.Where(_ => r.Next(2) == 0).DefaultIfEmpty(e)]);
        }
    }

    [Fact]
    public void Overlapping_runs_of_one_executable_do_not_meet()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [64, 300]);
        Node y = g.Sum(g.Exp(g.Mul(g.Transpose(x, 1, 0), 0.5)), false, 1);
        using CpuExecutable cpu = new(g.Build([g.Softmax(y, 0), y]), new PrepareOptions(2, MemoryPool.Shared, false));
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            float[] data = [.. Enumerable.Repeat(i * 0.01f, 64 * 300)];
            using Tensor t = Tensor.From(data, [64, 300]);
            Tensor?[] outputs = new Tensor?[2];
            cpu.Run([t], outputs, default);
            foreach (float v in outputs[1]!.ToArray<float>()) Assert.Equal(64 * Math.Exp(i * 0.005), v, 64 * Math.Exp(i * 0.005) * 1e-5);
            foreach (Tensor? o in outputs) o!.Dispose();
        });
    }

    [Fact]
    public void A_warm_run_allocates_nothing_on_the_managed_heap()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [32, 40]), w = g.Const(Tensor.Zeros(DType.Float32, [40, 24]));
        Node y = g.Gather(g.Softmax(g.Add(g.MatMul(x, w), 1), 1), g.Vector(3, 1, 2), 0);
        using CpuExecutable cpu = new(g.Build([g.Concat(0, y, g.Slice(y, 0, 1, 2)), g.Sum(y, true, 1)]), new PrepareOptions(1, MemoryPool.Shared, false));
        using Tensor t = Tensor.Zeros(DType.Float32, [32, 40]);
        Tensor[] inputs = [t];
        Tensor?[] outputs = new Tensor?[2];
        for (int i = 0; i < 3; i++) cpu.Run(inputs, outputs, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) cpu.Run(inputs, outputs, default);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Memory_of_dead_values_is_used_again()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [1024]);
        Node y = x;
        for (int i = 0; i < 20; i++) y = g.CumSum(g.Add(y, 1), 0);
        using CpuExecutable cpu = new(g.Build([y]), new PrepareOptions(1, MemoryPool.Shared, false));
        Assert.InRange(cpu.ArenaBytes, 4096, 3 * 4096 + 32 * 1024);
    }

    [Fact]
    public void Folding_gives_the_bits_that_running_gives()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.Float32, DType.Float64, DType.Int64, DType.Int32, DType.Float16])
            foreach (int count in (int[])[1, 3, 40, 1000])
            {
                double[] values = [.. Enumerable.Range(0, 2 * count).Select(_ => (double)r.Next(1, 9))];
                Node[] Build(GraphBuilder g)
                {
                    Node Of(int from) => g.Cast(g.Const(Tensor.From(values[from..(from + count)], [count])), type);
                    Node a = Of(0), b = Of(count);
                    return [g.Div(g.Mul(g.Add(a, b), a), b), g.Cast(g.Lt(a, b), type), g.Gather(a, g.Vector(0, -1), 0), g.Concat(0, a, b), g.Slice(a, 0, count - 1, count, -1), g.Where(g.Eq(a, b), a, g.Scalar(b, 3)), g.Sum(a, false)];
                }
                Node[] folded = Build(new GraphBuilder(CpuFolding.Fold)), plain = Build(new GraphBuilder());
                using CpuExecutable cpu = new(new GraphBuilder().Build(plain), new PrepareOptions(1, MemoryPool.Shared, false));
                Tensor?[] run = new Tensor?[plain.Length];
                cpu.Run([], run, default);
                for (int i = 0; i < plain.Length; i++) Assert.True(folded[i].Constant!.RawBytes().SequenceEqual(run[i]!.RawBytes()), plain[i].ToString());
            }
    }

    [Fact]
    public void Exceptions_of_parts_reach_the_caller_and_the_team_works_on()
    {
        ThreadTeam team = new(4);
        RunContext c = new(1, team) { Threads = 4 };
        for (int round = 0; round < 50; round++)
        {
            Assert.Throws<InvalidDataException>(() => c.Fork(new Counting(13), 0, 100));
            Counting all = new(-1);
            c.Fork(all, 0, 1000);
            Assert.Equal(1000, all.Done);
        }
    }

    private sealed class Counting(int throwAt) : Step("count", [], [], 0, "")
    {
        private int _done;

        public int Done => _done;

        public override void Run(RunContext c) => throw new InvalidOperationException();

        public override void Part(RunContext c, int phase, int part, int worker)
        {
            if (part == throwAt) throw new InvalidDataException();
            Assert.InRange(worker, 0, 3);
            Interlocked.Increment(ref _done);
        }
    }

    [Fact]
    public void Tensors_that_only_the_run_refers_to_live_until_it_ends()
    {
        GraphBuilder g = new();
        const int n = 300_000;
        Node x = g.Input("x", DType.Float32, [1]), late = g.Input("late", DType.Float32, [n]);
        Node h = g.Host("collect", [x], [new(DType.Float32, [1])], t =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            // Takes the memory that a tensor lost, and writes over it.
            for (int i = 0; i < 8; i++) Overwritten(n);
            return [Tensor.From([1f], [1])];
        });
        using CpuExecutable cpu = new(g.Build([g.Add(late, g.Part(h, 0))]), new PrepareOptions(1, MemoryPool.Shared, false));
        for (int round = 0; round < 4; round++)
        {
            Tensor?[] y = new Tensor?[1];
            RunOnTemporaries(cpu, y, n);
            Assert.All(y[0]!.ToArray<float>(), v => Assert.Equal(3, v));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void RunOnTemporaries(CpuExecutable cpu, Tensor?[] y, int n) => cpu.Run(new Tensor[] { Tensor.From([0f], [1]), Full(n, 2) }.AsSpan(), y, default);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Tensor Full(int n, float value)
    {
        Tensor t = Tensor.Empty(DType.Float32, [n]);
        t.Span<float>().Fill(value);
        return t;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Overwritten(int n)
    {
        Tensor t = Full(n, -7);
        GC.KeepAlive(t);
    }
}
