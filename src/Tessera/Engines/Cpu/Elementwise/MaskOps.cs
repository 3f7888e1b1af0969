using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Stored booleans (0 or 1) into masks of one byte.</summary>
internal readonly struct FromBoolOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Apply<V, T>(V x) where V : unmanaged, ILanes<V, T> => ~V.Equal(x, V.All(default!));
}

/// <summary>Masks of one byte into stored booleans.</summary>
internal sealed unsafe class ToBoolMicroOp : MicroOp
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        nint i = 0;
        for (; i <= n - 32; i += 32) (Vector256.Load(a + i) & Vector256<byte>.One).Store(y + i);
        for (; i < n; i++) y[i] = (byte)(a[i] & 1);
    }
}

/// <summary>Masks into masks of twice the width.</summary>
internal sealed unsafe class WidenMaskMicroOp(int from) : MicroOp
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        nint i = 0;
        switch (from)
        {
            case 1:
                for (; i <= n - 32; i += 32) Store(Vector256.Widen(Vector256.Load((sbyte*)a + i)), (short*)y + i);
                for (; i < n; i++) ((short*)y)[i] = ((sbyte*)a)[i];
                break;
            case 2:
                for (; i <= n - 16; i += 16) Store(Vector256.Widen(Vector256.Load((short*)a + i)), (int*)y + i);
                for (; i < n; i++) ((int*)y)[i] = ((short*)a)[i];
                break;
            default:
                for (; i <= n - 8; i += 8) Store(Vector256.Widen(Vector256.Load((int*)a + i)), (long*)y + i);
                for (; i < n; i++) ((long*)y)[i] = ((int*)a)[i];
                break;
        }
    }

    private static void Store<T>((Vector256<T> Lower, Vector256<T> Upper) v, T* y)
    {
        v.Lower.Store(y);
        v.Upper.Store(y + Vector256<T>.Count);
    }
}

/// <summary>Masks into masks of half the width.</summary>
internal sealed unsafe class NarrowMaskMicroOp(int from) : MicroOp
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        nint i = 0;
        switch (from)
        {
            case 2:
                for (; i <= n - 32; i += 32) Vector256.Narrow(Vector256.Load((short*)a + i), Vector256.Load((short*)a + i + 16)).Store((sbyte*)y + i);
                for (; i < n; i++) ((sbyte*)y)[i] = (sbyte)((short*)a)[i];
                break;
            case 4:
                for (; i <= n - 16; i += 16) Vector256.Narrow(Vector256.Load((int*)a + i), Vector256.Load((int*)a + i + 8)).Store((short*)y + i);
                for (; i < n; i++) ((short*)y)[i] = (short)((int*)a)[i];
                break;
            default:
                for (; i <= n - 8; i += 8) Vector256.Narrow(Vector256.Load((long*)a + i), Vector256.Load((long*)a + i + 4)).Store((int*)y + i);
                for (; i < n; i++) ((int*)y)[i] = (int)((long*)a)[i];
                break;
        }
    }
}

/// <summary>Masks into zeros and ones of a type as wide as the mask.</summary>
internal sealed unsafe class MaskToNumberMicroOp<T>(T one) : MicroOp
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        nint i = 0;
        int k = Vector256<T>.Count;
        Vector256<T> ones = Vector256.Create(one);
        for (; i <= n - k; i += k) (Vector256.Load((T*)a + i) & ones).Store((T*)y + i);
        for (; i < n; i++) ((T*)y)[i] = ((byte*)((T*)a + i))[0] != 0 ? one : default;
    }
}
