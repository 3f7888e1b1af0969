using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Eight quads: AVX2.</summary>
internal readonly unsafe struct Quads256(Vector256<int> value) : IQuads<Quads256>
{
    private readonly Vector256<int> _v = value;

    public static int Lanes => 8;

    public static int Rows => 4;

    public static ByteProducts Bytes => ByteProducts.Saturating;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 Load(byte* from) => new(Vector256.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 All(int quad) => new(Vector256.Create(quad));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Quads256 x, int* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 Add(Quads256 a, Quads256 b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 AddBytes(Quads256 sum, Quads256 u, Quads256 s) => new(sum._v + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()), Vector256<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 AddBytes(Quads256 sum, Quads256 u, Quads256 s, Quads256 v, Quads256 t) =>
        new(sum._v + Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()) + Avx2.MultiplyAddAdjacent(v._v.AsByte(), t._v.AsSByte()), Vector256<short>.One));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 AddPairs(Quads256 sum, Quads256 a, Quads256 b) => new(sum._v + Avx2.MultiplyAddAdjacent(a._v.AsInt16(), b._v.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 Even(Quads256 x, bool signed) =>
        new(signed ? Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(x._v.AsInt16(), 8), 8).AsInt32() : x._v & Vector256.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quads256 Odd(Quads256 x, bool signed) =>
        new(signed ? Vector256.ShiftRightArithmetic(x._v.AsInt16(), 8).AsInt32() : Vector256.ShiftRightLogical(x._v.AsInt16(), 8).AsInt32());
}
