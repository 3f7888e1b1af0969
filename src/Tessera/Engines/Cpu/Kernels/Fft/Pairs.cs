using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>A vector of complex numbers between real and imaginary parts in turn and apart.</summary>
internal static unsafe class Pairs<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Split(T* from, out Vector<T> re, out Vector<T> im)
    {
        if (Avx.IsSupported && sizeof(Vector<T>) == 32)
        {
            Vector256<float> a = Vector256.Load((float*)from), b = Vector256.Load((float*)from + 8), p = Avx.Permute2x128(a, b, 0x20), q = Avx.Permute2x128(a, b, 0x31);
            bool four = sizeof(T) == 4;
            re = (four ? Avx.Shuffle(p, q, 0x88) : Avx.UnpackLow(p.AsDouble(), q.AsDouble()).AsSingle()).As<float, T>().AsVector();
            im = (four ? Avx.Shuffle(p, q, 0xDD) : Avx.UnpackHigh(p.AsDouble(), q.AsDouble()).AsSingle()).As<float, T>().AsVector();
            return;
        }
        byte* room = stackalloc byte[2 * sizeof(Vector<T>)];
        T* t = (T*)room;
        for (int i = 0; i < Vector<T>.Count; i++) (t[i], t[Vector<T>.Count + i]) = (from[2 * i], from[2 * i + 1]);
        (re, im) = (Vector.Load(t), Vector.Load(t + Vector<T>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Join(Vector<T> re, Vector<T> im, T* to)
    {
        if (Avx.IsSupported && sizeof(Vector<T>) == 32)
        {
            Vector256<float> a = re.AsVector256().As<T, float>(), b = im.AsVector256().As<T, float>();
            bool four = sizeof(T) == 4;
            Vector256<float> p = four ? Avx.UnpackLow(a, b) : Avx.UnpackLow(a.AsDouble(), b.AsDouble()).AsSingle(), q = four ? Avx.UnpackHigh(a, b) : Avx.UnpackHigh(a.AsDouble(), b.AsDouble()).AsSingle();
            Avx.Permute2x128(p, q, 0x20).Store((float*)to);
            Avx.Permute2x128(p, q, 0x31).Store((float*)to + 8);
            return;
        }
        for (int i = 0; i < Vector<T>.Count; i++) (to[2 * i], to[2 * i + 1]) = (re[i], im[i]);
    }
}
