namespace Tessera.Engines.Reference;

/// <summary>Scalar functions whose definition needs more than an operator of C#.</summary>
internal static class Arithmetic
{
    /// <summary>Truncating quotient; 0 when dividing by zero.</summary>
    public static long Div(long a, long b) => b == 0 ? 0 : b == -1 ? unchecked(-a) : a / b;

    public static ulong Div(ulong a, ulong b) => b == 0 ? 0 : a / b;

    /// <summary>a − b·trunc(a ÷ b); 0 when dividing by zero.</summary>
    public static long Rem(long a, long b) => b is 0 or -1 ? 0 : a % b;

    public static ulong Rem(ulong a, ulong b) => b == 0 ? 0 : a % b;

    /// <summary>a − b·floor(a ÷ b).</summary>
    public static long Mod(long a, long b) => Rem(a, b) is var r && r != 0 && (r < 0) != (b < 0) ? r + b : r;

    /// <summary>a − b·floor(a ÷ b); a zero result takes the sign of b.</summary>
    public static double Mod(double a, double b)
    {
        double r = a % b;
        return r == 0 ? Math.CopySign(0, b) : (r < 0) != (b < 0) ? r + b : r;
    }

    /// <summary>aᵇ, wrapping; a negative exponent gives the reciprocal rounded towards zero.</summary>
    public static long Pow(long a, long b)
    {
        if (b < 0) return a == 1 ? 1 : a == -1 ? ((b & 1) == 0 ? 1 : -1) : 0;
        return (long)Pow(unchecked((ulong)a), (ulong)b);
    }

    public static ulong Pow(ulong a, ulong b)
    {
        ulong y = 1;
        for (; b != 0; b >>= 1, a *= a) if ((b & 1) != 0) y *= a;
        return y;
    }

    /// <summary>Left shift; the width or more leaves 0.</summary>
    public static long Shl(DType type, long a, long b) => b < 0 || b >= type.Bits() ? 0 : a << (int)b;

    /// <summary>Right shift, arithmetic on signed types; the width or more leaves the sign.</summary>
    public static long Shr(DType type, long a, long b)
    {
        bool outside = b < 0 || b >= type.Bits();
        if (type.IsUnsigned()) return outside ? 0 : (long)((ulong)a >> (int)b);
        return a >> (outside ? 63 : (int)b);
    }
}
