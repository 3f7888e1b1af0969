namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>A vector of <typeparamref name="T"/> of some width, so that a formula is written once for 128, 256 and 512 bits.</summary>
/// <remarks>Comparisons give masks: all bits set where true, in lanes of the same width.</remarks>
internal unsafe interface ILanes<TSelf, T> where TSelf : unmanaged, ILanes<TSelf, T>
{
    static abstract int Count { get; }
    static abstract TSelf Load(T* from);
    static abstract void Store(TSelf x, T* to);
    static abstract TSelf All(T value);
    static abstract TSelf operator +(TSelf a, TSelf b);
    static abstract TSelf operator -(TSelf a, TSelf b);
    static abstract TSelf operator *(TSelf a, TSelf b);
    static abstract TSelf operator /(TSelf a, TSelf b);
    static abstract TSelf operator &(TSelf a, TSelf b);
    static abstract TSelf operator |(TSelf a, TSelf b);
    static abstract TSelf operator ^(TSelf a, TSelf b);
    static abstract TSelf operator ~(TSelf a);
    static abstract TSelf operator -(TSelf a);

    /// <summary>NaN when either is NaN.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>One instruction; either operand when one is NaN.</summary>
    static abstract TSelf MaxOfNumbers(TSelf a, TSelf b);

    /// <summary>Between low and high; NaN stays.</summary>
    static abstract TSelf Clamp(TSelf a, TSelf low, TSelf high);
    static abstract TSelf Abs(TSelf a);
    static abstract TSelf Sqrt(TSelf a);
    static abstract TSelf Floor(TSelf a);
    static abstract TSelf Ceiling(TSelf a);

    /// <summary>To the nearest integer, half to even.</summary>
    static abstract TSelf Round(TSelf a);

    /// <summary>a·b + c, rounded once where the machine can.</summary>
    static abstract TSelf Fma(TSelf a, TSelf b, TSelf c);
    static abstract TSelf Equal(TSelf a, TSelf b);
    static abstract TSelf Less(TSelf a, TSelf b);
    static abstract TSelf LessOrEqual(TSelf a, TSelf b);
    static abstract bool Any(TSelf mask);
    static abstract TSelf Select(TSelf mask, TSelf a, TSelf b);

    /// <summary>2ⁿ for integral n in the normal range of exponents.</summary>
    static abstract TSelf Pow2(TSelf n);

    /// <summary>a·2ⁿ for integral n, twice the range of exponents at most, rounded to a subnormal number where it is one.</summary>
    static abstract TSelf Scale(TSelf a, TSelf n);
    /// <summary>e and m with a = m·2ᵉ and m between √½ and √2, for normal positive a.</summary>
    static abstract TSelf Exponent(TSelf a, out TSelf mantissa);
    static abstract TSelf Exp(TSelf a);
    static abstract TSelf Log(TSelf a);
    static abstract TSelf Sin(TSelf a);
    static abstract TSelf Cos(TSelf a);
}
