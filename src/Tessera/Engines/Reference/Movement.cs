using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Operators that move elements.</summary>
internal static class Movement
{
    public static Cells Transpose(Cells x, Arg.Permutation p, Shape to)
    {
        Shape s = x.Shape.RowMajorStrides();
        return x.Pick(to, Positions.Of(to, [.. p.Axes.Select(a => s[(int)a])]));
    }

    public static Cells Broadcast(Cells x, Shape to) => x.Pick(to, Positions.Broadcast(x.Shape, to));

    public static Cells Slice(Cells x, Arg.Slice a, Shape to)
    {
        Shape s = x.Shape.RowMajorStrides();
        long start = 0;
        long[] steps = new long[to.Rank];
        for (int i = 0; i < to.Rank; i++)
        {
            start += a.Starts[i] * s[i];
            steps[i] = a.Steps[i] * s[i];
        }
        return x.Pick(to, Positions.Of(to, steps, start));
    }

    public static Cells Pad(Cells x, Cells value, Arg.Pad p, Shape to)
    {
        int[] from = new int[checked((int)to.Count)];
        Shape s = x.Shape.RowMajorStrides();
        long[] index = new long[to.Rank];
        for (int i = 0; i < from.Length; i++)
        {
            long at = 0;
            for (int a = 0; a < index.Length && at >= 0; a++)
            {
                long j = Source(p.Mode, index[a] - p.Before[a], x.Shape[a]);
                at = j < 0 ? -1 : at + j * s[a];
            }
            from[i] = (int)at;
            for (int a = index.Length - 1; a >= 0 && ++index[a] == to[a]; a--) index[a] = 0;
        }
        return x.IsString ? new(to, Array.ConvertAll(from, i => i < 0 ? value.Strings[0] : x.Strings[i]))
            : x.IsFloat ? new(x.Type, to, Array.ConvertAll(from, i => i < 0 ? value.Floats[0] : x.Floats[i]))
            : new(x.Type, to, Array.ConvertAll(from, i => i < 0 ? value.Integers[0] : x.Integers[i]));
    }

    /// <summary>Which element lies at position <paramref name="i"/> of an axis of n elements that goes on to both sides; −1 for the constant.</summary>
    private static long Source(PadMode mode, long i, long n) => mode switch
    {
        PadMode.Constant => i >= 0 && i < n ? i : -1,
        PadMode.Edge => Math.Clamp(i, 0, n - 1),
        PadMode.Wrap => Arithmetic.Mod(i, n),
        PadMode.Reflect => n == 1 ? 0 : Arithmetic.Mod(i, 2 * (n - 1)) is var r && r < n ? r : 2 * (n - 1) - r,
    };

    public static Cells Concat(IReadOnlyList<Cells> x, int axis, Shape to)
    {
        if (x[0].IsString) return new(to, Joined(x, axis, to, c => c.Strings));
        return x[0].IsFloat ? new(x[0].Type, to, Joined(x, axis, to, c => c.Floats)) : new(x[0].Type, to, Joined(x, axis, to, c => c.Integers));
    }

    private static T[] Joined<T>(IReadOnlyList<Cells> x, int axis, Shape to, Func<Cells, T[]> values)
    {
        T[] y = new T[checked((int)to.Count)];
        (int outer, int along, int inner) = Positions.Around(to, axis);
        int at = 0;
        foreach (Cells c in x)
        {
            int block = (int)c.Shape[axis] * inner;
            for (int o = 0; o < outer && block > 0; o++) Array.Copy(values(c), o * block, y, o * along * inner + at, block);
            at += block;
        }
        return y;
    }
}
