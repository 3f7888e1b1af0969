using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Extents of the tiles of an 8-bit product.</summary>
/// <param name="Columns">Columns of a tile: two vectors.</param>
/// <param name="Rows">Most rows of a tile.</param>
/// <param name="Bytes">How bytes are multiplied.</param>
internal readonly record struct QuadShape(int Columns, int Rows, ByteProducts Bytes)
{
    public static QuadShape Of<V>() where V : unmanaged, IQuads<V> => new(2 * V.Lanes, V.Rows, V.Bytes);

    /// <summary>Rows per tile when <paramref name="count"/> rows are cut into as few tiles as possible, about evenly.</summary>
    public int Height(long count)
    {
        long tiles = Math.Max(1, (count + Rows - 1) / Rows);
        return (int)Math.Max(1, (count + tiles - 1) / tiles);
    }
}

/// <summary>
/// Products of an unsigned and a signed 8-bit matrix with exact 32-bit sums (which wrap), on the widest tile of the machine. Operands of other signs are
/// shifted by 128 when packed; the zero points of both sides are taken off the sums.
/// </summary>
internal static unsafe class Igemm
{
    public static QuadShape Shape { get; } =
        AvxVnni.IsSupported ? QuadShape.Of<QuadsVnni>() : Has512 ? QuadShape.Of<Quads512>() : Avx2.IsSupported ? QuadShape.Of<Quads256>()
        : Vector128.IsHardwareAccelerated ? QuadShape.Of<Quads128>() : QuadShape.Of<QuadsScalar>();

    public static bool Has512 => Avx512BW.IsSupported && Vector512.IsHardwareAccelerated;

    /// <summary>The tile (<see cref="QuadTile{V, R, S}.Run"/>) of <paramref name="rows"/> rows.</summary>
    public static delegate*<int, int, int*, byte*, long, byte*, nint, byte*, nint, int*, void> Tile(int rows, bool weightColumns) =>
        weightColumns ? Tile<WeightColumns>(rows) : Tile<WeightRows>(rows);

    private static delegate*<int, int, int*, byte*, long, byte*, nint, byte*, nint, int*, void> Tile<S>(int rows) where S : struct, IWeightSide =>
        AvxVnni.IsSupported ? Tile<QuadsVnni, S>(rows) : Has512 ? Tile<Quads512, S>(rows) : Avx2.IsSupported ? Tile<Quads256, S>(rows)
        : Vector128.IsHardwareAccelerated ? Tile<Quads128, S>(rows) : Tile<QuadsScalar, S>(rows);

    public static delegate*<int, int, int*, byte*, long, byte*, nint, byte*, nint, int*, void> Tile<V, S>(int rows) where V : unmanaged, IQuads<V> where S : struct, IWeightSide => rows switch
    {
        1 => &QuadTile<V, Rows1, S>.Run,
        2 => &QuadTile<V, Rows2, S>.Run,
        3 => &QuadTile<V, Rows3, S>.Run,
        4 => &QuadTile<V, Rows4, S>.Run,
        5 => &QuadTile<V, Rows5, S>.Run,
        6 => &QuadTile<V, Rows6, S>.Run,
        7 => &QuadTile<V, Rows7, S>.Run,
        8 => &QuadTile<V, Rows8, S>.Run,
        9 => &QuadTile<V, Rows9, S>.Run,
        10 => &QuadTile<V, Rows10, S>.Run,
        11 => &QuadTile<V, Rows11, S>.Run,
        _ => &QuadTile<V, Rows12, S>.Run,
    };
}
