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
}
