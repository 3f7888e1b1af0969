using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Operations of which .NET's portable forms leave it to the machine what exactly they give: with them an ahead-of-time compiler makes neither one instruction nor a call, but long code.</summary>
internal static class Fused
{
    /// <summary>a·b + c, rounded once where the machine can.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> a, Vector512<float> b, Vector512<float> c) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(a, b, c) : Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> a, Vector512<double> b, Vector512<double> c) =>
        Avx512F.IsSupported ? Avx512F.FusedMultiplyAdd(a, b, c) : Vector512.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> a, Vector256<double> b, Vector256<double> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : Vector256.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> a, Vector128<float> b, Vector128<float> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : AdvSimd.IsSupported ? AdvSimd.FusedMultiplyAdd(c, a, b) : Vector128.MultiplyAddEstimate(a, b, c);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> MultiplyAdd(Vector128<double> a, Vector128<double> b, Vector128<double> c) =>
        Fma.IsSupported ? Fma.MultiplyAdd(a, b, c) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.FusedMultiplyAdd(c, a, b) : Vector128.MultiplyAddEstimate(a, b, c);

    /// <summary>a·b + c of one element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float a, float b, float c) => MultiplyAdd(Vector128.CreateScalar(a), Vector128.CreateScalar(b), Vector128.CreateScalar(c)).ToScalar();

    /// <summary>The larger of each pair; b or NaN where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Max<T>(Vector512<T> a, Vector512<T> b) =>
        Avx512F.IsSupported && typeof(T) == typeof(float) ? Avx512F.Max(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Avx512F.IsSupported && typeof(T) == typeof(double) ? Avx512F.Max(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector512.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Max<T>(Vector256<T> a, Vector256<T> b) =>
        Avx.IsSupported && typeof(T) == typeof(float) ? Avx.Max(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Avx.IsSupported && typeof(T) == typeof(double) ? Avx.Max(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector256.MaxNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Max<T>(Vector128<T> a, Vector128<T> b) =>
        Sse.IsSupported && typeof(T) == typeof(float) ? Sse.Max(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Sse2.IsSupported && typeof(T) == typeof(double) ? Sse2.Max(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector128.MaxNative(a, b);

    /// <summary>The smaller of each pair; b or NaN where either is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Min<T>(Vector512<T> a, Vector512<T> b) =>
        Avx512F.IsSupported && typeof(T) == typeof(float) ? Avx512F.Min(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Avx512F.IsSupported && typeof(T) == typeof(double) ? Avx512F.Min(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector512.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Min<T>(Vector256<T> a, Vector256<T> b) =>
        Avx.IsSupported && typeof(T) == typeof(float) ? Avx.Min(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Avx.IsSupported && typeof(T) == typeof(double) ? Avx.Min(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector256.MinNative(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Min<T>(Vector128<T> a, Vector128<T> b) =>
        Sse.IsSupported && typeof(T) == typeof(float) ? Sse.Min(a.AsSingle(), b.AsSingle()).As<float, T>()
        : Sse2.IsSupported && typeof(T) == typeof(double) ? Sse2.Min(a.AsDouble(), b.AsDouble()).As<double, T>() : Vector128.MinNative(a, b);
}
