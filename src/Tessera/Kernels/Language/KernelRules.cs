using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>Simplifications made while a kernel is written, and what is known of integers. All exact for every value, NaN and −0 included.</summary>
internal static class KernelRules
{
    /// <summary>An instruction of the same value that is there already or cheaper; null when there is none.</summary>
    public static Instruction? Simplify(KernelBuilder b, KernelOp op, KernelType type, ReadOnlySpan<Instruction> x, KernelArg? arg)
    {
        if (op == KernelOp.Select) return x[0].Integer is { } c ? c != 0 ? x[1] : x[2] : x[1] == x[2] ? x[1] : null;
        if (op == KernelOp.Lane && x[0].Op == KernelOp.Splat) return x[0].In[0];
        if (op == KernelOp.Lane && x[0].Op == KernelOp.Vector) return x[0].In[((KernelArg.Number)arg!).Value];
        if (op == KernelOp.Convert && x[0].Type == type) return x[0];
        if (type.Lanes != 1) return null;
        if (op == KernelOp.Convert && x[0].Op == KernelOp.Const) return Converted(b, type, x[0]);
        if (x.Length == 2 && type == KernelType.Bool) return Condition(b, op, x[0], x[1]);
        if (!type.IsInteger || x.Length != 2 || x[0].Type != type) return null;
        long? p = x[0].Integer, q = x[1].Integer;
        if (p is { } l && q is { } r && Folded(op, type, l, r) is { } value) return b.Const(type, value);
        return op switch
        {
            KernelOp.Add when q == 0 => x[0],
            KernelOp.Add when p == 0 => x[1],
            // Constants to the right and together, so that equal sums are found equal.
            KernelOp.Add when p is not null => b.Emit(KernelOp.Add, type, [x[1], x[0]]),
            KernelOp.Add when q is not null && x[0].Op == KernelOp.Add && x[0].In[1].Integer is { } s => b.Emit(KernelOp.Add, type, [x[0].In[0], b.Const(type, s + q.Value)]),
            KernelOp.Sub when q == 0 => x[0],
            KernelOp.Sub when x[0] == x[1] => b.Const(type, 0),
            KernelOp.Sub when q is not null && type.IsSigned => b.Emit(KernelOp.Add, type, [x[0], b.Const(type, -q.Value)]),
            KernelOp.Mul when q == 1 => x[0],
            KernelOp.Mul when p == 1 => x[1],
            KernelOp.Mul when q == 0 || p == 0 => b.Const(type, 0),
            KernelOp.Mul when p is not null => b.Emit(KernelOp.Mul, type, [x[1], x[0]]),
            KernelOp.Mul when q is not null && x[0].Op == KernelOp.Mul && x[0].In[1].Integer is { } f && type == KernelType.Int32 && Math.Abs(f * q.Value) < int.MaxValue
                => b.Emit(KernelOp.Mul, type, [x[0].In[0], b.Const(type, f * q.Value)]),
            KernelOp.Div when q == 1 => x[0],
            KernelOp.Div when type == KernelType.Int32 && q is > 0 => Divided(b, x[0], q.Value),
            KernelOp.Rem when q == 1 => b.Const(type, 0),
            KernelOp.Rem when type == KernelType.Int32 && q is > 0 => Remaining(b, x[0], q.Value),
            _ => null,
        };
    }

    private static Instruction? Divided(KernelBuilder b, Instruction x, long n)
    {
        if (x.Facts.Low >= 0 && x.Facts.High < n) return b.Const(0);
        if (x.Facts.Low < 0) return null;
        if (x.Op == KernelOp.Mul && x.In[1].Integer is { } f && f % n == 0) return b.Emit(KernelOp.Mul, KernelType.Int32, [x.In[0], b.Const((int)(f / n))]);
        if (x.Op == KernelOp.Div && x.In[1].Integer is { } d && d * n < int.MaxValue) return b.Emit(KernelOp.Div, KernelType.Int32, [x.In[0], b.Const((int)(d * n))]);
        // (a·d + r) ÷ (n·d) = a ÷ n when 0 ≤ r < d
        if (Offset(x) is { } o && n % o.Unit == 0) return b.Emit(KernelOp.Div, KernelType.Int32, [o.Multiple, b.Const((int)n)]);
        // (a·n·m + r) ÷ n = a·m + r ÷ n when 0 ≤ r
        if (x.Op == KernelOp.Add && x.In[0].Facts is { Low: >= 0 } big && big.IsMultipleOf(n) && x.In[1].Facts.Low >= 0)
            return b.Emit(KernelOp.Add, KernelType.Int32, [b.Emit(KernelOp.Div, KernelType.Int32, [x.In[0], b.Const((int)n)]), b.Emit(KernelOp.Div, KernelType.Int32, [x.In[1], b.Const((int)n)])]);
        return null;
    }

    private static Instruction? Remaining(KernelBuilder b, Instruction x, long n)
    {
        if (x.Facts.Low >= 0 && x.Facts.High < n) return x;
        if (x.Facts.IsMultipleOf(n)) return b.Const(0);
        if (x.Facts.Low >= 0 && x.Op == KernelOp.Add && x.In[0].Facts is { Low: >= 0 } big && big.IsMultipleOf(n) && x.In[1].Facts.Low >= 0)
            return b.Emit(KernelOp.Rem, KernelType.Int32, [x.In[1], b.Const((int)n)]);
        if (Offset(x) is { } o && n % o.Unit == 0) return b.Emit(KernelOp.Add, KernelType.Int32, [b.Emit(KernelOp.Rem, KernelType.Int32, [o.Multiple, b.Const((int)n)]), x.In[1]]);
        return null;
    }

    /// <summary>x as a multiple of a unit plus a constant below it.</summary>
    private static (Instruction Multiple, long Unit)? Offset(Instruction x) =>
        x is { Op: KernelOp.Add, In: [{ Facts: { Low: >= 0, Divisor: > 1 } f } a, { Integer: > 0 } c] } && c.Integer < f.Divisor ? (a, f.Divisor) : null;

    private static Instruction? Converted(KernelBuilder b, KernelType to, Instruction c) => c.Arg switch
    {
        KernelArg.Integer i => to.Kind == ScalarKind.Bool ? b.Const(to, i.Value == 0 ? 0 : 1) : to.IsFloat ? b.Const(to, c.Type.Kind == ScalarKind.UInt64 ? (ulong)i.Value : (double)i.Value) : b.Const(to, i.Value),
        KernelArg.Real r when to.IsFloat => b.Const(to, r.Value),
        _ => null,
    };

    private static Instruction? Condition(KernelBuilder b, KernelOp op, Instruction p, Instruction q)
    {
        if (op is KernelOp.And or KernelOp.Or)
        {
            bool and = op == KernelOp.And;
            if (p.Integer is { } l) return l != 0 == and ? q : p;
            if (q.Integer is { } r) return r != 0 == and ? p : q;
            return p == q ? p : null;
        }
        if (p.Type != KernelType.Int32) return null;
        IntegerFacts f = p.Facts, g = q.Facts;
        bool? known = op switch
        {
            KernelOp.Lt => f.High < g.Low ? true : f.Low >= g.High ? false : null,
            KernelOp.Le => f.High <= g.Low ? true : f.Low > g.High ? false : null,
            KernelOp.Eq => p == q ? true : f.High < g.Low || f.Low > g.High ? false : null,
            _ => null,
        };
        return known is { } k ? b.Const(KernelType.Bool, k ? 1 : 0) : null;
    }

    private static long? Folded(KernelOp op, KernelType type, long p, long q) => op switch
    {
        KernelOp.Add => p + q,
        KernelOp.Sub => p - q,
        KernelOp.Mul => p * q,
        KernelOp.Div when q != 0 && type.IsSigned && q != -1 => p / q,
        KernelOp.Rem when q != 0 && type.IsSigned && q != -1 => p % q,
        KernelOp.Min when type.IsSigned => Math.Min(p, q),
        KernelOp.Max when type.IsSigned => Math.Max(p, q),
        KernelOp.And => p & q,
        KernelOp.Or => p | q,
        KernelOp.Xor => p ^ q,
        _ => null,
    };

    /// <summary>What is known of the value of an Int32 instruction.</summary>
    public static IntegerFacts Facts(KernelOp op, KernelType type, ImmutableArray<Instruction> x, KernelArg? arg, long items)
    {
        if (type != KernelType.Int32) return IntegerFacts.Unknown;
        if (op == KernelOp.Const) return IntegerFacts.Of(((KernelArg.Integer)arg!).Value);
        if (op == KernelOp.Item) return new(0, items - 1, 1);
        if (op == KernelOp.Select) return new(Math.Min(x[1].Facts.Low, x[2].Facts.Low), Math.Max(x[1].Facts.High, x[2].Facts.High), IntegerFacts.Gcd(x[1].Facts.Divisor, x[2].Facts.Divisor));
        if (x.Length != 2 || x[0].Type != type) return IntegerFacts.Unknown;
        IntegerFacts a = x[0].Facts, b = x[1].Facts;
        IntegerFacts f = op switch
        {
            KernelOp.Add => new(a.Low + b.Low, a.High + b.High, IntegerFacts.Gcd(a.Divisor, b.Divisor)),
            KernelOp.Sub => new(a.Low - b.High, a.High - b.Low, IntegerFacts.Gcd(a.Divisor, b.Divisor)),
            KernelOp.Mul => Product(a, b),
            KernelOp.Div when a.Low >= 0 && b.Low > 0 => new(a.Low / b.High, a.High / b.Low, b.Low == b.High && a.IsMultipleOf(b.Low) ? a.Divisor / b.Low : 1),
            KernelOp.Rem when a.Low >= 0 && b.Low > 0 => new(0, Math.Min(a.High, b.High - 1), b.Low == b.High ? IntegerFacts.Gcd(a.Divisor, b.Low) : 1),
            KernelOp.Min => new(Math.Min(a.Low, b.Low), Math.Min(a.High, b.High), IntegerFacts.Gcd(a.Divisor, b.Divisor)),
            KernelOp.Max => new(Math.Max(a.Low, b.Low), Math.Max(a.High, b.High), IntegerFacts.Gcd(a.Divisor, b.Divisor)),
            _ => IntegerFacts.Unknown,
        };
        return f.Low < int.MinValue || f.High > int.MaxValue ? IntegerFacts.Unknown : f;
    }

    private static IntegerFacts Product(IntegerFacts a, IntegerFacts b)
    {
        long p = a.Low * b.Low, q = a.Low * b.High, r = a.High * b.Low, s = a.High * b.High;
        long divisor = a.Divisor == 0 || b.Divisor == 0 ? 0 : a.Divisor > int.MaxValue / b.Divisor ? a.Divisor : a.Divisor * b.Divisor;
        return new(Math.Min(Math.Min(p, q), Math.Min(r, s)), Math.Max(Math.Max(p, q), Math.Max(r, s)), divisor);
    }
}
