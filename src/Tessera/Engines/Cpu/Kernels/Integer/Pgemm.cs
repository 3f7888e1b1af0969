using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Products of 16-bit matrices with 32-bit sums, which wrap, on the widest tile of the machine; tiles have the extents of <see cref="Igemm.Shape"/>.</summary>
internal static unsafe class Pgemm
{
    /// <summary>The tile (<see cref="PairTile{V, R}.Run"/>) of <paramref name="rows"/> rows.</summary>
    public static delegate*<int, int*, nint, int*, int*, void> Tile(int rows) =>
        AvxVnni.IsSupported ? Tile<QuadsVnni>(rows) : Igemm.Has512 ? Tile<Quads512>(rows) : Avx2.IsSupported ? Tile<Quads256>(rows)
        : Vector128.IsHardwareAccelerated ? Tile<Quads128>(rows) : Tile<QuadsScalar>(rows);

    /// <summary>C = A·W of any number of rows.</summary>
    /// <param name="rows">Rows of A.</param>
    /// <param name="pairs">Pairs of terms of a sum.</param>
    /// <param name="a">Rows of 16-bit numbers, <paramref name="step"/> pairs apart.</param>
    /// <param name="w">For each pair of terms a tile's columns.</param>
    /// <param name="c">Sums: rows of a tile's columns.</param>
    public static void Run(int rows, int pairs, int* a, nint step, int* w, int* c)
    {
        int height = Igemm.Shape.Height(rows);
        for (; rows > 0; rows -= height, a += height * step, c += height * Igemm.Shape.Columns) Tile(Math.Min(height, rows))(pairs, a, step, w, c);
    }

    private static delegate*<int, int*, nint, int*, int*, void> Tile<V>(int rows) where V : unmanaged, IQuads<V> => rows switch
    {
        1 => &PairTile<V, Rows1>.Run,
        2 => &PairTile<V, Rows2>.Run,
        3 => &PairTile<V, Rows3>.Run,
        4 => &PairTile<V, Rows4>.Run,
        5 => &PairTile<V, Rows5>.Run,
        6 => &PairTile<V, Rows6>.Run,
        7 => &PairTile<V, Rows7>.Run,
        8 => &PairTile<V, Rows8>.Run,
        9 => &PairTile<V, Rows9>.Run,
        10 => &PairTile<V, Rows10>.Run,
        11 => &PairTile<V, Rows11>.Run,
        _ => &PairTile<V, Rows12>.Run,
    };
}
