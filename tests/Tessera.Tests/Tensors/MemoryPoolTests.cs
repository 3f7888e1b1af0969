using System.Runtime.CompilerServices;

namespace Tessera.Tests.Tensors;

public sealed class MemoryPoolTests
{
    [Fact]
    public void Classes_hold_what_is_asked_with_little_waste()
    {
        for (int i = 0; i < SizeClass.Count; i++)
        {
            long size = SizeClass.Bytes(i);
            Assert.Equal(i, SizeClass.Of(size));
            Assert.Equal(i + 1, SizeClass.Of(size + 1));
            if (i > 0) Assert.True(size > SizeClass.Bytes(i - 1));
            Assert.Equal(0, size % 64);
        }
        Assert.Equal(64, SizeClass.Bytes(SizeClass.Of(0)));
        for (long bytes = 1025; bytes < 1L << 40; bytes = bytes * 5 / 4) Assert.InRange(SizeClass.Bytes(SizeClass.Of(bytes)), bytes, bytes + bytes / 8);
    }

    [Fact]
    public void Blocks_are_aligned_disjoint_and_reused()
    {
        MemoryPool pool = new();
        MemoryBlock[] blocks = [.. Enumerable.Range(0, 300).Select(i => pool.Rent(i * 7, "test"))];
        (long From, long To)[] ranges = [.. blocks.Select(b => ((long)b.Address, (long)b.Address + b.Bytes)).Order()];
        Assert.All(blocks, b => Assert.Equal(0, b.Address % 64));
        for (int i = 1; i < ranges.Length; i++) Assert.True(ranges[i - 1].To <= ranges[i].From);
        foreach (MemoryBlock b in blocks) b.Dispose();
        long misses = pool.Statistics.Misses;
        using (pool.Rent(700, "again")) Assert.Equal(misses, pool.Statistics.Misses);
        Assert.Equal(0, pool.Used);
    }

    [Fact]
    public void Statistics_add_up()
    {
        MemoryPool pool = new();
        MemoryBlock a = pool.Rent(100, "a"), b = pool.Rent(100_000, "b");
        PoolStatistics s = pool.Statistics;
        Assert.Equal((100_100L, 100_100L, 2L, 2L, 0L), (s.Used, s.Peak, s.Rented, s.Misses, s.Hits));
        Assert.Equal(SizeClass.Bytes(SizeClass.Of(100)) - 100 + SizeClass.Bytes(SizeClass.Of(100_000)) - 100_000, s.Waste);
        Assert.Equal(s.Committed, s.Used + s.Waste + s.Cached);
        b.Dispose();
        s = pool.Statistics;
        Assert.Equal((100L, 100_100L, 1L), (s.Used, s.Peak, s.Rented));
        a.Dispose();
        Assert.Equal(pool.Statistics.Committed, pool.Trim());
        s = pool.Statistics;
        Assert.Equal((0L, 0L, 0L, 0L), (s.Used, s.Committed, s.Cached, s.Waste));
    }

    [Fact]
    public void A_trim_keeps_what_is_rented()
    {
        MemoryPool pool = new();
        MemoryBlock kept = pool.Rent(64, "kept"), gone = pool.Rent(1 << 20, "gone");
        gone.Dispose();
        pool.Trim();
        Assert.True(pool.Statistics.Committed is > 0 and <= 64 << 10);
        kept.Span(0, 64).Fill(7);
        // The slab of the kept block still serves others.
        using (pool.Rent(64, "neighbour")) Assert.Equal(2, pool.Statistics.Misses);
        kept.Dispose();
        pool.Trim();
        Assert.Equal(0, pool.Statistics.Committed);
    }

    [Fact]
    public void A_trim_returns_memory_to_the_system()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("reads /proc/self/statm");
        MemoryPool pool = new();
        MemoryBlock block = pool.Rent(256 << 20, "big");
        block.Span(0, 256 << 20).Fill(1);
        long full = Resident();
        block.Dispose();
        Assert.InRange(Resident(), full - (16 << 20), long.MaxValue);
        pool.Trim();
        Assert.InRange(Resident(), 0, full - (200 << 20));

        static long Resident() => long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;
    }

    [Fact]
    public void The_budget_holds_and_the_refusal_names_everything()
    {
        MemoryPool pool = new(budget: 1 << 20, name: "small");
        MemoryBlock first = pool.Rent(600_000, "Conv 'c1'");
        TesseraException e = Assert.Throws<TesseraException>(() => pool.Rent(600_000, "MatMul 'm1'"));
        Assert.Equal(ErrorCode.OutOfMemory, e.Code);
        foreach (string part in (string[])["MatMul 'm1'", "600000", "small", "1 MiB", "in use by 1 blocks"]) Assert.Contains(part, e.Message);
        first.Dispose();
        // What is cached does not stand in the way of what is asked.
        using (pool.Rent(900_000, "MatMul 'm1'")) Assert.InRange(pool.Statistics.Committed, 900_000, 1 << 20);
        using (pool.Rent(64, "tiny")) { }
        Assert.True(pool.Statistics.PeakCommitted <= 1 << 20);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData((1L << 47) + 1)]
    public void Sizes_that_no_machine_has_are_refused(long bytes) =>
        Assert.Equal(ErrorCode.OutOfMemory, Assert.Throws<TesseraException>(() => new MemoryPool().Rent(bytes, "hostile")).Code);

    [Fact]
    public void The_leak_report_names_who_rented()
    {
        MemoryPool pool = new(name: "leaky");
        MemoryBlock a = pool.Rent(100, "Gather 'g'"), b = pool.Rent(100, "Gather 'g'"), c = pool.Rent(5000, "Conv 'c'");
        Assert.Equal(["Conv 'c'", "Gather 'g'", "Gather 'g'"], pool.Rentals().Select(r => r.Renter));
        string report = pool.LeakReport();
        Assert.StartsWith("3 blocks of memory pool 'leaky'", report);
        Assert.Contains("2 × 'Gather 'g'', 200 B", report);
        a.Dispose(); b.Dispose(); c.Dispose();
        Assert.Equal("", pool.LeakReport());
    }

    [Fact]
    public void What_nobody_disposed_is_collected_and_counted()
    {
        MemoryPool pool = new();
        Forget(pool);
        for (int i = 0; i < 20 && pool.Used > 0; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal((0L, 0L, 1L), (pool.Used, pool.Statistics.Committed, pool.Statistics.Abandoned));

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget(MemoryPool pool) => Assert.Equal(1 << 20, pool.Rent(1 << 20, "forgotten").Bytes);
    }

    [Fact]
    public void A_block_lives_as_long_as_its_last_holder()
    {
        MemoryPool pool = new();
        MemoryBlock block = pool.Rent(256, "shared");
        block.Share();
        block.Dispose();
        Assert.False(block.IsClosed);
        block.Release();
        Assert.True(block.IsClosed);
        Assert.Equal(0, pool.Used);
        Assert.Throws<ObjectDisposedException>(() => block.Span(0, 1));
        Assert.Throws<ObjectDisposedException>(block.Share);
        Assert.Throws<ObjectDisposedException>(block.Release);
        block.Dispose();
        Assert.Equal(0, pool.Used);
    }

    [Fact]
    public async Task Threads_never_share_a_block_and_the_books_balance()
    {
        MemoryPool pool = new(budget: 512 << 20);
        int[] seeds = [.. Enumerable.Range(0, 4)];
        await Task.WhenAll(seeds.Select(seed => Task.Run(() => Churn(pool, seed))));
        PoolStatistics s = pool.Statistics;
        Assert.Equal((0L, 0L, 0L), (s.Used, s.Rented, s.Waste));
        Assert.Equal(40_000, s.Hits + s.Misses);
        pool.Trim();
        Assert.Equal(0, pool.Statistics.Committed);

        static void Churn(MemoryPool pool, int seed)
        {
            Random random = new(seed);
            (MemoryBlock Block, byte Mark)[] held = new (MemoryBlock, byte)[32];
            for (int i = 0; i < 10_000; i++)
            {
                ref var slot = ref held[random.Next(held.Length)];
                if (slot.Block is { } old)
                {
                    Assert.Equal(slot.Mark, old.Span(0, 1)[0]);
                    Assert.Equal(slot.Mark, old.Span(old.Bytes - 1, 1)[0]);
                    old.Dispose();
                }
                MemoryBlock block = pool.Rent(1 + (random.NextInt64() & ((1L << random.Next(4, 20)) - 1)), "churn");
                slot = (block, (byte)random.Next());
                block.Span(0, 1)[0] = slot.Mark;
                block.Span(block.Bytes - 1, 1)[0] = slot.Mark;
                if (i % 2500 == 0) pool.Trim();
            }
            foreach (var (block, _) in held) block?.Dispose();
        }
    }

    [Fact]
    public void Renting_from_a_warm_pool_allocates_nothing()
    {
        MemoryPool pool = new();
        pool.Rent(1000, "warm").Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) pool.Rent(1000, "warm").Dispose();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
