namespace Tessera.Kernels;

/// <summary>What instructions that only compute make of their operands, lane by lane.</summary>
internal static class KernelArithmetic
{
    public static void Run(Instruction n, Registers y, Registers[] x, int width)
    {
        Registers? a = x.ElementAtOrDefault(0), b = x.ElementAtOrDefault(1), c = x.ElementAtOrDefault(2);
        int count = width * n.Type.Lanes;
        switch (n.Op)
        {
            case KernelOp.Const: Fill(n, y); break;
            case KernelOp.Splat: for (int i = 0; i < count; i++) Put(y, i, a!, i / n.Type.Lanes); break;
            case KernelOp.Lane: for (int i = 0; i < width; i++) Put(y, i, a!, i * n.In[0].Type.Lanes + n.Number); break;
            case KernelOp.Vector: for (int i = 0; i < count; i++) Put(y, i, x[i % n.Type.Lanes], i / n.Type.Lanes); break;
            case KernelOp.Select: for (int i = 0; i < count; i++) Put(y, i, a!.I[a.I.Length == count ? i : i / n.Type.Lanes] != 0 ? b! : c!, i); break;
            case KernelOp.Convert: for (int i = 0; i < count; i++) Convert(y, i, a!); break;
            case KernelOp.Bitcast: for (int i = 0; i < count; i++) Bitcast(y, i, a!); break;
            case KernelOp.Eq or KernelOp.Lt or KernelOp.Le: for (int i = 0; i < count; i++) y.I[i] = Holds(n.Op, a!, b!, i) ? 1 : 0; break;
            default:
                for (int i = 0; i < count; i++)
                    if (y.IsFloat) y.F[i] = Rounded(y.Type, Float(n.Op, a!.F[i], b is null ? 0 : b.F[i], c is null ? 0 : c.F[i]));
                    else y.I[i] = KernelBuilder.Wrap(y.Type, Integer(n.Op, y.Type, a!.I[i], b is null ? 0 : b.I[i]));
                break;
        }
    }

    private static void Fill(Instruction n, Registers y)
    {
        if (n.Arg is KernelArg.Real r) Array.Fill(y.F, r.Value);
        else Array.Fill(y.I, ((KernelArg.Integer)n.Arg!).Value);
    }

    private static void Put(Registers y, int i, Registers x, int j)
    {
        if (y.IsFloat) y.F[i] = x.F[j];
        else y.I[i] = x.I[j];
    }

    private static double Rounded(KernelType t, double v) => t.Kind == ScalarKind.Float32 ? (float)v : v;

    private static void Convert(Registers y, int i, Registers x)
    {
        if (y.IsFloat) y.F[i] = Rounded(y.Type, x.IsFloat ? x.F[i] : x.Type.Kind == ScalarKind.UInt64 ? (ulong)x.I[i] : x.I[i]);
        else if (y.Type.Kind == ScalarKind.Bool) y.I[i] = x.IsFloat ? x.F[i] != 0 ? 1 : 0 : x.I[i] != 0 ? 1 : 0;
        else y.I[i] = KernelBuilder.Wrap(y.Type, !x.IsFloat ? x.I[i] : y.Type.Kind == ScalarKind.UInt64 ? (long)ulong.CreateSaturating(x.F[i]) : long.CreateSaturating(x.F[i]));
    }

    private static void Bitcast(Registers y, int i, Registers x)
    {
        bool wide = x.Type.Bits == 64;
        long bits = !x.IsFloat ? x.I[i] : wide ? BitConverter.DoubleToInt64Bits(x.F[i]) : BitConverter.SingleToInt32Bits((float)x.F[i]);
        if (y.IsFloat) y.F[i] = wide ? BitConverter.Int64BitsToDouble(bits) : BitConverter.Int32BitsToSingle((int)bits);
        else y.I[i] = KernelBuilder.Wrap(y.Type, bits);
    }

    private static bool Holds(KernelOp op, Registers a, Registers b, int i)
    {
        if (a.IsFloat) return op == KernelOp.Eq ? a.F[i] == b.F[i] : op == KernelOp.Lt ? a.F[i] < b.F[i] : a.F[i] <= b.F[i];
        if (op == KernelOp.Eq) return a.I[i] == b.I[i];
        int order = a.Type.Kind == ScalarKind.UInt64 ? ((ulong)a.I[i]).CompareTo((ulong)b.I[i]) : a.I[i].CompareTo(b.I[i]);
        return op == KernelOp.Lt ? order < 0 : order <= 0;
    }

    private static double Float(KernelOp op, double a, double b, double c) => op switch
    {
        KernelOp.Neg => -a,
        KernelOp.Abs => Math.Abs(a),
        KernelOp.Add => a + b,
        KernelOp.Sub => a - b,
        KernelOp.Mul => a * b,
        KernelOp.Div => a / b,
        KernelOp.Fma => a * b + c,
        KernelOp.Min => Math.Min(a, b),
        KernelOp.Max => Math.Max(a, b),
        KernelOp.Floor => Math.Floor(a),
        KernelOp.Ceil => Math.Ceiling(a),
        KernelOp.Round => Math.Round(a, MidpointRounding.ToEven),
        KernelOp.Trunc => Math.Truncate(a),
        KernelOp.Sqrt => Math.Sqrt(a),
        KernelOp.Exp => Math.Exp(a),
        KernelOp.Log => Math.Log(a),
        KernelOp.Sin => Math.Sin(a),
        KernelOp.Cos => Math.Cos(a),
        KernelOp.Rem or KernelOp.And or KernelOp.Or or KernelOp.Xor or KernelOp.Not or KernelOp.Shl or KernelOp.Shr or KernelOp.PairDot => throw Wrong(op, "floats"),
        KernelOp.Const or KernelOp.Item or KernelOp.Group or KernelOp.Local or KernelOp.Load or KernelOp.Store or KernelOp.LoadShared or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Var
            or KernelOp.Get or KernelOp.Set or KernelOp.For or KernelOp.If or KernelOp.Eq or KernelOp.Lt or KernelOp.Le or KernelOp.Select or KernelOp.Convert or KernelOp.Bitcast or KernelOp.Splat
            or KernelOp.Lane or KernelOp.Vector => throw Wrong(op, "arithmetic"),
    };

    private static long Integer(KernelOp op, KernelType t, long a, long b)
    {
        bool big = t.Kind == ScalarKind.UInt64;
        int mask = t.Bits - 1;
        return op switch
        {
            KernelOp.Neg => -a,
            KernelOp.Abs => t.IsSigned && a < 0 ? -a : a,
            KernelOp.Add => a + b,
            KernelOp.Sub => a - b,
            KernelOp.Mul => a * b,
            KernelOp.Div => b == 0 ? 0 : big ? (long)((ulong)a / (ulong)b) : b == -1 ? -a : a / b,
            KernelOp.Rem => b == 0 ? 0 : big ? (long)((ulong)a % (ulong)b) : b == -1 ? 0 : a % b,
            KernelOp.Fma => a * b,
            KernelOp.Min => big ? (long)Math.Min((ulong)a, (ulong)b) : Math.Min(a, b),
            KernelOp.Max => big ? (long)Math.Max((ulong)a, (ulong)b) : Math.Max(a, b),
            KernelOp.And => a & b,
            KernelOp.Or => a | b,
            KernelOp.Xor => a ^ b,
            KernelOp.Not => t.Kind == ScalarKind.Bool ? 1 - a : ~a,
            KernelOp.Shl => a << ((int)b & mask),
            KernelOp.Shr => t.IsSigned ? a >> ((int)b & mask) : t.Bits == 64 ? (long)((ulong)a >> ((int)b & mask)) : (uint)a >> ((int)b & mask),
            KernelOp.PairDot => (long)(short)a * (short)b + (a << 32 >> 48) * (b << 32 >> 48),
            KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos => throw Wrong(op, "integers"),
            KernelOp.Const or KernelOp.Item or KernelOp.Group or KernelOp.Local or KernelOp.Load or KernelOp.Store or KernelOp.LoadShared or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Var
                or KernelOp.Get or KernelOp.Set or KernelOp.For or KernelOp.If or KernelOp.Eq or KernelOp.Lt or KernelOp.Le or KernelOp.Select or KernelOp.Convert or KernelOp.Bitcast or KernelOp.Splat
                or KernelOp.Lane or KernelOp.Vector => throw Wrong(op, "arithmetic"),
        };
    }

    private static TesseraException Wrong(KernelOp op, string what) => new(ErrorCode.Internal, $"{op} is no operation on {what}.");
}
