using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Four quads: SSSE3, or 16-bit numbers widened lane by lane.</summary>
internal readonly unsafe struct Quads128(Vector128<int> value) : IQuads<Quads128>
{
    private readonly Vector128<int> _v = value;

    public static int Lanes => 4;

    public static int Rows => 4;

    public static ByteProducts Bytes => Ssse3.IsSupported ? ByteProducts.Saturating : ByteProducts.None;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 Load(byte* from) => new(Vector128.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 All(int quad) => new(Vector128.Create(quad));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Quads128 x, int* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 Add(Quads128 a, Quads128 b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 AddBytes(Quads128 sum, Quads128 u, Quads128 s) => new(Ssse3.IsSupported ? sum._v + Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()), Vector128<short>.One) : throw new InvalidOperationException());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 AddBytes(Quads128 sum, Quads128 u, Quads128 s, Quads128 v, Quads128 t) =>
        new(Ssse3.IsSupported ? sum._v + Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()) + Ssse3.MultiplyAddAdjacent(v._v.AsByte(), t._v.AsSByte()), Vector128<short>.One) : throw new InvalidOperationException());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 AddPairs(Quads128 sum, Quads128 a, Quads128 b) => new(sum._v + Pairs(a._v, b._v));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 Even(Quads128 x, bool signed) =>
        new(signed ? Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(x._v.AsInt16(), 8), 8).AsInt32() : x._v & Vector128.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads128 Odd(Quads128 x, bool signed) =>
        new(signed ? Vector128.ShiftRightArithmetic(x._v.AsInt16(), 8).AsInt32() : Vector128.ShiftRightLogical(x._v.AsInt16(), 8).AsInt32());

    /// <summary>a₀·b₀ + a₁·b₁ of the 16-bit numbers of each lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Pairs(Vector128<int> a, Vector128<int> b)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16());
        // Shifted up and back, the low halves are their own sign extension.
        Vector128<int> low = Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(a, 16), 16) * Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(b, 16), 16);
        return low + Vector128.ShiftRightArithmetic(a, 16) * Vector128.ShiftRightArithmetic(b, 16);
    }
}
