using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Scatters into a copy of the data: updates that may meet in one element are applied in order by one item.</summary>
internal static class Scattering
{
    /// <summary>Items of ScatterElements: lines of the indices along the axis, which never meet; of ScatterNd: elements of a block.</summary>
    public static Shape Domain(Node n) => n.Op == GraphOp.ScatterElements ? Lines.Of(n.In[1].Shape, [((Arg.Scatter)n.Arg!).Axis]) : Block(n);

    private static Shape Block(Node n) => Shape.Of(n.In[0].Shape.Span[(int)n.In[1].Shape[-1]..]);

    public static void Scatter(Node n, Coords item, Emitter e, Reader r, int output)
    {
        Arg.Scatter arg = (Arg.Scatter)n.Arg!;
        if (n.Op == GraphOp.ScatterElements)
        {
            e.For(e.Int(0), e.Int(n.In[1].Shape[arg.Axis]), 1, j =>
            {
                Coords at = Coords.OfDigits(e, n.In[1].Shape, a => a == arg.Axis ? j : item[a]);
                Apply(n, r.Replaced(n, at, arg.Axis), r.Read(n.In[2], at), e, output);
            });
            return;
        }
        Shape indices = n.In[1].Shape;
        int depth = (int)indices[-1];
        Shape tuples = Shape.Of(indices.Span[..^1]);
        e.For(e.Int(0), e.Int(tuples.Count), 1, t =>
        {
            Coords tuple = Coords.OfNumber(e, tuples, t);
            Val[] place = r.Tuple(n, a => tuple[a]);
            Coords to = Coords.OfDigits(e, n.Shape, a => a < depth ? place[a] : item[a - depth]);
            Apply(n, to, r.Read(n.In[2], Coords.OfDigits(e, n.In[2].Shape, a => a < tuples.Rank ? tuple[a] : item[a - tuples.Rank])), e, output);
        });
    }

    private static void Apply(Node n, Coords to, Val update, Emitter e, int output)
    {
        ScatterReduction how = ((Arg.Scatter)n.Arg!).Reduction;
        Val at = to.Number;
        if (how == ScatterReduction.None) { e.Store(output, at, update); return; }
        Val old = e.Load(output, at);
        bool truth = n.Type == DType.Bool;
        if (truth) (old, update) = (old.To(ScalarKind.Int32), update.To(ScalarKind.Int32));
        Val v = how switch
        {
            ScatterReduction.None => update,
            ScatterReduction.Add => truth ? old | update : old + update,
            ScatterReduction.Mul => old * update,
            ScatterReduction.Min => old.Min(update),
            ScatterReduction.Max => old.Max(update),
        };
        e.Store(output, at, truth ? !v.Is(0) : v);
    }
}
