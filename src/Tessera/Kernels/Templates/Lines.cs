using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Primitives that look at a whole line of elements for each result: an item computes a line.</summary>
internal static class Lines
{
    /// <summary>Extents that number the lines of <paramref name="s"/> along <paramref name="axes"/>: those axes have extent 1.</summary>
    public static Shape Of(Shape s, Ints axes) => ShapeRules.Reduced(s, axes, keep: true);

    /// <summary>softmax along an axis, or its logarithm: e^(x − max) ÷ Σ e^(x − max).</summary>
    /// <param name="kept">Writes and reads back an exponential where its result will be; null to compute it once more.</param>
    public static void Softmax(Node n, LineWalk walk, Emitter e, Reader r, Action<Coords, Val> write, (Action<Coords, Val> Write, Func<Coords, Val> Read)? kept)
    {
        Node x = n.In[0];
        KernelType type = KernelType.Reads(n.Type)!.Value;
        Val top = walk.Fold(e.Const(type, double.NegativeInfinity), (p, q) => p.Max(q), c => r.Read(x, c), isCheap: true);
        bool isLog = n.Op == GraphOp.LogSoftmax;
        Val sum = walk.Fold(e.Const(type, 0.0), (p, q) => p + q, c =>
        {
            Val v = Maths.Exp(r.Read(x, c) - top);
            if (!isLog) kept?.Write(c, v);
            return v;
        });
        Val total = isLog ? Maths.Log(sum) : 1 / sum;
        walk.Each(c => write(c, isLog ? r.Read(x, c) - top - total : (kept is { } k ? k.Read(c) : Maths.Exp(r.Read(x, c) - top)) * total));
    }

    /// <summary>(x − mean) ÷ √(mean((x − mean)²) + ε), in three passes so that no cancellation spoils the variance.</summary>
    public static void Norm(Node n, LineWalk walk, Emitter e, Reader r, Action<Coords, Val> write)
    {
        Arg.Norm arg = (Arg.Norm)n.Arg!;
        Node x = n.In[0];
        KernelType type = KernelType.Reads(n.Type)!.Value;
        double count = Math.Max(1, (double)n.Shape.Count / Math.Max(1, Of(n.Shape, arg.Axes).Count));
        Val zero = e.Const(type, 0.0), mean = arg.Centered ? walk.Fold(zero, (p, q) => p + q, c => r.Read(x, c)) / count : zero;
        Val Centred(Coords c) => arg.Centered ? r.Read(x, c) - mean : r.Read(x, c);
        Val squares = walk.Fold(zero, (p, q) => p + q, c =>
        {
            Val d = Centred(c);
            return d * d;
        });
        Val factor = 1 / Maths.Sqrt(squares / count + arg.Epsilon);
        walk.Each(c => write(c, Centred(c) * factor));
    }

    public static void CumSum(Node n, Coords line, Emitter e, Reader r, Action<Coords, Val> write)
    {
        Arg.Scan arg = (Arg.Scan)n.Arg!;
        Shape s = n.Shape;
        Local sum = e.Local(Contraction.Zero(n, e));
        e.For(e.Int(0), e.Int(s[arg.Axis]), 1, j =>
        {
            Val place = arg.Reverse ? e.Int(s[arg.Axis] - 1) - j : j;
            Coords c = Coords.OfDigits(e, s, a => a == arg.Axis ? place : line[a]);
            Val before = sum.Value, after = before + r.Read(n.In[0], c);
            sum.Value = after;
            write(c, Contraction.Finish(arg.Exclusive ? before : after, n));
        });
    }

    /// <summary>k times the first of those that come after the last one found: no memory besides the results.</summary>
    public static void TopK(Node n, Coords line, Emitter e, Reader r, Action<Coords, Val, Val> write)
    {
        Arg.TopK arg = (Arg.TopK)n.Arg!;
        Shape s = n.In[0].Shape;
        Val Read(Val j) => Number(r.Read(n.In[0], Coords.OfDigits(e, s, a => a == arg.Axis ? j : line[a])));
        if (s.Count == 0) return;
        Local last = e.Local(Read(e.Int(0))), lastPlace = e.Local(e.Int(-1));
        e.For(e.Int(0), e.Int(arg.K), 1, k =>
        {
            Local best = e.Local(last.Value), place = e.Local(e.Int(-1));
            e.For(e.Int(0), e.Int(s[arg.Axis]), 1, j =>
            {
                Val v = Read(j), after = lastPlace.Value.Is(-1) | Contraction.Before(last.Value, v, arg.Largest, orEqual: false, nanFirst: false)
                    | (!Contraction.Before(v, last.Value, arg.Largest, orEqual: false, nanFirst: false) & (lastPlace.Value < j));
                Val wins = after & (place.Value.Is(-1) | Contraction.Before(v, best.Value, arg.Largest, orEqual: false, nanFirst: false));
                best.Value = wins.Then(v, best.Value);
                place.Value = wins.Then(j, place.Value);
            });
            last.Value = best.Value;
            lastPlace.Value = place.Value;
            Val stored = n.Type == DType.Bool ? !best.Value.Is(0) : best.Value;
            write(Coords.OfDigits(e, n.Shape, a => a == arg.Axis ? k : line[a]), stored, place.Value.To(ScalarKind.Int64));
        });
    }

    private static Val Number(Val v) => v.Type.Kind == ScalarKind.Bool ? v.To(ScalarKind.Int32) : v;
}
