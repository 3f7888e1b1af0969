using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Convolution and its transpose, result by result.</summary>
internal static class Convolution
{
    public static Val Conv(Node n, Coords at, Emitter e, Reader r)
    {
        Arg.Conv arg = (Arg.Conv)n.Arg!;
        Node x = n.In[0], w = n.In[1];
        long each = w.Shape[1], outputs = n.Shape[1] / arg.Group;
        int spatial = n.Shape.Rank - 2;
        Val group = arg.Group == 1 ? e.Int(0) : at[1] / e.Int(outputs);
        Local sum = e.Local(Contraction.Zero(n, e));
        void Tap(Val channel, Val[] taps)
        {
            Val[] place = new Val[spatial];
            Val inside = e.Const(KernelType.Bool, 1L);
            for (int i = 0; i < spatial; i++)
            {
                place[i] = at[i + 2] * e.Int(arg.Strides[i]) + taps[i] * e.Int(arg.Dilations[i]) - e.Int(arg.Before[i]);
                inside &= Inside(place[i], x.Shape[i + 2]);
            }
            Val factor = r.Read(w, Coords.OfDigits(e, w.Shape, a => a == 0 ? at[1] : a == 1 ? channel : taps[a - 2]));
            Val v = Guarded(e, inside, Contraction.Zero(n, e), clamp => r.Read(x, Coords.OfDigits(e, x.Shape, a => a == 0 ? at[0] : a == 1 ? group * e.Int(each) + channel : clamp ? Kept(place[a - 2], x.Shape[a]) : place[a - 2])));
            sum.Value = factor.Fma(v, sum.Value);
        }
        e.For(each, c => Window(e, w.Shape.Span[2..].ToArray(), taps => Tap(c, taps)));
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
    public static void Window(Emitter e, long[] extents, Action<Val[]> body)
    {
        void Along(Val[] outer)
        {
            if (outer.Length == extents.Length) body(outer);
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
