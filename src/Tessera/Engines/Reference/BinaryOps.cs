namespace Tessera.Engines.Reference;

/// <summary>Elementwise operators of two or three operands, which broadcast.</summary>
internal static class BinaryOps
{
    public static Cells Numbers(Cells a, Cells b, Func<double, double, double> f, Func<long, long, long> integer, Func<ulong, ulong, ulong>? unsigned = null)
    {
        Shape s = Shape.Broadcast(a.Shape, b.Shape);
        if (a.IsFloat) return new(a.Type, s, Apply(a.Floats, b.Floats, a.Shape, b.Shape, s, f));
        Func<long, long, long> g = a.Type.IsUnsigned() && unsigned is not null ? (x, y) => (long)unsigned((ulong)x, (ulong)y) : integer;
        return new(a.Type, s, Apply(a.Integers, b.Integers, a.Shape, b.Shape, s, (x, y) => Rounding.Integer(a.Type, g(x, y))));
    }

    /// <summary>And, Or, Xor, shifts: no floats.</summary>
    public static Cells Bits(Cells a, Cells b, Func<long, long, long> f)
    {
        Shape s = Shape.Broadcast(a.Shape, b.Shape);
        return new(a.Type, s, Apply(a.Integers, b.Integers, a.Shape, b.Shape, s, (x, y) => Rounding.Integer(a.Type, f(x, y))));
    }

    public static Cells Compare(Cells a, Cells b, Func<double, double, bool> f, Func<long, long, bool> integer, Func<ulong, ulong, bool> unsigned, Func<string, string, bool> text)
    {
        Shape s = Shape.Broadcast(a.Shape, b.Shape);
        (a, b) = (Rounding.Decided(a), Rounding.Decided(b));
        long[] y = a.IsString ? Apply(a.Strings, b.Strings, a.Shape, b.Shape, s, (p, q) => text(p, q) ? 1L : 0)
            : a.IsFloat ? Apply(a.Floats, b.Floats, a.Shape, b.Shape, s, (p, q) => f(p, q) ? 1L : 0)
            : Apply(a.Integers, b.Integers, a.Shape, b.Shape, s, (p, q) => (a.Type.IsUnsigned() ? unsigned((ulong)p, (ulong)q) : integer(p, q)) ? 1L : 0);
        return new(DType.Bool, s, y);
    }

    public static Cells Where(Cells c, Cells a, Cells b)
    {
        Shape s = Shape.Broadcast(c.Shape, Shape.Broadcast(a.Shape, b.Shape));
        int[] ic = Positions.Broadcast(c.Shape, s), ia = Positions.Broadcast(a.Shape, s), ib = Positions.Broadcast(b.Shape, s);
        return a.IsString ? new(s, Pick(c.Integers, a.Strings, b.Strings, ic, ia, ib))
            : a.IsFloat ? new(a.Type, s, Pick(c.Integers, a.Floats, b.Floats, ic, ia, ib)) : new(a.Type, s, Pick(c.Integers, a.Integers, b.Integers, ic, ia, ib));
    }

    private static T[] Pick<T>(long[] c, T[] a, T[] b, int[] ic, int[] ia, int[] ib)
    {
        T[] y = new T[ic.Length];
        for (int i = 0; i < y.Length; i++) y[i] = c[ic[i]] != 0 ? a[ia[i]] : b[ib[i]];
        return y;
    }

    private static TOut[] Apply<T, TOut>(T[] a, T[] b, Shape sa, Shape sb, Shape s, Func<T, T, TOut> f)
    {
        TOut[] y = new TOut[checked((int)s.Count)];
        if (y.Length == 0) return y;
        int[]? ia = sa == s || a.Length == 1 ? null : Positions.Broadcast(sa, s), ib = sb == s || b.Length == 1 ? null : Positions.Broadcast(sb, s);
        int da = a.Length == 1 ? 0 : 1, db = b.Length == 1 ? 0 : 1;
        for (int i = 0; i < y.Length; i++) y[i] = f(a[ia is null ? i * da : ia[i]], b[ib is null ? i * db : ib[i]]);
        return y;
    }
}
