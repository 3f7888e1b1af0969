using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Engines.Cpu.Kernels;

namespace Tessera.Tests.Cpu;

/// <summary>Tiles of 8-bit products are exact on every width that the machine has, extreme values included.</summary>
public sealed unsafe class IntegerProductTests
{
    private static void Check<V>(Random r) where V : unmanaged, IQuads<V>
    {
        for (int round = 0; round < 60; round++)
        {
            int rows = r.Next(1, V.Rows + 1), k = r.Next(1, round % 3 == 0 ? 400 : 150);
            int kind = r.Next(5);
            Columns<V>(r, rows, k, kind);
            Rows<V>(r, rows, k, kind);
        }
    }

    /// <summary>Weights as columns against rows of bytes.</summary>
    private static void Columns<V>(Random r, int rows, int k, int kind) where V : unmanaged, IQuads<V>
    {
        QuadShape shape = QuadShape.Of<V>();
        bool match = r.Next(2) == 0;
        int n = r.Next(1, shape.Columns + 1), quads = (k + 3) / 4;
        byte[] x = Unsigned(r, rows * k, kind);
        sbyte[] w = Signed(r, k * n, kind);
        QuadWeights weights = new(shape, n, k, true);
        byte[] packed = new byte[weights.Bytes], bytes = new byte[4 * rows * quads], words = new byte[8 * rows * quads];
        int[] c = new int[rows * shape.Columns];
        fixed (byte* px = x, p = packed, b = bytes, d = words)
        fixed (sbyte* pw = w)
        fixed (int* pc = c)
        {
            weights.Pack(pw, 1, n, 0, 0, p, match);
            for (int i = 0; i < rows; i++) QuadRows.Pack(px + i * k, 1, k, 0, b + 4 * i * quads, d + 8 * i * quads);
            Igemm.Columns<V>(weights, p, 0, rows, b, 4 * quads, d, 8 * quads, pc);
            for (int j = 0; j < n; j++) Assert.Equal(Enumerable.Range(0, k).Sum(t => w[t * n + j]), QuadWeights.Sums(p)[j]);
        }
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < n; j++) Assert.Equal(Enumerable.Range(0, k).Sum(t => x[i * k + t] * w[t * n + j]), c[i * shape.Columns + j]);
    }

    /// <summary>Weights as rows against columns of bytes.</summary>
    private static void Rows<V>(Random r, int rows, int k, int kind) where V : unmanaged, IQuads<V>
    {
        QuadShape shape = QuadShape.Of<V>();
        bool match = r.Next(2) == 0;
        int n = shape.Columns, quads = (k + 3) / 4;
        byte[] x = Unsigned(r, n * k, kind), columns = new byte[4 * n * quads];
        sbyte[] w = Signed(r, k * rows, kind);
        for (int t = 0; t < k; t++) for (int j = 0; j < n; j++) columns[t / 4 * 4 * n + 4 * j + t % 4] = x[j * k + t];
        QuadWeights weights = new(shape, rows, k, false);
        byte[] packed = new byte[weights.Bytes];
        int[] c = new int[rows * n];
        fixed (byte* v = columns, p = packed)
        fixed (sbyte* pw = w)
        fixed (int* pc = c)
        {
            weights.Pack(pw, k, 1, 0, 0, p, match);
            for (int q = 0; q < quads; q++) weights.Order(p, 0)[q] *= 4 * n;
            Igemm.Rows<V>(weights, p, 0, v, 2 * n, pc);
        }
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < n; j++) Assert.Equal(Enumerable.Range(0, k).Sum(t => x[j * k + t] * w[i * k + t]), c[i * n + j]);
    }

    // Kinds: 0 any values, 1 the largest, 2 small weights (all near), 3 few large ones, 4 the largest of which two quads go together.
    private static byte[] Unsigned(Random r, int n, int kind) => [.. Enumerable.Range(0, n).Select(_ => kind is 1 or 4 ? (byte)255 : (byte)r.Next(256))];

    private static sbyte[] Signed(Random r, int n, int kind) =>
        [.. Enumerable.Range(0, n).Select(_ => kind == 1 ? sbyte.MinValue : kind == 4 ? (sbyte)(r.Next(2) == 0 ? -32 : 32) : kind == 0 || kind == 3 && r.Next(50) == 0 ? (sbyte)r.Next(-128, 128) : (sbyte)r.Next(-64, 65))];

    [Fact]
    public void The_widest_tile() => Width(Igemm.Shape);

    private static void Width(QuadShape shape)
    {
        Random r = Seeds.Random();
        if (AvxVnni.IsSupported) Check<QuadsVnni>(r);
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) Check<Quads512>(r);
        if (Avx2.IsSupported) Check<Quads256>(r);
        Check<Quads128>(r);
        Check<QuadsScalar>(r);
        Assert.True(shape.Rows * shape.Columns <= 12 * 32);
    }

    [Fact]
    public void Small_weights_are_near_and_pairs_of_large_ones_far()
    {
        if (Igemm.Shape.Bytes != ByteProducts.Saturating) return;
        sbyte[] w = [64, 64, -64, -64, 127, 1, -128, 0, 127, 2, 0, 0, 0, 0, -128, -1];
        QuadWeights weights = new(Igemm.Shape, 1, 16, true);
        byte[] packed = new byte[weights.Bytes];
        fixed (byte* p = packed)
        fixed (sbyte* pw = w)
        {
            weights.Pack(pw, 1, 1, 0, 0, p, false);
            Assert.Equal(2, weights.Near(p, 0));
            Assert.Equal([0, 1], new ReadOnlySpan<int>(weights.Order(p, 0), 2).ToArray());
        }
    }
}
