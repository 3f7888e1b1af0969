namespace Tessera.Engines.Cpu.Kernels;

/// <summary>A compile-time number of rows: the compiler leaves out what lies beyond it.</summary>
internal interface IRows
{
    static abstract int Count { get; }
}

internal readonly struct Rows1 : IRows { public static int Count => 1; }

internal readonly struct Rows2 : IRows { public static int Count => 2; }

internal readonly struct Rows3 : IRows { public static int Count => 3; }

internal readonly struct Rows4 : IRows { public static int Count => 4; }

internal readonly struct Rows5 : IRows { public static int Count => 5; }

internal readonly struct Rows6 : IRows { public static int Count => 6; }

internal readonly struct Rows7 : IRows { public static int Count => 7; }

internal readonly struct Rows8 : IRows { public static int Count => 8; }

internal readonly struct Rows9 : IRows { public static int Count => 9; }

internal readonly struct Rows10 : IRows { public static int Count => 10; }

internal readonly struct Rows11 : IRows { public static int Count => 11; }

internal readonly struct Rows12 : IRows { public static int Count => 12; }

/// <summary>Whether a tile is two vectors wide or one.</summary>
internal interface IWidth
{
    static abstract bool Two { get; }
}

internal readonly struct OneVector : IWidth { public static bool Two => false; }

internal readonly struct TwoVectors : IWidth { public static bool Two => true; }

/// <summary>What is added to a tile and where it goes.</summary>
/// <param name="c">First element of the tile; rows are <paramref name="step"/> elements apart.</param>
/// <param name="from">Values added, rows <paramref name="fromStep"/> apart (0: one row for all, a bias per column); null is none. May be C itself.</param>
/// <param name="rowBias">A number added per row; null is none.</param>
/// <param name="ahead">Memory that is needed soon after this tile.</param>
/// <param name="aheadStep">Bytes of it that are brought near per term of the sum.</param>
internal readonly unsafe struct TileTarget(float* c, long step, float* from, long fromStep, float* rowBias, byte* ahead, long aheadStep)
{
    public readonly float* C = c;
    public readonly long Step = step;
    public readonly float* From = from;
    public readonly long FromStep = fromStep;
    public readonly float* RowBias = rowBias;
    public readonly byte* Ahead = ahead;
    public readonly long AheadStep = aheadStep;
}

/// <summary>The innermost loop of a matrix product: one register tile C = A·B + what is added.</summary>
/// <remarks>b: <see cref="Columns"/> floats (half of them for one vector) for each k, bRow apart. Packed a: R floats for each k. Direct a: R rows, lda apart, k contiguous.</remarks>
internal unsafe interface ITile
{
    /// <summary>Most rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Columns of a tile: two vectors.</summary>
    static abstract int Columns { get; }

    static abstract void Packed<R, W>(long k, float* a, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth;

    static abstract void Direct<R, W>(long k, float* a, long lda, float* b, long bRow, in TileTarget t) where R : struct, IRows where W : struct, IWidth;
}
