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

    /// <summary>Sums of a tile whose columns are group <paramref name="group"/> of the weights.</summary>
    /// <param name="bytes">Rows' quads, <paramref name="step"/> bytes apart.</param>
    /// <param name="words">Rows' quads as 16-bit numbers (<see cref="QuadRows.Pack"/>), <paramref name="wordStep"/> bytes apart.</param>
    /// <param name="c">Rows of two vectors.</param>
    public static void Columns(QuadWeights w, byte* packed, int group, int rows, byte* bytes, nint step, byte* words, nint wordStep, int* c)
    {
        if (AvxVnni.IsSupported) Columns<QuadsVnni>(w, packed, group, rows, bytes, step, words, wordStep, c);
        else if (Has512) Columns<Quads512>(w, packed, group, rows, bytes, step, words, wordStep, c);
        else if (Avx2.IsSupported) Columns<Quads256>(w, packed, group, rows, bytes, step, words, wordStep, c);
        else if (Vector128.IsHardwareAccelerated) Columns<Quads128>(w, packed, group, rows, bytes, step, words, wordStep, c);
        else Columns<QuadsScalar>(w, packed, group, rows, bytes, step, words, wordStep, c);
    }

    public static void Columns<V>(QuadWeights w, byte* packed, int group, int rows, byte* bytes, nint step, byte* words, nint wordStep, int* c) where V : unmanaged, IQuads<V>
    {
        int twos = w.Twos(packed, group), near = w.Near(packed, group), far = w.Quads - near - 2 * twos;
        int* order = w.Order(packed, group);
        byte* data = w.Data(packed, group);
        Tile<V, WeightColumns>(rows)(near, far, order + 2 * twos, data + 16L * V.Lanes * twos, 0, bytes, step, words, wordStep, c);
        if (twos > 0) Twos<V, WeightColumns>(rows)(twos, order, data, 0, bytes, step, c);
    }

    /// <summary>Sums of a tile whose rows are group <paramref name="group"/> of the weights.</summary>
    /// <param name="vectors">What the order of the weights' quads counts from.</param>
    /// <param name="gap">Bytes from the first vector of a quad to the second.</param>
    /// <param name="c">Rows of two vectors.</param>
    public static void Rows(QuadWeights w, byte* packed, int group, byte* vectors, long gap, int* c)
    {
        if (AvxVnni.IsSupported) Rows<QuadsVnni>(w, packed, group, vectors, gap, c);
        else if (Has512) Rows<Quads512>(w, packed, group, vectors, gap, c);
        else if (Avx2.IsSupported) Rows<Quads256>(w, packed, group, vectors, gap, c);
        else if (Vector128.IsHardwareAccelerated) Rows<Quads128>(w, packed, group, vectors, gap, c);
        else Rows<QuadsScalar>(w, packed, group, vectors, gap, c);
    }

    public static void Rows<V>(QuadWeights w, byte* packed, int group, byte* vectors, long gap, int* c) where V : unmanaged, IQuads<V>
    {
        int rows = w.Of(group), twos = w.Twos(packed, group), near = w.Near(packed, group), far = w.Quads - near - 2 * twos;
        int* order = w.Order(packed, group);
        byte* data = w.Data(packed, group);
        Tile<V, WeightRows>(rows)(near, far, order + 2 * twos, vectors, gap, data + 8L * rows * twos, 0, w.Words(packed, group), 0, c);
        if (twos > 0) Twos<V, WeightRows>(rows)(twos, order, vectors, gap, data, 0, c);
    }

    private static delegate*<int, int, int*, byte*, long, byte*, nint, byte*, nint, int*, void> Tile<V, S>(int rows) where V : unmanaged, IQuads<V> where S : struct, IWeightSide => rows switch
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

    private static delegate*<int, int*, byte*, long, byte*, nint, int*, void> Twos<V, S>(int rows) where V : unmanaged, IQuads<V> where S : struct, IWeightSide => rows switch
    {
        1 => &TwosTile<V, Rows1, S>.Run,
        2 => &TwosTile<V, Rows2, S>.Run,
        3 => &TwosTile<V, Rows3, S>.Run,
        4 => &TwosTile<V, Rows4, S>.Run,
        5 => &TwosTile<V, Rows5, S>.Run,
        6 => &TwosTile<V, Rows6, S>.Run,
        7 => &TwosTile<V, Rows7, S>.Run,
        8 => &TwosTile<V, Rows8, S>.Run,
        9 => &TwosTile<V, Rows9, S>.Run,
        10 => &TwosTile<V, Rows10, S>.Run,
        11 => &TwosTile<V, Rows11, S>.Run,
        _ => &TwosTile<V, Rows12, S>.Run,
    };
}
