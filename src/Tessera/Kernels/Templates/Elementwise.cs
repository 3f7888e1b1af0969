using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Elementwise graph primitives as values of kernels.</summary>
internal static class Elementwise
{
    public static bool Is(GraphOp op) => op is >= GraphOp.Neg and <= GraphOp.Where;

    public static Val Apply(Node n, Val[] x)
    {
        DType type = n.In[0].Type;
        if (n.Op == GraphOp.Cast) return Casting.Cast(x[0], type, n.Type);
        if (n.Op == GraphOp.Where) return x[0].Then(x[1], x[2]);
        if (type == DType.Bool && n.Op is not (GraphOp.And or GraphOp.Or or GraphOp.Xor or GraphOp.Not)) return OnTruth(n, x);
        return x.Length == 1 ? One(n, x[0], type) : Two(n.Op, x[0], x[1], type);
    }

    /// <summary>Numbers made of truth values: 0 and 1.</summary>
    private static Val OnTruth(Node n, Val[] x)
    {
        Val[] numbers = Array.ConvertAll(x, v => v.To(ScalarKind.Int32));
        Val y = numbers.Length == 1 ? One(n, numbers[0], DType.Int32) : Two(n.Op, numbers[0], numbers[1], DType.Int32);
        return y.Type.Kind == ScalarKind.Bool ? y : !y.Is(0);
    }

    private static Val One(Node n, Val x, DType type) => n.Op switch
    {
        GraphOp.Neg => Casting.Wrapped(x.Type.IsFloat || x.Type.IsSigned ? -x : x.E.Like(x, 0) - x, type),
        GraphOp.Abs => type.IsUnsigned() ? x : Casting.Wrapped(x.Abs(), type),
        GraphOp.Sign => Maths.Sign(x),
        GraphOp.Floor => x.E.Unary(KernelOp.Floor, x),
        GraphOp.Ceil => x.E.Unary(KernelOp.Ceil, x),
        GraphOp.Round => x.E.Unary(KernelOp.Round, x),
        GraphOp.Sqrt => Maths.Sqrt(x),
        GraphOp.Exp => Maths.Exp(x),
        GraphOp.Log => Maths.Log(x),
        GraphOp.Sin => Maths.Sin(x),
        GraphOp.Cos => Maths.Cos(x),
        GraphOp.Tan => Maths.Tan(x),
        GraphOp.Asin => Maths.Asin(x),
        GraphOp.Acos => Maths.Acos(x),
        GraphOp.Atan => Maths.Atan(x),
        GraphOp.Sinh => Maths.Sinh(x),
        GraphOp.Cosh => Maths.Cosh(x),
        GraphOp.Tanh => Maths.Tanh(x),
        GraphOp.Asinh => Maths.Asinh(x),
        GraphOp.Acosh => Maths.Acosh(x),
        GraphOp.Atanh => Maths.Atanh(x),
        GraphOp.Erf => Maths.Erf(x),
        GraphOp.Sigmoid => Maths.Sigmoid(x),
        GraphOp.Not => type == DType.Bool ? !x : Casting.Wrapped(!x, type),
        GraphOp.IsNaN => Maths.IsNaN(x),
        GraphOp.IsInf => IsInf(x, (Arg.Infinity)n.Arg!),
        _ => throw new TesseraException(ErrorCode.Internal, $"{n.Op} has no single operand."),
    };

    private static Val Two(GraphOp op, Val a, Val b, DType type) => op switch
    {
        GraphOp.Add => Casting.Wrapped(a + b, type),
        GraphOp.Sub => Casting.Wrapped(a - b, type),
        GraphOp.Mul => Casting.Wrapped(a * b, type),
        GraphOp.Div => type.IsFloat() ? a / b : Casting.Wrapped(Quotient(a, b), type),
        GraphOp.Mod => type.IsFloat() ? FloatMod(a, b) : Mod(a, b),
        GraphOp.Rem => type.IsFloat() ? FloatRem(a, b) : Remainder(a, b),
        GraphOp.Pow => type.IsFloat() ? Maths.Pow(a, b) : Casting.Wrapped(Maths.IntegerPow(a, b), type),
        GraphOp.Min => a.Min(b),
        GraphOp.Max => a.Max(b),
        GraphOp.And => a & b,
        GraphOp.Or => a | b,
        GraphOp.Xor => a ^ b,
        GraphOp.Shl => Within(b, type).Then(Casting.Wrapped(a << Amount(b, type), type), a.E.Like(a, 0)),
        GraphOp.Shr => Within(b, type).Then(a >> Amount(b, type), type.IsSigned() ? (a < 0).Then(a.E.Like(a, -1), a.E.Like(a, 0)) : a.E.Like(a, 0)),
        GraphOp.Eq => a.Type.Kind == ScalarKind.Bool ? !(a ^ b) : a.Is(b),
        GraphOp.Lt => a < b,
        GraphOp.Le => a <= b,
        _ => throw new TesseraException(ErrorCode.Internal, $"{op} has no two operands."),
    };

    private static Val IsInf(Val x, Arg.Infinity a)
    {
        Emitter e = x.E;
        Val up = x.Is(double.PositiveInfinity), down = x.Is(double.NegativeInfinity);
        return a is { Positive: true, Negative: true } ? up | down : a.Positive ? up : a.Negative ? down : e.Const(KernelType.Bool, 0L);
    }

    private static Val Within(Val b, DType type) => b.Type.IsSigned ? (b >= 0) & (b < type.Bits()) : b < b.E.Like(b, type.Bits());

    private static Val Amount(Val b, DType type) => b & b.E.Like(b, Math.Min(type.Bits(), 64) - 1);

    /// <summary>Truncating; 0 when dividing by zero; the least number by −1 wraps.</summary>
    private static Val Quotient(Val a, Val b)
    {
        Emitter e = a.E;
        Val zero = b.Is(0), one = e.Like(b, 1);
        if (!a.Type.IsSigned) return zero.Then(e.Like(a, 0), a / zero.Then(one, b));
        Val minus = b.Is(-1);
        return zero.Then(e.Like(a, 0), minus.Then(-a, a / (zero | minus).Then(one, b)));
    }

    private static Val Remainder(Val a, Val b)
    {
        Emitter e = a.E;
        Val none = a.Type.IsSigned ? b.Is(0) | b.Is(-1) : b.Is(0);
        return none.Then(e.Like(a, 0), a % none.Then(e.Like(b, 1), b));
    }

    private static Val Mod(Val a, Val b)
    {
        Val r = Remainder(a, b);
        return a.Type.IsSigned ? (!r.Is(0) & ((r < 0) ^ (b < 0))).Then(r + b, r) : r;
    }

    /// <summary>a − b·trunc(a ÷ b): the product is taken off exactly, in two parts, and the result set right by one step where the rounded quotient was one off. Exact for quotients below 2²⁴.</summary>
    private static Val FloatRem(Val a, Val b)
    {
        Maths.OnlyFloat32(a, "The remainder");
        Emitter e = a.E;
        Val x = a.Abs(), m = b.Abs(), q = e.Unary(KernelOp.Trunc, x / m), p = q * m;
        // T. J. Dekker (1971): halves of 12 bits whose products are exact.
        (Val qh, Val ql) = Halves(q);
        (Val mh, Val ml) = Halves(m);
        Val error = qh * mh - p + qh * ml + ql * mh + ql * ml, r = q.Is(0).Then(x, x - p - error);
        r = (r < 0).Then(r + m, r);
        r = (r >= m).Then(r - m, r);
        Val infinite = m.Is(double.PositiveInfinity) & (x < e.Like(a, double.PositiveInfinity));
        return infinite.Then(a, Maths.Signed(r, a));
    }

    private static (Val High, Val Low) Halves(Val v)
    {
        Val c = v * 4097, high = c - (c - v);
        return (high, v - high);
    }

    private static Val FloatMod(Val a, Val b)
    {
        Val r = FloatRem(a, b);
        return r.Is(0).Then(Maths.Signed(r.Abs(), b), ((r < 0) ^ (b < 0)).Then(r + b, r));
    }
}
