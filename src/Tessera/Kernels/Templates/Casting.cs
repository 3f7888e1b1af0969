namespace Tessera.Kernels;

/// <summary>Conversions between element types as values of kernels: floats to integers truncate and saturate (NaN gives 0), integers wrap.</summary>
internal static class Casting
{
    public static Val Cast(Val x, DType from, DType to)
    {
        if (from == to) return x;
        KernelType target = KernelType.Reads(to)!.Value;
        if (target.IsFloat) return Rounded(x.Type.Kind == ScalarKind.Float64 && to == DType.Float16 ? Odd(x) : x.To(target.Kind), to);
        if (target.Kind == ScalarKind.Bool) return x.Type.IsFloat ? !x.Is(0) : x.Type.Kind == ScalarKind.Bool ? x : !x.Is(0);
        return x.Type.IsFloat ? Saturated(x, to, target) : Wrapped(x.To(target.Kind), to);
    }

    /// <summary>An integer as its element type holds it.</summary>
    public static Val Wrapped(Val x, DType type)
    {
        int bits = type.Bits();
        if (bits >= 32 || !x.Type.IsInteger) return x;
        return type.IsSigned() ? x << (32 - bits) >> (32 - bits) : x & x.E.Const(x.Type, (1L << bits) - 1);
    }

    /// <summary>A Float32 as the nearest number of a 16-bit type, ties to even.</summary>
    public static Val Rounded(Val x, DType type)
    {
        if (type is not (DType.Float16 or DType.BFloat16)) return x;
        Emitter e = x.E;
        Val U(long v) => e.Const(KernelType.UInt32, v);
        int drop = type == DType.Float16 ? 13 : 16;
        Val bits = x.Bits(ScalarKind.UInt32), tie = (bits >> drop) & U(1);
        Val y = ((bits + U((1 << (drop - 1)) - 1) + tie) & U(~((1L << drop) - 1) & 0xFFFFFFFFL)).Bits(ScalarKind.Float32);
        if (type == DType.Float16)
        {
            Val a = x.Abs(), step = e.Unary(KernelOp.Round, x * 16777216) * (1 / 16777216.0);
            y = (a < 6.103515625e-5).Then(step, (a >= 65520).Then(x * e.Like(x, double.PositiveInfinity), y));
        }
        return Maths.IsNaN(x).Then(x, y);
    }

    /// <summary>Float64 into Float32 towards zero, the last bit set where that is inexact: rounding the result once more is rounding once.</summary>
    private static Val Odd(Val x)
    {
        Emitter e = x.E;
        Val near = x.To(ScalarKind.Float32), back = near.To(ScalarKind.Float64), bits = near.Bits(ScalarKind.UInt32), one = e.Const(KernelType.UInt32, 1L);
        Val odd = (back.Abs() > x.Abs()).Then(bits - one, bits) | one;
        return (back.Is(x) | Maths.IsNaN(x)).Then(near, odd.Bits(ScalarKind.Float32));
    }

    private static Val Saturated(Val x, DType to, KernelType target)
    {
        Emitter e = x.E;
        int bits = to.Bits();
        double low = to.IsSigned() ? -Math.ScaleB(1, bits - 1) : 0, beyond = Math.ScaleB(1, to.IsSigned() ? bits - 1 : bits);
        long high = bits == 64 ? to.IsSigned() ? long.MaxValue : -1 : (long)(beyond - 1);
        Val t = e.Unary(KernelOp.Trunc, x), inside = (t > low) & (t < beyond), safe = inside.Then(t, e.Like(x, 0));
        Val least = e.Const(target, bits == 64 && to.IsSigned() ? long.MinValue : (long)low), most = e.Const(target, high);
        return inside.Then(safe.To(target.Kind), (t >= beyond).Then(most, (t <= low).Then(least, e.Const(target, 0L))));
    }
}
