using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Movement;

/// <summary>Square blocks transposed in registers: y[j, i] = x[i, j]. A block of 16 rows of 4 bytes reads and writes whole cache lines, so that rows a power of two apart do not evict each other.</summary>
internal static unsafe class SquareBlocks<T>
{
    /// <summary>Side of the largest block that fits in so many rows and columns; 0 when there is none.</summary>
    public static int Side(long rows, long columns)
    {
        long least = Math.Min(rows, columns);
        if (!Sse2.IsSupported && !AdvSimd.Arm64.IsSupported) return 0;
        return sizeof(T) switch
        {
            1 => least >= 16 ? 16 : 0,
            2 => least >= 8 ? 8 : 0,
            4 => Vector512.IsHardwareAccelerated && least >= 16 ? 16 : Avx.IsSupported && least >= 8 ? 8 : least >= 4 ? 4 : 0,
            _ => Vector512.IsHardwareAccelerated && least >= 8 ? 8 : Avx.IsSupported && least >= 4 ? 4 : least >= 2 ? 2 : 0,
        };
    }

    /// <param name="side">What <see cref="Side"/> gave.</param>
    /// <param name="x">First element.</param>
    /// <param name="xs">Elements from one row to the next.</param>
    /// <param name="y">First element.</param>
    /// <param name="ys">Elements from one row to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(int side, T* x, long xs, T* y, long ys)
    {
        if (sizeof(T) == 4 && side == 16) WideBlocks.Sixteen((float*)x, xs, (float*)y, ys);
        else if (sizeof(T) == 4 && side == 8) WideBlocks.Eight((float*)x, xs, (float*)y, ys);
        else if (sizeof(T) == 8 && side == 8) WideBlocks.Eight((double*)x, xs, (double*)y, ys);
        else if (sizeof(T) == 8 && side == 4) WideBlocks.Four((double*)x, xs, (double*)y, ys);
        else Zipped(side, x, xs, y, ys);
    }

    /// <summary>As many vectors of 16 bytes as each has elements: zipping the halves with each other, once per bit of the index, leaves them transposed.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Zipped(int side, T* x, long xs, T* y, long ys)
    {
        Vector128<T>* a = stackalloc Vector128<T>[2 * Vector128<T>.Count], b = a + Vector128<T>.Count;
        int half = side / 2;
        for (int i = 0; i < side; i++) a[i] = Vector128.Load(x + i * xs);
        for (int n = side; n > 1; n /= 2)
        {
            for (int i = 0; i < half; i++) (b[2 * i], b[2 * i + 1]) = (Low(a[i], a[i + half]), High(a[i], a[i + half]));
            Vector128<T>* t = a;
            a = b;
            b = t;
        }
        for (int i = 0; i < side; i++) a[i].Store(y + i * ys);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Low(Vector128<T> a, Vector128<T> b) => sizeof(T) switch
    {
        1 => (Sse2.IsSupported ? Sse2.UnpackLow(a.AsByte(), b.AsByte()) : AdvSimd.Arm64.ZipLow(a.AsByte(), b.AsByte())).As<byte, T>(),
        2 => (Sse2.IsSupported ? Sse2.UnpackLow(a.AsUInt16(), b.AsUInt16()) : AdvSimd.Arm64.ZipLow(a.AsUInt16(), b.AsUInt16())).As<ushort, T>(),
        4 => (Sse2.IsSupported ? Sse2.UnpackLow(a.AsUInt32(), b.AsUInt32()) : AdvSimd.Arm64.ZipLow(a.AsUInt32(), b.AsUInt32())).As<uint, T>(),
        _ => (Sse2.IsSupported ? Sse2.UnpackLow(a.AsUInt64(), b.AsUInt64()) : AdvSimd.Arm64.ZipLow(a.AsUInt64(), b.AsUInt64())).As<ulong, T>(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> High(Vector128<T> a, Vector128<T> b) => sizeof(T) switch
    {
        1 => (Sse2.IsSupported ? Sse2.UnpackHigh(a.AsByte(), b.AsByte()) : AdvSimd.Arm64.ZipHigh(a.AsByte(), b.AsByte())).As<byte, T>(),
        2 => (Sse2.IsSupported ? Sse2.UnpackHigh(a.AsUInt16(), b.AsUInt16()) : AdvSimd.Arm64.ZipHigh(a.AsUInt16(), b.AsUInt16())).As<ushort, T>(),
        4 => (Sse2.IsSupported ? Sse2.UnpackHigh(a.AsUInt32(), b.AsUInt32()) : AdvSimd.Arm64.ZipHigh(a.AsUInt32(), b.AsUInt32())).As<uint, T>(),
        _ => (Sse2.IsSupported ? Sse2.UnpackHigh(a.AsUInt64(), b.AsUInt64()) : AdvSimd.Arm64.ZipHigh(a.AsUInt64(), b.AsUInt64())).As<ulong, T>(),
    };
}
