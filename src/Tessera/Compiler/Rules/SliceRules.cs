using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Parts of tensors, and tensors put together from parts; exact for every element type.</summary>
internal static class SliceRules
{
    // Beyond this many indices a gather is a gather: reading them all would cost more than it saves.
    private const int MaxIndices = 65536;

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("slice of everything → itself", GraphOp.Slice, (_, n) => n is { Arg: Arg.Slice s } && n.Shape == n.In[0].Shape && s.Steps.All(v => v == 1) ? n.In[0] : null),
        new("slice · slice → slice", GraphOp.Slice, Nested),
        new("slice of concat → slice of the part it lies in", GraphOp.Slice, InPart),
        new("concat of one → itself", GraphOp.Concat, (_, n) => n.In.Length == 1 ? n.In[0] : null),
        new("concat with empty parts → concat without", GraphOp.Concat, WithoutEmpty),
        new("concat · concat along one axis → concat (inner one read once)", GraphOp.Concat, Flattened),
        new("gather of constant, evenly spaced indices → slice", GraphOp.Gather, Range),
    ];

    private static Node? Nested(Rewriting r, Node n)
    {
        if (n is not { Arg: Arg.Slice outer, In: [{ Op: GraphOp.Slice, Arg: Arg.Slice inner } x] } || n.Shape.Count == 0) return null;
        long[] starts = new long[n.Shape.Rank], steps = new long[n.Shape.Rank];
        for (int i = 0; i < starts.Length; i++) (starts[i], steps[i]) = (inner.Starts[i] + outer.Starts[i] * inner.Steps[i], inner.Steps[i] * outer.Steps[i]);
        return r.G.Slice(x.In[0], Ints.Of(starts), outer.Counts, Ints.Of(steps));
    }

    private static Node? InPart(Rewriting r, Node n)
    {
        if (n is not { Arg: Arg.Slice s, In: [{ Op: GraphOp.Concat, Arg: Arg.Along { Axis: var axis } } concat] } || s.Counts[axis] == 0) return null;
        long first = Math.Min(s.Starts[axis], Last(s, axis)), last = Math.Max(s.Starts[axis], Last(s, axis)), from = 0;
        foreach (Node part in concat.In)
        {
            long to = from + part.Shape[axis];
            if (first >= from && last < to)
            {
                long[] starts = s.Starts.Span.ToArray();
                starts[axis] -= from;
                return r.G.Slice(part, Ints.Of(starts), s.Counts, s.Steps);
            }
            from = to;
        }
        return null;
    }

    private static long Last(Arg.Slice s, int axis) => s.Starts[axis] + (s.Counts[axis] - 1) * s.Steps[axis];

    private static Node? WithoutEmpty(Rewriting r, Node n)
    {
        int axis = ((Arg.Along)n.Arg!).Axis, full = 0;
        foreach (Node p in n.In) full += p.Shape[axis] > 0 ? 1 : 0;
        return full == n.In.Length || full == 0 ? null : r.G.Concat(axis, [.. n.In.Where(p => p.Shape[axis] > 0)]);
    }

    // An inner concatenation that others read too stays: its parts would be copied twice.
    private static Node? Flattened(Rewriting r, Node n)
    {
        bool Inner(Node p) => p is { Op: GraphOp.Concat } && Equals(p.Arg, n.Arg) && r.IsOnlyUse(p);
        return n.In.Any(Inner) ? r.G.Concat(((Arg.Along)n.Arg!).Axis, [.. n.In.SelectMany(p => Inner(p) ? p.In.AsEnumerable() : [p])]) : null;
    }

    private static Node? Range(Rewriting r, Node n)
    {
        if (n is not { Arg: Arg.Along { Axis: var axis }, In: [var x, { Constant: { } at }] } || at.Count is 0 or > MaxIndices) return null;
        long[] index = Scalars.ToInt64(at);
        long extent = x.Shape[axis];
        for (int i = 0; i < index.Length; i++)
        {
            if (index[i] < 0) index[i] += extent;
            if (index[i] < 0 || index[i] >= extent) return null;
        }
        long step = index.Length > 1 ? index[1] - index[0] : 1;
        for (int i = 1; i < index.Length; i++) if (index[i] - index[i - 1] != step) return null;
        return step == 0 ? null : r.G.Reshape(r.G.Slice(x, axis, index[0], index.Length, step), n.Shape);
    }
}
