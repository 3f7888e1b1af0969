using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>y = (a − zero)·scale of 8-bit a as Float32; the difference of two such integers is exact. What DequantizeLinear is.</summary>
internal sealed unsafe class DequantizeMicroOp(bool signed, float zero, float scale) : MicroOp
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Run(a, signed, zero, scale, (float*)y, n);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* a, bool signed, float zero, float scale, float* to, nint n)
    {
        nint i = 0;
        if (Avx512F.IsSupported)
        {
            Vector512<float> z = Vector512.Create(zero), s = Vector512.Create(scale);
            if (signed) for (; i + 16 <= n; i += 16) ((Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)a + i))) - z) * s).Store(to + i);
            else for (; i + 16 <= n; i += 16) ((Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(Vector128.Load(a + i))) - z) * s).Store(to + i);
        }
        else if (Avx2.IsSupported)
        {
            Vector256<float> z = Vector256.Create(zero), s = Vector256.Create(scale);
            if (signed) for (; i + 8 <= n; i += 8) ((Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32((sbyte*)a + i)) - z) * s).Store(to + i);
            else for (; i + 8 <= n; i += 8) ((Vector256.ConvertToSingle(Avx2.ConvertToVector256Int32(a + i)) - z) * s).Store(to + i);
        }
        else if (Vector128.IsHardwareAccelerated)
            for (Vector128<float> z = Vector128.Create(zero), s = Vector128.Create(scale); i + 8 <= n; i += 8)
            {
                Vector128<ulong> eight = Vector128.CreateScalar(*(ulong*)(a + i));
                Vector128<short> wide = signed ? Vector128.WidenLower(eight.AsSByte()) : Vector128.WidenLower(eight.AsByte()).AsInt16();
                ((Vector128.ConvertToSingle(Vector128.WidenLower(wide)) - z) * s).Store(to + i);
                ((Vector128.ConvertToSingle(Vector128.WidenUpper(wide)) - z) * s).Store(to + i + 4);
            }
        for (; i < n; i++) to[i] = ((signed ? (sbyte)a[i] : a[i]) - zero) * scale;
    }

    /// <summary>The 8-bit operand of a product that dequantises, with the operator; null for other products.</summary>
    /// <param name="computed">Whether a node is computed in the same program; what lies between must be.</param>
    public static (Node Values, DequantizeMicroOp Op)? Of(Node product, Func<Node, bool> computed)
    {
        if (product is not { Op: GraphOp.Mul, Type: DType.Float32 }) return null;
        (Node off, Node by) = product.In[1].Constant is null ? (product.In[1], product.In[0]) : (product.In[0], product.In[1]);
        if (Number(by) is not { } scale || !computed(off)) return null;
        float zero = 0;
        if (off is { Op: GraphOp.Sub, In: [var wide, var z] } && Number(z) is { } number && computed(wide)) (off, zero) = (wide, number);
        if (off is not { Op: GraphOp.Cast, In: [{ Type: DType.UInt8 or DType.Int8 } values] } || off.Shape != product.Shape) return null;
        return zero == MathF.Round(zero) && MathF.Abs(zero) <= 255 ? (values, new(values.Type == DType.Int8, zero, scale)) : null;
    }

    private static float? Number(Node n) => n.Constant is { Count: 1, Type: DType.Float32 } c ? c.ToArray<float>()[0] : null;
}
