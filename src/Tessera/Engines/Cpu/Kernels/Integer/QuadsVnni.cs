using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Eight quads: AVX-VNNI, whose byte products are added in 32 bits with no saturation on the way.</summary>
internal readonly unsafe struct QuadsVnni(Vector256<int> value) : IQuads<QuadsVnni>
{
    private readonly Vector256<int> _v = value;

    public static int Lanes => 8;

    public static int Rows => 6;

    public static ByteProducts Bytes => ByteProducts.Exact;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni Load(byte* from) => new(Vector256.Load((int*)from));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni All(int quad) => new(Vector256.Create(quad));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(QuadsVnni x, int* to) => x._v.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni Add(QuadsVnni a, QuadsVnni b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni AddBytes(QuadsVnni sum, QuadsVnni u, QuadsVnni s) => new(AvxVnni.MultiplyWideningAndAdd(sum._v, u._v.AsByte(), s._v.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni AddBytes(QuadsVnni sum, QuadsVnni u, QuadsVnni s, QuadsVnni v, QuadsVnni t) => AddBytes(AddBytes(sum, u, s), v, t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni AddPairs(QuadsVnni sum, QuadsVnni a, QuadsVnni b) => new(AvxVnni.MultiplyWideningAndAdd(sum._v, a._v.AsInt16(), b._v.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni Even(QuadsVnni x, bool signed) =>
        new(signed ? Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(x._v.AsInt16(), 8), 8).AsInt32() : x._v & Vector256.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsVnni Odd(QuadsVnni x, bool signed) =>
        new(signed ? Vector256.ShiftRightArithmetic(x._v.AsInt16(), 8).AsInt32() : Vector256.ShiftRightLogical(x._v.AsInt16(), 8).AsInt32());
}
