using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Conformance.Tests;

/// <summary>Products of integers that fit 16 bits, two steps of the sum at a time: exact, whatever the numbers.</summary>
public sealed class PairTests
{
    public static TheoryData<string> Names => ["interpreter", "wasm", "wasm:chromium"];

    private static Tensor Bytes(Random r, DType type, long[] shape)
    {
        Tensor t = Tensor.Empty(type, Shape.Of(shape));
        Span<byte> s = t.Span<byte>();
        r.NextBytes(s);
        // The ends of the range, where products are largest.
        for (int i = 0; i < s.Length; i += 3) s[i] = type == DType.UInt8 ? (byte)255 : (byte)(r.Next(2) == 0 ? 128 : 127);
        return t;
    }

    /// <summary>(Cast(x) − 131) · w in Int32, w from −255 to 255.</summary>
    private static Graph Product(Random r, DType type, long[] x, long[] w, Arg.Conv? conv)
    {
        GraphBuilder g = new();
        Node a = g.Sub(g.Cast(g.Input("x", type, Shape.Of(x)), DType.Int32), 131);
        Node b = g.Const(Tensor.From([.. Enumerable.Range(0, (int)w.Aggregate(1L, (p, v) => p * v)).Select(_ => r.Next(-255, 256))], Shape.Of(w)));
        return g.Build([conv is null ? g.MatMul(a, b) : g.Conv(a, b, conv)]);
    }

    private static int[] Run(Engine engine, Graph graph, Tensor x)
    {
        Tensor?[] y = [null];
        using Executable e = engine.Prepare(graph, new PrepareOptions(1, engine.Pool, false));
        e.Run([x], y, new RunControl(0, null, TestContext.Current.CancellationToken));
        using Tensor result = y[0]!;
        return result.ToArray<int>();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Products_of_pairs_are_those_of_their_numbers(string name)
    {
        Engines.SkipWhenAbsent(name);
        Engine engine = Engines.Of(name), reference = Engines.Of("reference");
        await engine.InitializeAsync(TestContext.Current.CancellationToken);
        Random r = new(11);
        void Check(DType type, long[] x, long[] w, Arg.Conv? conv)
        {
            Graph g = Product(r, type, x, w, conv);
            using Tensor t = Bytes(r, type, x);
            Assert.Equal(Run(reference, g, t), Run(engine, g, t));
        }
        foreach (DType type in new[] { DType.UInt8, DType.Int8 })
        {
            foreach (long k in new long[] { 14, 16, 17, 38, 300 })
                foreach (long rows in new long[] { 1, 2, 5, 8 })
                    foreach (long columns in new long[] { 1, 4, 11, 24 }) Check(type, [rows, k], [k, columns], null);
            Check(type, [3, 2, 4, 32], [32, 9], null);
            foreach (long channels in new long[] { 1, 2, 3, 6, 16 })
            {
                Check(type, [2, channels, 7, 9], [10, channels, 3, 3], new(Ints.Of([2, 1]), Ints.Of([1, 2]), Ints.Of([1, 0]), Ints.Of([1, 2]), 1));
                Check(type, [1, channels, 6, 5], [5, channels, 1, 1], new(Ints.Of([1, 1]), Ints.Of([1, 1]), Ints.Of([0, 0]), Ints.Of([0, 0]), 1));
            }
        }
    }

    [Fact]
    public void They_are_used_for_weights_that_are_constant_and_small()
    {
        static int Widest(Graph g) => Programs.Wasm(g, out _) is var p ? (int)p.ConstantTable.Max(c => c.Bytes) : 0;
        Random r = new(12);
        // Two weights of an Int32 in each: half the bytes.
        Assert.Equal(32 * 8 * 2, Widest(Product(r, DType.UInt8, [4, 32], [32, 8], null)));
        Assert.Equal(31 * 8 * 4, Widest(Product(r, DType.UInt8, [4, 31], [31, 8], null)));
        GraphBuilder g = new();
        Node wide = g.Const(Tensor.From([.. Enumerable.Range(0, 256).Select(i => i * 300)], [32, 8]));
        Assert.Equal(32 * 8 * 4, Widest(g.Build([g.MatMul(g.Cast(g.Input("x", DType.Int8, [4, 32]), DType.Int32), wide)])));
        g = new();
        Assert.Equal(32 * 8 * 4, Widest(g.Build([g.MatMul(g.Input("x", DType.Int32, [4, 32]), g.Const(Tensor.From([.. Enumerable.Range(0, 256)], [32, 8])))])));
    }
}
