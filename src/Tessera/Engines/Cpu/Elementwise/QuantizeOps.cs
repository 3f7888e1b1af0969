using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>y = min(max(round(a) + b, low), high) as 8 bits, b one number, or 0 when there is none; NaN gives 0. What QuantizeLinear ends with.</summary>
internal sealed unsafe class QuantizeMicroOp(float low, float high) : MicroOp
{
    public override bool TakesOne => true;

    public override double Cost => 0.15;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => RunOne(a, b, y, n, 2);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void RunOne(byte* a, byte* b, byte* y, nint n, int one)
    {
        float* x = (float*)a;
        float zero = b == null ? 0 : *(float*)b;
        nint i = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<float> z = Vector512.Create(zero), l = Vector512.Create(low), h = Vector512.Create(high);
            for (; i + 16 <= n; i += 16)
            {
                Vector512<float> v = Vector512.Load(x + i);
                // NaN, which is not itself, becomes 0 at once, so that no bound takes its place.
                v = Vector512.ConditionalSelect(Vector512.Equals(v, v), Vector512.MinNative(Vector512.MaxNative(Vector512.Round(v) + z, l), h), Vector512<float>.Zero);
                Avx512F.ConvertToVector128Byte(Vector512.ConvertToInt32Native(v)).Store(y + i);
            }
        }
        else if (Vector128.IsHardwareAccelerated)
            for (Vector128<float> z = Vector128.Create(zero), l = Vector128.Create(low), h = Vector128.Create(high); i + 8 <= n; i += 8)
                Vector128.Narrow(Halves(x + i, z, l, h), Vector128<ushort>.Zero).GetLower().Store(y + i);
        for (; i < n; i++) y[i] = float.IsNaN(x[i]) ? (byte)0 : (byte)(int)MathF.Min(MathF.Max(MathF.Round(x[i]) + zero, low), high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Halves(float* x, Vector128<float> zero, Vector128<float> low, Vector128<float> high) => Vector128.Narrow(Whole(x, zero, low, high), Whole(x + 4, zero, low, high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Whole(float* x, Vector128<float> zero, Vector128<float> low, Vector128<float> high)
    {
        Vector128<float> v = Vector128.Load(x);
        v = Vector128.ConditionalSelect(Vector128.Equals(v, v), Vector128.MinNative(Vector128.MaxNative(Vector128.Round(v) + zero, low), high), Vector128<float>.Zero);
        return Vector128.ConvertToInt32Native(v).AsUInt32() & Vector128.Create(255u);
    }

    /// <summary>The operand of the rounding and the zero point of a cast that quantises, with the operator; null for other casts.</summary>
    public static (Node Real, Node? Zero, QuantizeMicroOp Op)? Of(Node cast)
    {
        if (cast.Type is not (DType.UInt8 or DType.Int8) || cast.In[0] is not { Op: GraphOp.Min, Type: DType.Float32, In: [{ Op: GraphOp.Max, In: [var shifted, var low] }, var high] }) return null;
        Node? zero = shifted is { Op: GraphOp.Add, In: [_, { Shape.Count: 1 } z] } ? z : null;
        if ((zero is null ? shifted : shifted.In[0]) is not { Op: GraphOp.Round, In: [var real] } || Number(low) is not { } least || Number(high) is not { } most || real.Shape != cast.Shape) return null;
        (float bottom, float top) = cast.Type == DType.UInt8 ? (0, 255) : (-128, 127);
        return least >= bottom && most <= top && least <= most ? (real, zero, new(least, most)) : null;
    }

    private static float? Number(Node n) => n.Constant is { Count: 1, Type: DType.Float32 } c ? c.ToArray<float>()[0] : null;
}
