using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Max, average and Lp pooling, result by result.</summary>
internal static class Pooling
{
    /// <summary>The value, and for max pooling the place of the element that gave it, in its plane (−1 when the window holds none).</summary>
    public static (Val Value, Val Place) Pool(Node n, Coords at, Emitter e, Reader r)
    {
        Arg.Pool arg = (Arg.Pool)n.Arg!;
        Node x = n.In[0];
        Shape s = x.Shape;
        int spatial = s.Rank - 2;
        KernelType type = KernelType.Reads(n.Type)!.Value;
        if (n.Outputs.Length == 1 && s.Count > 0 && Enumerable.Range(2, spatial).All(a => at[a].IsUniform)) return (Clipped(n, at, e, r, type), e.Int(-1));
        Local best = e.Local(arg.Kind == PoolKind.Max ? type.IsFloat ? e.Const(type, double.NegativeInfinity) : e.Const(type, Contraction.Extreme(n.Type, least: true)) : e.Const(type, 0.0));
        Local place = e.Local(e.Int(-1)), found = e.Local(e.Int(0)), padded = e.Local(e.Int(0));
        void Tap(Val[] k)
        {
            Val inside = e.Const(KernelType.Bool, 1L), covered = inside, number = e.Int(0);
            Val[] p = new Val[spatial];
            for (int i = 0; i < spatial; i++)
            {
                p[i] = at[i + 2] * e.Int(arg.Strides[i]) + k[i] * e.Int(arg.Dilations[i]) - e.Int(arg.Before[i]);
                inside &= Convolution.Inside(p[i], s[i + 2]);
                covered &= p[i] < s[i + 2] + arg.After[i];
            }
            for (int i = 0; i < spatial; i++)
            {
                int axis = arg.ColumnMajor ? spatial - 1 - i : i;
                number = number * e.Int(s[axis + 2]) + p[axis];
            }
            Val v = r.Read(x, Coords.OfDigits(e, s, a => a < 2 ? at[a] : Convolution.Kept(p[a - 2], s[a])));
            if (arg.Kind == PoolKind.Max)
            {
                Val first = place.Value.Is(-1), wins = inside & (first | Contraction.Before(v, best.Value, largest: true, orEqual: false));
                best.Value = wins.Then(v, best.Value);
                place.Value = wins.Then(number, place.Value);
                return;
            }
            Val part = arg.Kind == PoolKind.Lp ? arg.P == 1 ? v.Abs() : arg.P == 2 ? v * v : Maths.Pow(v.Abs(), e.Like(v, arg.P)) : v;
            best.Value = inside.Then(best.Value + part, best.Value);
            found.Value = inside.Then(found.Value + 1, found.Value);
            padded.Value = covered.Then(padded.Value + 1, padded.Value);
        }
        if (s.Count > 0) Convolution.Window(e, [.. arg.Kernel], Tap);
        Val value = arg.Kind switch
        {
            PoolKind.Max => best.Value,
            PoolKind.Average => best.Value / (arg.CountPad ? padded : found).Value.To(type.Kind),
            PoolKind.Lp => arg.P == 1 ? best.Value : arg.P == 2 ? Maths.Sqrt(best.Value) : Maths.Pow(best.Value, e.Const(type, 1 / arg.P)),
        };
        return (value, place.Value);
    }

    /// <summary>The same where all results of the item look at the same window: only what of it lies inside is walked.</summary>
    private static Val Clipped(Node n, Coords at, Emitter e, Reader r, KernelType type)
    {
        Arg.Pool arg = (Arg.Pool)n.Arg!;
        Node x = n.In[0];
        Shape s = x.Shape;
        int spatial = s.Rank - 2;
        Val[] first = new Val[spatial], end = new Val[spatial];
        Val found = e.Int(1), padded = e.Int(1);
        bool isWhole = true;
        for (int i = 0; i < spatial; i++)
        {
            Val start = at[i + 2] * e.Int(arg.Strides[i]);
            long step = arg.Dilations[i];
            Val Taps(Val distance) => (distance.Max(0) + e.Int(step - 1)) / e.Int(step);
            long last = (n.Shape[i + 2] - 1) * arg.Strides[i] + (arg.Kernel[i] - 1) * step - arg.Before[i];
            bool inside = arg.Before[i] == 0 && last < s[i + 2];
            (first[i], end[i]) = inside ? (e.Int(0), e.Int(arg.Kernel[i])) : (Taps(e.Int(arg.Before[i]) - start), Taps(e.Int(s[i + 2] + arg.Before[i]) - start).Min(arg.Kernel[i]));
            isWhole &= inside;
            found *= (end[i] - first[i]).Max(0);
            padded *= Taps(e.Int(s[i + 2] + arg.Before[i] + arg.After[i]) - start).Min(arg.Kernel[i]);
        }
        Val lowest = type.IsFloat ? e.Const(type, double.NegativeInfinity) : e.Const(type, Contraction.Extreme(n.Type, least: true));
        Local all = e.Local(arg.Kind == PoolKind.Max ? lowest : e.Const(type, 0.0));
        void Tap(Val[] k)
        {
            Val v = r.Read(x, Coords.OfDigits(e, s, a => a < 2 ? at[a] : at[a] * e.Int(arg.Strides[a - 2]) + k[a - 2] * e.Int(arg.Dilations[a - 2]) - e.Int(arg.Before[a - 2])));
            all.Value = arg.Kind switch
            {
                PoolKind.Max => all.Value.Max(v),
                PoolKind.Average => all.Value + v,
                PoolKind.Lp => all.Value + (arg.P == 1 ? v.Abs() : arg.P == 2 ? v * v : Maths.Pow(v.Abs(), e.Like(v, arg.P))),
            };
        }
        void Along(Val[] outer)
        {
            if (outer.Length == spatial) Tap(outer);
            else e.For(first[outer.Length], end[outer.Length], 1, k => Along([.. outer, k]));
        }
        if (isWhole) Convolution.Window(e, [.. arg.Kernel], Tap, unrolled: arg.Kernel.Aggregate(1L, (p, v) => p * v) > 9 ? 0 : e.Target.CompilesSlowly ? 1 : spatial);
        else Along([]);
        return arg.Kind switch
        {
            PoolKind.Max => all.Value,
            PoolKind.Average => all.Value / (arg.CountPad ? padded : found).To(type.Kind),
            PoolKind.Lp => arg.P == 1 ? all.Value : arg.P == 2 ? Maths.Sqrt(all.Value) : Maths.Pow(all.Value, e.Const(type, 1 / arg.P)),
        };
    }
}
