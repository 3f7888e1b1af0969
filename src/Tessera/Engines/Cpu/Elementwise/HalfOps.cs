using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>A 16-bit floating encoding in vectors of eight; codes lie in the low halves of 32-bit lanes.</summary>
internal interface IHalfCode
{
    static abstract Vector256<float> Decode(Vector256<uint> bits);

    /// <summary>To the nearest, half to even.</summary>
    static abstract Vector256<uint> Encode(Vector256<float> value);
}

/// <summary>IEEE binary16.</summary>
internal readonly struct HalfCode : IHalfCode
{
    // Shifting the fields into place leaves the exponent 112 too small; the product repairs it, subnormals included.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Decode(Vector256<uint> bits)
    {
        Vector256<uint> magnitude = (bits & Vector256.Create(0x7FFFu)) << 13, special = Vector256.Equals(bits & Vector256.Create(0x7C00u), Vector256.Create(0x7C00u));
        Vector256<uint> finite = (magnitude.AsSingle() * Vector256.Create(0x77800000u).AsSingle()).AsUInt32();
        return (Vector256.ConditionalSelect(special, magnitude | Vector256.Create(0x7F800000u), finite) | ((bits & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Encode(Vector256<float> value)
    {
        Vector256<uint> bits = value.AsUInt32(), a = bits & Vector256.Create(0x7FFFFFFFu);
        // Adding one half aligns a subnormal's bits with the end of the mantissa, and the addition rounds.
        Vector256<uint> half = Vector256.Create(0.5f).AsUInt32(), small = (a.AsSingle() + half.AsSingle()).AsUInt32() - half;
        Vector256<uint> normal = (a + Vector256.Create(0xC8000FFFu) + ((a >> 13) & Vector256<uint>.One)) >> 13;
        Vector256<uint> large = Vector256.ConditionalSelect(Vector256.GreaterThan(a, Vector256.Create(0x7F800000u)), Vector256.Create(0x7E00u), Vector256.Create(0x7C00u));
        Vector256<uint> y = Vector256.ConditionalSelect(Vector256.LessThan(a, Vector256.Create(0x38800000u)), small, normal);
        return Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(a, Vector256.Create(0x47800000u)), large, y) | ((bits >> 16) & Vector256.Create(0x8000u));
    }
}

/// <summary>The upper half of binary32.</summary>
internal readonly struct BFloat16Code : IHalfCode
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Decode(Vector256<uint> bits) => (bits << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<uint> Encode(Vector256<float> value)
    {
        Vector256<uint> b = value.AsUInt32(), rounded = (b + Vector256.Create(0x7FFFu) + ((b >> 16) & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, (b >> 16) | Vector256.Create(0x40u));
    }
}

internal sealed unsafe class HalfDecodeMicroOp<TCode> : MicroOp where TCode : IHalfCode
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        ushort* x = (ushort*)a;
        float* to = (float*)y;
        nint i = 0;
        for (; i <= n - 16; i += 16) Sixteen(x + i, to + i);
        if (i == n) return;
        ushort* p = stackalloc ushort[16];
        float* q = stackalloc float[16];
        for (nint k = i; k < n; k++) p[k - i] = x[k];
        Sixteen(p, q);
        for (nint k = i; k < n; k++) to[k] = q[k - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sixteen(ushort* x, float* y)
    {
        (Vector256<uint> lower, Vector256<uint> upper) = Vector256.Widen(Vector256.Load(x));
        TCode.Decode(lower).Store(y);
        TCode.Decode(upper).Store(y + 8);
    }
}

internal sealed unsafe class HalfEncodeMicroOp<TCode> : MicroOp where TCode : IHalfCode
{
    public override double Cost => 0.3;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        float* x = (float*)a;
        ushort* to = (ushort*)y;
        nint i = 0;
        for (; i <= n - 16; i += 16) Sixteen(x + i, to + i);
        if (i == n) return;
        float* p = stackalloc float[16];
        ushort* q = stackalloc ushort[16];
        for (nint k = i; k < n; k++) p[k - i] = x[k];
        Sixteen(p, q);
        for (nint k = i; k < n; k++) to[k] = q[k - i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Sixteen(float* x, ushort* y) => Vector256.Narrow(TCode.Encode(Vector256.Load(x)), TCode.Encode(Vector256.Load(x + 8))).Store(y);
}

/// <summary>Float32 rounded to what the 16-bit type holds.</summary>
internal sealed unsafe class HalfRoundMicroOp<TCode> : MicroOp where TCode : IHalfCode
{
    public override double Cost => 0.4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        float* x = (float*)a, to = (float*)y;
        nint i = 0;
        for (; i <= n - 8; i += 8) TCode.Decode(TCode.Encode(Vector256.Load(x + i))).Store(to + i);
        if (i == n) return;
        float* p = stackalloc float[8];
        for (nint k = i; k < n; k++) p[k - i] = x[k];
        TCode.Decode(TCode.Encode(Vector256.Load(p))).Store(p);
        for (nint k = i; k < n; k++) to[k] = p[k - i];
    }
}
