using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Between computing types: integers wrap, floats to integers truncate and saturate (NaN gives 0), all else rounds to nearest even.</summary>
internal sealed unsafe class ConvertMicroOp<TFrom, TTo>(bool saturate) : MicroOp where TFrom : unmanaged, INumber<TFrom> where TTo : unmanaged, INumber<TTo>
{
    public override double Cost => 0.5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        TFrom* x = (TFrom*)a;
        TTo* to = (TTo*)y;
        nint i = Vectors(x, to, n);
        if (saturate) for (; i < n; i++) to[i] = TTo.CreateSaturating(x[i]);
        else for (; i < n; i++) to[i] = TTo.CreateTruncating(x[i]);
    }

    /// <summary>The common pairs, eight elements at a time; how many are done.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private nint Vectors(TFrom* x, TTo* to, nint n)
    {
        nint i = 0;
        if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(double))
        {
            for (; i <= n - 8; i += 8)
            {
                (Vector256<double> low, Vector256<double> high) = Vector256.Widen(Vector256.Load((float*)x + i));
                low.Store((double*)to + i);
                high.Store((double*)to + i + 4);
            }
        }
        if (typeof(TFrom) == typeof(double) && typeof(TTo) == typeof(float))
            for (; i <= n - 8; i += 8) Vector256.Narrow(Vector256.Load((double*)x + i), Vector256.Load((double*)x + i + 4)).Store((float*)to + i);
        if (typeof(TFrom) == typeof(float) && typeof(TTo) == typeof(int))
            for (; i <= n - 8; i += 8) Vector256.ConvertToInt32(Vector256.Load((float*)x + i)).Store((int*)to + i);
        if (typeof(TFrom) == typeof(int) && typeof(TTo) == typeof(float))
            for (; i <= n - 8; i += 8) Vector256.ConvertToSingle(Vector256.Load((int*)x + i)).Store((float*)to + i);
        if (typeof(TFrom) == typeof(byte) || typeof(TFrom) == typeof(sbyte))
        {
            if (typeof(TTo) == typeof(int)) for (; i <= n - 8; i += 8) Widened(x + i).Store((int*)to + i);
            if (typeof(TTo) == typeof(float)) for (; i <= n - 8; i += 8) Vector256.ConvertToSingle(Widened(x + i)).Store((float*)to + i);
        }
        if (saturate && typeof(TFrom) == typeof(float) && (typeof(TTo) == typeof(byte) || typeof(TTo) == typeof(sbyte)))
        {
            Vector256<int> low = Vector256.Create(typeof(TTo) == typeof(byte) ? 0 : -128), high = Vector256.Create(typeof(TTo) == typeof(byte) ? 255 : 127);
            for (; i <= n - 8; i += 8)
            {
                // The conversion saturates at the ends of Int32 and makes NaN 0; what is left lies in the byte, of either sign.
                Vector256<int> v = Vector256.Min(Vector256.Max(Vector256.ConvertToInt32(Vector256.Load((float*)x + i)), low), high);
                *(ulong*)(to + i) = Vector256.Narrow(Vector256.Narrow(v.AsUInt32(), v.AsUInt32()), Vector256<ushort>.Zero).AsUInt64()[0];
            }
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Widened(TFrom* x)
    {
        Vector128<byte> v = Vector128.CreateScalar(*(ulong*)x).AsByte();
        return typeof(TFrom) == typeof(byte) ? Vector256.WidenLower(Vector128.WidenLower(v).ToVector256()).AsInt32() : Vector256.WidenLower(Vector128.WidenLower(v.AsSByte()).ToVector256());
    }
}

/// <summary>Float64 into Float32 towards zero, the last bit set where that is inexact ("round to odd"): rounding the result again, to a type of at least two bits fewer, is rounding once.</summary>
internal sealed unsafe class OddNarrowMicroOp : MicroOp
{
    public override double Cost => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            double x = ((double*)a)[i];
            float near = (float)x;
            int bits = BitConverter.SingleToInt32Bits(near);
            // The magnitude grows with the bits, so one less is the next number towards zero.
            if (near != x && !double.IsNaN(x)) bits = (Math.Abs((double)near) > Math.Abs(x) ? bits - 1 : bits) | 1;
            ((int*)y)[i] = bits;
        }
    }
}

/// <summary>Encodings of floating numbers that are computed with as Float32.</summary>
internal interface INarrowFloat<TBits>
{
    static abstract float Decode(TBits bits);
    static abstract TBits Encode(float value);
}

internal readonly struct E4M3FNCode : INarrowFloat<byte>
{
    public static float Decode(byte bits) => (float)new Float8E4M3FN(bits);

    public static byte Encode(float value) => Float8E4M3FN.From(value).Bits;
}

internal readonly struct E4M3FNUZCode : INarrowFloat<byte>
{
    public static float Decode(byte bits) => (float)new Float8E4M3FNUZ(bits);

    public static byte Encode(float value) => Float8E4M3FNUZ.From(value).Bits;
}

internal readonly struct E5M2Code : INarrowFloat<byte>
{
    public static float Decode(byte bits) => (float)new Float8E5M2(bits);

    public static byte Encode(float value) => Float8E5M2.From(value).Bits;
}

internal readonly struct E5M2FNUZCode : INarrowFloat<byte>
{
    public static float Decode(byte bits) => (float)new Float8E5M2FNUZ(bits);

    public static byte Encode(float value) => Float8E5M2FNUZ.From(value).Bits;
}

/// <summary>As the code of its format, but beyond the largest value NaN or infinity.</summary>
internal sealed unsafe class EncodeUnsaturatedMicroOp(Func<float, byte> encode) : MicroOp
{
    public override double Cost => 5;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++) y[i] = encode(((float*)a)[i]);
    }
}

internal sealed unsafe class DecodeMicroOp<TCode, TBits> : MicroOp where TCode : INarrowFloat<TBits>
{
    public override double Cost => 1;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++) ((float*)y)[i] = TCode.Decode(((TBits*)a)[i]);
    }
}

internal sealed unsafe class EncodeMicroOp<TCode, TBits> : MicroOp where TCode : INarrowFloat<TBits>
{
    public override double Cost => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++) ((TBits*)y)[i] = TCode.Encode(((float*)a)[i]);
    }
}

/// <summary>Float32 rounded to what the narrow type holds.</summary>
internal sealed unsafe class RoundMicroOp<TCode, TBits> : MicroOp where TCode : INarrowFloat<TBits>
{
    public override double Cost => 2;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++) ((float*)y)[i] = TCode.Decode(TCode.Encode(((float*)a)[i]));
    }
}
