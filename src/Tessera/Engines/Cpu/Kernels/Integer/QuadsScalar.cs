using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One quad, where there are no vectors.</summary>
internal readonly unsafe struct QuadsScalar(int value) : IQuads<QuadsScalar>
{
    private readonly int _v = value;

    public static int Lanes => 1;

    public static int Rows => 2;

    public static ByteProducts Bytes => ByteProducts.Exact;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar Load(byte* from) => new(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar All(int quad) => new(quad);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(QuadsScalar x, int* to) => *to = x._v;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar Add(QuadsScalar a, QuadsScalar b) => new(a._v + b._v);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar AddBytes(QuadsScalar sum, QuadsScalar u, QuadsScalar s) =>
        new(sum._v + (byte)u._v * (sbyte)s._v + (byte)(u._v >> 8) * (sbyte)(s._v >> 8) + (byte)(u._v >> 16) * (sbyte)(s._v >> 16) + (byte)(u._v >> 24) * (sbyte)(s._v >> 24));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar AddBytes(QuadsScalar sum, QuadsScalar u, QuadsScalar s, QuadsScalar v, QuadsScalar t) => AddBytes(AddBytes(sum, u, s), v, t);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static QuadsScalar AddPairs(QuadsScalar sum, QuadsScalar a, QuadsScalar b) => new(sum._v + (short)a._v * (short)b._v + (a._v >> 16) * (b._v >> 16));

    public static QuadsScalar Even(QuadsScalar x, bool signed) => signed ? Pair((sbyte)x._v, (sbyte)(x._v >> 16)) : new(x._v & 0x00FF00FF);

    public static QuadsScalar Odd(QuadsScalar x, bool signed) => signed ? Pair((sbyte)(x._v >> 8), x._v >> 24) : new(x._v >>> 8 & 0x00FF00FF);

    private static QuadsScalar Pair(int low, int high) => new(low & 0xFFFF | high << 16);
}
