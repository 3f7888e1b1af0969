using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>The elements of a value as runs of neighbours in memory, all of them read and computed alike.</summary>
/// <param name="Outer">Extents that number the runs.</param>
/// <param name="Length">Elements of a run.</param>
/// <param name="IsAll">One run holds all, in the order of the value's layout.</param>
/// <param name="Axis">The first axis of a run, which reaches to the last, or in other layouts the one axis of it.</param>
/// <param name="Layout">The order of elements; null: row-major.</param>
internal sealed record Runs(Shape Outer, long Length, bool IsAll, int Axis, Layout? Layout)
{
    /// <summary>Elements that an item computes at most: enough to make little of its start, few enough to share out.</summary>
    private const int Most = 1024;

    /// <summary>Into how many pieces a run is split.</summary>
    public long Pieces => (Length + Most - 1) / Most;

    /// <summary>Elements of a piece; of several, a multiple of 4.</summary>
    public long Piece => Pieces == 1 ? Length : ((Length + Pieces - 1) / Pieces + 3) / 4 * 4;

    /// <param name="root">What is stored.</param>
    /// <param name="part">What is computed: the root, or an operand that is concatenated.</param>
    public static Runs? Of(Schedule schedule, Node root, Node part)
    {
        Shape domain = part.Shape;
        if (domain.Rank == 0) return null;
        Layout? layout = schedule.Layouts.Of(root) is not null && domain.Rank == root.Shape.Rank ? Kernels.Layout.Ordered(domain, Kernels.Layout.ChannelsLast(domain.Rank)) : null;
        int rank = domain.Rank, first = part == root ? 0 : Math.Min(rank - 1, ((Arg.Along)root.Arg!).Axis + 1);
        foreach (Node n in part != root && schedule.IsStored(part) ? [part] : schedule.Reach(part))
        {
            if (n == root || n.Op == GraphOp.Const && n.Shape.Count == 1) continue;
            bool fits = Elementwise.Is(n.Op) || schedule.IsStored(n);
            if (n.Shape != domain || !fits) first = Math.Max(first, n.Shape.Count == 1 ? 0 : fits ? Alike(n.Shape, domain) : rank - 1);
            if (schedule.IsStored(n) && n.Shape == domain && !SameOrder(schedule.Layouts.Of(n), layout)) first = Math.Max(first, rank - 1);
        }
        if (part == root && schedule.Template(root) is not null) first = rank - 1;
        // A value with room around its elements is no one run.
        bool hasRoom = schedule.Layouts.Of(root) is { } own && own.Count != root.Shape.Count;
        if (layout is not null) return first == 0 && !hasRoom && part == root ? new(Shape.Of(1), domain.Count, true, 0, layout) : new(Shape.Of([domain[0], .. domain.Span[2..]]), domain[1], false, 1, layout);
        return new(Shape.Of([.. domain.Span[..first]]), domain.CountOf(first, rank), false, first, null);
    }

    /// <summary>The coordinates of element <paramref name="j"/> of a run.</summary>
    public Coords At(Emitter e, Shape domain, Coords outer, Val j)
    {
        if (Layout is not null) return IsAll ? Coords.OfPlace(e, Layout, j) : Coords.OfDigits(e, domain, a => a == 1 ? j : outer[a == 0 ? 0 : a - 1]);
        if (Axis == 0) return Coords.OfNumber(e, domain, j);
        Shape seen = Shape.Of([.. domain.Span[..Axis], Length]);
        return Coords.OfDigits(e, seen, a => a == Axis ? j : outer[a]).Reshaped(domain);
    }

    private static bool SameOrder(Layout? a, Layout? b) => a is null ? b is null : b is not null && a.Parts.Select(p => p.Axis).SequenceEqual(b.Parts.Select(p => p.Axis));

    /// <summary>The first axis from which on a shape that is broadcast to another one either has all its extents or none.</summary>
    private static int Alike(Shape from, Shape to)
    {
        int shift = to.Rank - from.Rank, a = to.Rank;
        if (shift < 0) return to.Rank - 1;
        bool? full = null;
        while (a > 0)
        {
            long extent = a - 1 >= shift ? from[a - 1 - shift] : 1;
            if (extent != to[a - 1] && extent != 1) return to.Rank - 1;
            if (to[a - 1] == 1) { a--; continue; }
            bool has = extent == to[a - 1];
            if (full is { } f && f != has) break;
            full = has;
            a--;
        }
        return Math.Min(a, to.Rank - 1);
    }
}
