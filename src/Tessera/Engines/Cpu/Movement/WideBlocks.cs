using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Movement;

/// <summary>Square blocks of 4- and 8-byte elements in registers of 256 and 512 bits: neighbouring rows are interleaved within 128 bits, then the 128-bit parts are exchanged.</summary>
internal static unsafe class WideBlocks
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sixteen(float* x, long xs, float* y, long ys)
    {
        Rows(x, xs, out Vector512<float> a0, out Vector512<float> a1, out Vector512<float> a2, out Vector512<float> a3);
        Rows(x + 4 * xs, xs, out Vector512<float> b0, out Vector512<float> b1, out Vector512<float> b2, out Vector512<float> b3);
        Rows(x + 8 * xs, xs, out Vector512<float> c0, out Vector512<float> c1, out Vector512<float> c2, out Vector512<float> c3);
        Rows(x + 12 * xs, xs, out Vector512<float> d0, out Vector512<float> d1, out Vector512<float> d2, out Vector512<float> d3);
        Parts(a0, b0, c0, d0, y, 4 * ys);
        Parts(a1, b1, c1, d1, y + ys, 4 * ys);
        Parts(a2, b2, c2, d2, y + 2 * ys, 4 * ys);
        Parts(a3, b3, c3, d3, y + 3 * ys, 4 * ys);
    }

    /// <summary>Four rows as columns c, c + 4, c + 8, c + 12 of them, for c = 0 … 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows(float* x, long xs, out Vector512<float> r0, out Vector512<float> r1, out Vector512<float> r2, out Vector512<float> r3)
    {
        Vector512<float> a = Vector512.Load(x), b = Vector512.Load(x + xs), c = Vector512.Load(x + 2 * xs), d = Vector512.Load(x + 3 * xs);
        Vector512<double> p = Avx512F.UnpackLow(a, b).AsDouble(), q = Avx512F.UnpackHigh(a, b).AsDouble(), r = Avx512F.UnpackLow(c, d).AsDouble(), s = Avx512F.UnpackHigh(c, d).AsDouble();
        r0 = Avx512F.UnpackLow(p, r).AsSingle();
        r1 = Avx512F.UnpackHigh(p, r).AsSingle();
        r2 = Avx512F.UnpackLow(q, s).AsSingle();
        r3 = Avx512F.UnpackHigh(q, s).AsSingle();
    }

    /// <summary>Row k of the result: the k-th 128 bits of each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parts(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* y, long step)
    {
        Vector512<float> p = Avx512F.Shuffle4x128(a, b, 0x88), q = Avx512F.Shuffle4x128(a, b, 0xDD), r = Avx512F.Shuffle4x128(c, d, 0x88), s = Avx512F.Shuffle4x128(c, d, 0xDD);
        Avx512F.Shuffle4x128(p, r, 0x88).Store(y);
        Avx512F.Shuffle4x128(q, s, 0x88).Store(y + step);
        Avx512F.Shuffle4x128(p, r, 0xDD).Store(y + 2 * step);
        Avx512F.Shuffle4x128(q, s, 0xDD).Store(y + 3 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eight(double* x, long xs, double* y, long ys)
    {
        Vector512<double> a = Vector512.Load(x), b = Vector512.Load(x + xs), c = Vector512.Load(x + 2 * xs), d = Vector512.Load(x + 3 * xs);
        Vector512<double> e = Vector512.Load(x + 4 * xs), f = Vector512.Load(x + 5 * xs), g = Vector512.Load(x + 6 * xs), h = Vector512.Load(x + 7 * xs);
        Parts(Avx512F.UnpackLow(a, b), Avx512F.UnpackLow(c, d), Avx512F.UnpackLow(e, f), Avx512F.UnpackLow(g, h), y, 2 * ys);
        Parts(Avx512F.UnpackHigh(a, b), Avx512F.UnpackHigh(c, d), Avx512F.UnpackHigh(e, f), Avx512F.UnpackHigh(g, h), y + ys, 2 * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parts(Vector512<double> a, Vector512<double> b, Vector512<double> c, Vector512<double> d, double* y, long step) =>
        Parts(a.AsSingle(), b.AsSingle(), c.AsSingle(), d.AsSingle(), (float*)y, 2 * step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Eight(float* x, long xs, float* y, long ys)
    {
        Rows(x, xs, out Vector256<float> a0, out Vector256<float> a1, out Vector256<float> a2, out Vector256<float> a3);
        Rows(x + 4 * xs, xs, out Vector256<float> b0, out Vector256<float> b1, out Vector256<float> b2, out Vector256<float> b3);
        Parts(a0, b0, y, 4 * ys);
        Parts(a1, b1, y + ys, 4 * ys);
        Parts(a2, b2, y + 2 * ys, 4 * ys);
        Parts(a3, b3, y + 3 * ys, 4 * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Rows(float* x, long xs, out Vector256<float> r0, out Vector256<float> r1, out Vector256<float> r2, out Vector256<float> r3)
    {
        Vector256<float> a = Vector256.Load(x), b = Vector256.Load(x + xs), c = Vector256.Load(x + 2 * xs), d = Vector256.Load(x + 3 * xs);
        Vector256<double> p = Avx.UnpackLow(a, b).AsDouble(), q = Avx.UnpackHigh(a, b).AsDouble(), r = Avx.UnpackLow(c, d).AsDouble(), s = Avx.UnpackHigh(c, d).AsDouble();
        r0 = Avx.UnpackLow(p, r).AsSingle();
        r1 = Avx.UnpackHigh(p, r).AsSingle();
        r2 = Avx.UnpackLow(q, s).AsSingle();
        r3 = Avx.UnpackHigh(q, s).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Parts(Vector256<float> a, Vector256<float> b, float* y, long step)
    {
        Avx.Permute2x128(a, b, 0x20).Store(y);
        Avx.Permute2x128(a, b, 0x31).Store(y + step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Four(double* x, long xs, double* y, long ys)
    {
        Vector256<double> a = Vector256.Load(x), b = Vector256.Load(x + xs), c = Vector256.Load(x + 2 * xs), d = Vector256.Load(x + 3 * xs);
        Parts(Avx.UnpackLow(a, b).AsSingle(), Avx.UnpackLow(c, d).AsSingle(), (float*)y, 4 * ys);
        Parts(Avx.UnpackHigh(a, b).AsSingle(), Avx.UnpackHigh(c, d).AsSingle(), (float*)(y + ys), 4 * ys);
    }
}
