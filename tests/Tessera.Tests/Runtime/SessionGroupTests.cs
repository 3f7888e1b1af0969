using static Tessera.Tests.Runtime.Build;

namespace Tessera.Tests.Runtime;

/// <summary>Which of several sessions runs what.</summary>
public sealed class SessionGroupTests : IDisposable
{
    private const int Wide = 600;

    private readonly CpuEngine _small = new(new() { MemoryLimit = 1L << 30 }), _large = new(new() { MemoryLimit = 1L << 32 });

    public void Dispose()
    {
        _small.Dispose();
        _large.Dispose();
    }

    private static Session Fast(Engine engine) => engine.Compile(Model(Graph([Value("x", DType.Float32, 1)], [Value("y", DType.Float32, 1)], [Node("Add", "x x", "y")])));

    /// <summary>The same results by way of a product of matrices.</summary>
    private static Session Slow(Engine engine) => engine.Compile(Model(Graph([Value("x", DType.Float32, 1)], [Value("y", DType.Float32, 1)],
        [Node("Add", "w x", "a"), Node("MatMul", "a w", "b"), Node("ReduceMax", "b axes", "c"), Node("Add", "x c", "d"), Node("Add", "d x", "y")], ("w", Tensor.Zeros(DType.Float32, [Wide, Wide])), ("axes", Longs(0, 1))), 18));

    private static float Run(SessionGroup group, float x)
    {
        using Tensor input = Floats(x);
        Tensor?[] y = [null];
        group.Run([input], y);
        using Tensor result = y[0]!;
        return result.Span<float>()[0];
    }

    private static long[] Runs(SessionGroup group) => [.. group.Shares.Select(s => s.Runs)];

    [Fact]
    public void In_turn()
    {
        using SessionGroup group = new([Fast(_small), Fast(_small), Fast(_large)], Balance.RoundRobin);
        for (int i = 0; i < 7; i++) Assert.Equal(2f * i, Run(group, i));
        Assert.Equal([3, 2, 2], Runs(group));
    }

    [Fact]
    public void By_weights()
    {
        using SessionGroup group = new([Fast(_small), Fast(_large)], Balance.Weights, [3, 1]);
        for (int i = 0; i < 40; i++) Run(group, i);
        Assert.Equal([30, 10], Runs(group));
        Assert.Equal([8, 2], group.Plan(10));
    }

    [Fact]
    public void By_measured_time()
    {
        using SessionGroup group = new([Slow(_small), Fast(_large)], Balance.Time);
        // Each is tried; then the one that is done first gets every run that comes alone.
        for (int i = 0; i < 20; i++) Assert.Equal(2f * i, Run(group, i));
        Assert.Equal([1, 19], Runs(group));
        Assert.True(group.Shares[0].Average > group.Shares[1].Average && group.Shares[0].Busy > TimeSpan.Zero);
        int[] plan = group.Plan(100);
        Assert.Equal(100, plan.Sum());
        Assert.True(plan[1] > plan[0]);
    }

    [Fact]
    public async Task By_utilization()
    {
        using SessionGroup group = new([Slow(_small), Fast(_large)], Balance.Utilization);
        Task first = Task.Run(() => Run(group, 1));
        while (group.Shares[0] is { UnderWay: 0, Runs: 0 }) await Task.Yield();
        // While the first is busy, and then because it was.
        for (int i = 0; i < 3; i++) Run(group, 1);
        await first;
        Assert.Equal([1, 3], Runs(group));
    }

    [Fact]
    public void By_memory()
    {
        using SessionGroup group = new([Fast(_small), Fast(_large)], Balance.Memory);
        for (int i = 0; i < 5; i++) Run(group, i);
        Assert.Equal([0, 5], Runs(group));
        Assert.True(group.Shares[1].FreeMemory > group.Shares[0].FreeMemory);
    }

    [Fact]
    public async Task A_batch_comes_back_in_its_order()
    {
        using SessionGroup group = new([Fast(_small), Fast(_large), Fast(_small)], Balance.RoundRobin);
        Tensor[][] results = await group.RunBatchAsync([.. Enumerable.Range(0, 10).Select(i => new[] { Floats(i) })], cancel: TestContext.Current.CancellationToken);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => 2f * i), results.Select(r => r[0].Span<float>()[0]));
        Assert.Equal([4, 3, 3], Runs(group));
    }

    [Fact]
    public async Task A_run_that_fails_is_counted_and_its_error_comes_out()
    {
        using SessionGroup group = new([Fast(_small), Fast(_large)], Balance.RoundRobin);
        TesseraException e = await Assert.ThrowsAsync<TesseraException>(() => group.RunBatchAsync([[Floats(1)], [Tensor.From([1.0], [1])]], cancel: TestContext.Current.CancellationToken));
        Assert.Equal(ErrorCode.TypeMismatch, e.Code);
        Assert.All(group.Shares, s => Assert.Equal(0, s.UnderWay));
        Assert.Equal(4f, Run(group, 2));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        using Session one = Fast(_small), other = _small.Compile(Model(Graph([Value("z", DType.Float32, 1)], [Value("y", DType.Float32, 1)], [Node("Add", "z z", "y")])));
        foreach (Action wrong in new Action[]
        {
            () => _ = new SessionGroup([], Balance.Time),
            () => _ = new SessionGroup([one, other], Balance.Time),
            () => _ = new SessionGroup([one], Balance.Weights),
            () => _ = new SessionGroup([one], Balance.Weights, [0]),
            () => _ = new SessionGroup([one], Balance.Time, [1]),
        }) Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(wrong).Code);
    }
}
