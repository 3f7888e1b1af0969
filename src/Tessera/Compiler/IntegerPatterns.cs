using System.Runtime.CompilerServices;
using Tessera.Ir;

namespace Tessera.Compiler;

/// <summary>One side of an integer product: 8-bit values, and the zero point that is taken off them.</summary>
/// <param name="Values">Node of UInt8 or Int8; null when the side is a constant.</param>
/// <param name="Constant">The side as a constant of UInt8 or Int8, its zero point already taken off; null when it is not.</param>
/// <param name="Zero">Int32 node that broadcasts to the values; null when there is none.</param>
public sealed record IntegerOperand(Node? Values, Tensor? Constant, Node? Zero)
{
    public DType Type => Values?.Type ?? Constant!.Type;
}

/// <summary>An Int32 MatMul or Conv of two 8-bit operands.</summary>
public sealed record IntegerProduct(IntegerOperand A, IntegerOperand B);

/// <summary>Finds 8-bit products in the form that MatMulInteger, ConvInteger, QLinearMatMul, QLinearConv and DynamicQuantizeMatMul decompose to.</summary>
/// <remarks>That form, (Cast(a) − a₀)·(Cast(b) − b₀) in Int32, stays in the graph: an engine without 8-bit kernels runs it as it is, with the same result.</remarks>
public static class IntegerPatterns
{
    private static readonly ConditionalWeakTable<Tensor, Narrowed> s_narrowed = [];

    private sealed record Narrowed(Tensor? Value);

    /// <summary>The 8-bit operands of <paramref name="n"/>; null when it is no Int32 MatMul or Conv, or an operand has values beyond 8 bits.</summary>
    public static IntegerProduct? Match(Node n) =>
        n.Op is GraphOp.MatMul or GraphOp.Conv && n.Type == DType.Int32 && Operand(n.In[0]) is { } a && Operand(n.In[1]) is { } b ? new(a, b) : null;

    private static IntegerOperand? Operand(Node x)
    {
        if (x.Constant is { } c) return Narrow(c) is { } narrow ? new(null, narrow, null) : null;
        if (Values(x) is { } plain) return new(plain, null, null);
        return x is { Op: GraphOp.Sub, In: [var wide, var zero] } && wide.Shape == x.Shape && Values(wide) is { } values ? new(values, null, zero) : null;
    }

    private static Node? Values(Node wide) => wide is { Op: GraphOp.Cast, In: [{ Type: DType.UInt8 or DType.Int8 } values] } ? values : null;

    /// <summary>A constant of 32-bit integers as Int8 or UInt8, when all of it fits; found once per tensor.</summary>
    private static Tensor? Narrow(Tensor wide)
    {
        if (wide.Type != DType.Int32 || wide.Bytes > int.MaxValue) return null;
        return s_narrowed.GetValue(wide, static t =>
        {
            using Tensor c = t.Contiguous();
            ReadOnlySpan<int> v = c.Span<int>();
            int low = 0, high = 0;
            foreach (int e in v) { low = Math.Min(low, e); high = Math.Max(high, e); }
            DType type = low >= sbyte.MinValue && high <= sbyte.MaxValue ? DType.Int8 : DType.UInt8;
            if (type == DType.UInt8 && (low < 0 || high > byte.MaxValue)) return new(null);
            Tensor narrow = Tensor.Empty(type, t.Shape, renter: "8-bit weights");
            Span<byte> bytes = narrow.RawBytes();
            // The low byte is the value in either type.
            for (int i = 0; i < bytes.Length; i++) bytes[i] = unchecked((byte)v[i]);
            return new(narrow);
        }).Value;
    }
}
