using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Convolution and its transpose, result by result.</summary>
internal static class Convolution
{
    public static Val Conv(Node n, Coords at, Emitter e, Reader r)
    {
        Arg.Conv arg = (Arg.Conv)n.Arg!;
        Node x = n.In[0], w = n.In[1];
        Shape s = x.Shape, f = w.Shape;
        long each = f[1], outputs = n.Shape[1] / arg.Group;
        int spatial = n.Shape.Rank - 2;
        Layout? lies = r.LayoutOf(x), weights = r.LayoutOf(w);
        bool[] covered = [.. Enumerable.Range(0, spatial).Select(i => Covers(lies, n, i))];
        Local sum = e.Local(Contraction.Zero(n, e));
        Val Added(Val factor, Val v) => arg.InPairs ? factor.PairDot(v, sum.Value) : factor.Fma(v, sum.Value);
        Val Channel(Val c) => arg.Group == 1 ? c : each == 1 && outputs == 1 ? at[1] : at[1] / e.Int(outputs) * e.Int(each) + c;
        // One element for each result: what is known of its place holds for the operand as well.
        bool isPointwise = f.CountOf(2, f.Rank) == 1 && arg.Strides.All(v => v == 1) && Enumerable.Range(2, spatial).All(a => s[a] == n.Shape[a] && arg.Before[a - 2] == 0);
        if (isPointwise)
        {
            e.For(each, c =>
            {
                Val factor = r.Read(w, Coords.OfDigits(e, f, a => a == 0 ? at[1] : a == 1 ? c : e.Int(0)));
                sum.Value = Added(factor, r.Read(x, at.With(s, 1, Channel(c))));
            });
            return Contraction.Finish(sum.Value, n);
        }
        void Tap(Val channel, Val[] taps)
        {
            Val[] place = new Val[spatial];
            Val inside = e.Const(KernelType.Bool, 1L);
            for (int i = 0; i < spatial; i++)
            {
                place[i] = at[i + 2] * e.Int(arg.Strides[i]) + taps[i] * e.Int(arg.Dilations[i]) - e.Int(arg.Before[i]);
                if (!covered[i]) inside &= Inside(place[i], s[i + 2]);
            }
            Val factor = r.Read(w, Coords.OfAnyDigits(e, f, a => a == 0 ? at[1] : a == 1 ? channel : taps[a - 2]));
            Val Read(bool clamp) => r.Read(x, Coords.OfAnyDigits(e, s, a => a == 0 ? at[0] : a == 1 ? Channel(channel) : clamp && !covered[a - 2] ? Kept(place[a - 2], s[a]) : place[a - 2]));
            sum.Value = Added(factor, Guarded(e, inside, Contraction.Zero(n, e), Read));
        }
        long[] extents = [.. f.Span[2..]];
        // Where the channels of neighbours follow one another, those of all taps of a row are one run.
        long wide = extents[^1];
        if (arg.Group == 1 && covered[^1] && arg.Dilations[^1] == 1 && lies is not null && weights is not null && lies.Stride(1) == 1 && lies.Stride(s.Rank - 1) == each && weights.Stride(f.Rank - 1) == each * weights.Stride(1))
        {
            extents[^1] = 1;
            Window(e, extents, taps => e.Unrolled(each * wide, each * wide <= (e.Target.CompilesSlowly ? 4 : 12) ? (int)(each * wide) : 1, c => Tap(c, taps)));
        }
        else if (each == 1) Window(e, extents, taps => Tap(e.Int(0), taps), unrolled: f.CountOf(2, f.Rank) <= 9 && !e.Target.CompilesSlowly ? spatial : extents[^1] <= 9 ? 1 : 0);
        else Window(e, extents, taps => e.For(each, c => Tap(c, taps)));
        return Contraction.Finish(sum.Value, n);
    }

    /// <summary>Whether all that a convolution reads along a spatial axis lies in the buffer.</summary>
    private static bool Covers(Layout? x, Node n, int i)
    {
        (Ints before, Ints after) = Layouts.Reach(n);
        return before[i + 2] == 0 && after[i + 2] == 0 || x is not null && x.Before[i + 2] >= before[i + 2] && x.After[i + 2] >= after[i + 2];
    }

    /// <summary>The transpose for results at place·strides + phase: of the taps, every strides-th one counts, and they meet neighbouring elements.</summary>
    /// <param name="place">Coordinates of the result in its phase.</param>
    public static Val Phase(Node n, Coords at, Val[] place, long[] phase, Emitter e, Reader r)
    {
        Arg.ConvTranspose arg = (Arg.ConvTranspose)n.Arg!;
        Node x = n.In[0], w = n.In[1];
        Shape s = x.Shape, f = w.Shape;
        int spatial = place.Length;
        long[] first = [.. Enumerable.Range(0, spatial).Select(i => (phase[i] + arg.Before[i]) % arg.Strides[i])];
        long[] count = [.. Enumerable.Range(0, spatial).Select(i => Math.Max(0, (f[i + 2] - first[i] + arg.Strides[i] - 1) / arg.Strides[i]))];
        Local sum = e.Local(Contraction.Zero(n, e));
        if (Array.TrueForAll(count, c => c > 0))
            Window(e, count, t =>
            {
                Val inside = e.Const(KernelType.Bool, 1L);
                Val[] from = new Val[spatial];
                for (int i = 0; i < spatial; i++)
                {
                    from[i] = place[i] + e.Int((phase[i] + arg.Before[i]) / arg.Strides[i]) - t[i];
                    inside &= Inside(from[i], s[i + 2]);
                }
                e.For(s[1], c =>
                {
                    Val factor = r.Read(w, Coords.OfDigits(e, f, a => a == 0 ? c : a == 1 ? at[1] : t[a - 2] * e.Int(arg.Strides[a - 2]) + e.Int(first[a - 2])));
                    Val Read(bool clamp) => r.Read(x, Coords.OfDigits(e, s, a => a == 0 ? at[0] : a == 1 ? c : clamp ? Kept(from[a - 2], s[a]) : from[a - 2]));
                    sum.Value = factor.Fma(Guarded(e, inside, Contraction.Zero(n, e), Read), sum.Value);
                });
            });
        return Contraction.Finish(sum.Value, n);
    }

    public static Val Transposed(Node n, Coords at, Emitter e, Reader r)
    {
        Arg.ConvTranspose arg = (Arg.ConvTranspose)n.Arg!;
        Node x = n.In[0], w = n.In[1];
        long each = w.Shape[1], channels = x.Shape[1] / arg.Group;
        int spatial = n.Shape.Rank - 2;
        Val group = at[1] / e.Int(each), m = at[1] % e.Int(each);
        Local sum = e.Local(Contraction.Zero(n, e));
        void Tap(Val channel, Val[] taps)
        {
            Val[] place = new Val[spatial];
            Val inside = e.Const(KernelType.Bool, 1L);
            for (int i = 0; i < spatial; i++)
            {
                // x at p scatters to p·stride + k·dilation − before; here o is known and p sought.
                Val to = at[i + 2] + e.Int(arg.Before[i]) - taps[i] * e.Int(arg.Dilations[i]), stride = e.Int(arg.Strides[i]), kept = to.Max(0);
                place[i] = kept / stride;
                inside &= (to >= 0) & (kept % stride).Is(0) & (place[i] < x.Shape[i + 2]);
            }
            Val factor = r.Read(w, Coords.OfDigits(e, w.Shape, a => a == 0 ? group * e.Int(channels) + channel : a == 1 ? m : taps[a - 2]));
            Val v = r.Read(x, Coords.OfDigits(e, x.Shape, a => a == 0 ? at[0] : a == 1 ? group * e.Int(channels) + channel : Kept(place[a - 2], x.Shape[a])));
            sum.Value = inside.Then(factor.Fma(v, sum.Value), sum.Value);
        }
        if (x.Shape.Count > 0) e.For(channels, c => Window(e, w.Shape.Span[2..].ToArray(), taps => Tap(c, taps)));
        return Contraction.Finish(sum.Value, n);
    }

    /// <summary>Runs <paramref name="body"/> for every place of a window of the given extents.</summary>
    /// <param name="unrolled">How many of the inner axes are written out place by place.</param>
    public static void Window(Emitter e, long[] extents, Action<Val[]> body, int unrolled = 0)
    {
        void Along(Val[] outer)
        {
            if (outer.Length == extents.Length) body(outer);
            else if (outer.Length >= extents.Length - unrolled) e.Unrolled(extents[outer.Length], (int)extents[outer.Length], v => Along([.. outer, v]));
            else e.For(extents[outer.Length], v => Along([.. outer, v]));
        }
        Along([]);
    }

    public static Val Inside(Val place, long extent) => (place >= 0) & (place < extent);

    public static Val Kept(Val place, long extent) => place.Max(0).Min(Math.Max(0, extent - 1));

    /// <summary>What <paramref name="read"/> gives where <paramref name="inside"/> holds, <paramref name="outside"/> elsewhere. Vectors that lie wholly inside are read as such.</summary>
    public static Val Guarded(Emitter e, Val inside, Val outside, Func<bool, Val> read)
    {
        if (inside.IsUniform && inside.Parts[0].Integer == 1) return read(false);
        if (inside.Form == LaneForm.Same && inside.Axes == 0)
        {
            Local one = e.Local(outside);
            e.If(inside, () => one.Value = read(false));
            return one.Value;
        }
        if (inside.Axes != 0) return inside.Then(read(true), outside);
        Local v = e.Shared(e.Spread(outside));
        e.If(e.Across(inside, (p, q) => p & q), () => v.Value = e.Spread(read(false)), () => v.Value = inside.Then(read(true), outside));
        return v.Value;
    }
}
