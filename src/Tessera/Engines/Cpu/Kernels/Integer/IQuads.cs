namespace Tessera.Engines.Cpu.Kernels;

/// <summary>How a machine multiplies bytes.</summary>
internal enum ByteProducts
{
    /// <summary>Not at all: pairs of 16-bit numbers only.</summary>
    None,
    /// <summary>Two neighbouring products are added in 16 bits and saturate there.</summary>
    Saturating,
    /// <summary>Four products are added in 32 bits.</summary>
    Exact,
}

/// <summary>A vector of quads: 32-bit lanes, each with four neighbouring terms of one sum as bytes, or with two as 16-bit numbers, or with the sum itself.</summary>
internal unsafe interface IQuads<TSelf> where TSelf : unmanaged, IQuads<TSelf>
{
    /// <summary>Sums per vector; a tile is two vectors wide.</summary>
    static abstract int Lanes { get; }

    /// <summary>Most rows of a tile.</summary>
    static abstract int Rows { get; }

    static abstract ByteProducts Bytes { get; }

    static abstract TSelf Load(byte* from);

    /// <summary>One quad in every lane.</summary>
    static abstract TSelf All(int quad);

    static abstract void Store(TSelf x, int* to);

    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>sum + Σ u·s over the four bytes of a lane, u unsigned and s signed; as <see cref="Bytes"/> says.</summary>
    static abstract TSelf AddBytes(TSelf sum, TSelf u, TSelf s);

    /// <summary>sum + Σ u·s + Σ v·t over the bytes of a lane; as <see cref="Bytes"/> says, four products at a time.</summary>
    static abstract TSelf AddBytes(TSelf sum, TSelf u, TSelf s, TSelf v, TSelf t);

    /// <summary>sum + a₀·b₀ + a₁·b₁ over the 16-bit numbers of a lane; exact.</summary>
    static abstract TSelf AddPairs(TSelf sum, TSelf a, TSelf b);

    /// <summary>Bytes 0 and 2 of every lane, widened to 16 bits.</summary>
    static abstract TSelf Even(TSelf x, bool signed);

    /// <summary>Bytes 1 and 3 of every lane, widened to 16 bits.</summary>
    static abstract TSelf Odd(TSelf x, bool signed);
}
