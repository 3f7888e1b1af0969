using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Sixteen quads: AVX-512BW.</summary>
internal readonly unsafe struct Quads512(Vector512<int> value) : IQuads<Quads512>
{
    private readonly Vector512<int> _v = value;

    public static int Lanes => 16;

    public static int Rows => 12;

    public static ByteProducts Bytes => ByteProducts.Saturating;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 Load(byte* from) => new(Vector512.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 All(int quad) => new(Vector512.Create(quad));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Quads512 x, int* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 Add(Quads512 a, Quads512 b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 AddBytes(Quads512 sum, Quads512 u, Quads512 s) => new(sum._v + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()), Vector512<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 AddBytes(Quads512 sum, Quads512 u, Quads512 s, Quads512 v, Quads512 t) =>
        new(sum._v + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()) + Avx512BW.MultiplyAddAdjacent(v._v.AsByte(), t._v.AsSByte()), Vector512<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 AddPairs(Quads512 sum, Quads512 a, Quads512 b) => new(sum._v + Avx512BW.MultiplyAddAdjacent(a._v.AsInt16(), b._v.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 Even(Quads512 x, bool signed) =>
        new(signed ? Vector512.ShiftRightArithmetic(Vector512.ShiftLeft(x._v.AsInt16(), 8), 8).AsInt32() : x._v & Vector512.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads512 Odd(Quads512 x, bool signed) =>
        new(signed ? Vector512.ShiftRightArithmetic(x._v.AsInt16(), 8).AsInt32() : Vector512.ShiftRightLogical(x._v.AsInt16(), 8).AsInt32());
}
