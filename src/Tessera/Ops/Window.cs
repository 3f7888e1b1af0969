using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>The sliding window of a convolution or pooling: one entry per spatial axis.</summary>
internal sealed record Window(long[] Kernel, long[] Strides, long[] Dilations, long[] Before, long[] After)
{
    /// <summary>Reads strides, dilations, pads and auto_pad of <paramref name="c"/>; automatic padding makes ⌈in ÷ stride⌉ outputs.</summary>
    public static Window Of(Attributes c, Shape x, long[] kernel)
    {
        int n = Rank(c, x);
        long[] strides = PerAxis(c, "strides", n, 1), dilations = PerAxis(c, "dilations", n, 1);
        if (kernel.Length != n || kernel.Any(k => k < 1)) throw c.Error(ErrorCode.ShapeMismatch, $"kernel [{string.Join(", ", kernel)}] does not fit an input {x} with {n} spatial axes.");
        Window w = new(kernel, strides, dilations, new long[n], new long[n]);
        switch (c.String("auto_pad", "NOTSET"))
        {
            case "VALID": break;
            case "SAME_UPPER": w.PadSame(x, false); break;
            case "SAME_LOWER": w.PadSame(x, true); break;
            case "NOTSET" or "": w.ReadPads(c); break;
            case var other: throw c.Error(ErrorCode.MalformedModel, $"auto_pad '{other}' is none of NOTSET, SAME_UPPER, SAME_LOWER, VALID.");
        }
        // A step beyond the padded input leaves one window, whatever its size; so does the spacing of a single tap.
        for (int i = 0; i < n; i++)
        {
            strides[i] = Math.Min(strides[i], Math.Max(1, checked(x[i + 2] + w.Before[i] + w.After[i])));
            if (kernel[i] == 1) dilations[i] = 1;
        }
        return w;
    }

    /// <summary>Number of spatial axes.</summary>
    public static int Rank(Attributes c, Shape x) =>
        x.Rank >= 3 ? x.Rank - 2 : throw c.Error(ErrorCode.ShapeMismatch, $"input {x} has no spatial axes; [N, C, D1, …] is needed.");

    public static long[] PerAxis(Attributes c, string name, int n, long missing)
    {
        long[] v = c.Ints(name) ?? [.. Enumerable.Repeat(missing, n)];
        if (v.Length != n || v.Any(s => s < missing)) throw c.Error(ErrorCode.ShapeMismatch, $"{name} [{string.Join(", ", v)}] must have {n} entries of at least {missing}.");
        return v;
    }

    /// <summary>Extent that the dilated kernel covers on spatial axis <paramref name="i"/>.</summary>
    public long Extent(int i) => (Kernel[i] - 1) * Dilations[i] + 1;

    /// <summary>Spatial output size. Rounding up drops a last window that would start behind input and leading padding.</summary>
    public Ints Out(Attributes c, Shape x, bool up)
    {
        long[] o = new long[Kernel.Length];
        for (int i = 0; i < o.Length; i++)
        {
            long room = x[i + 2] + Before[i] + After[i] - Extent(i);
            if (room < 0 && !up) throw c.Error(ErrorCode.ShapeMismatch, $"a window of {Extent(i)} does not fit spatial axis {i} of {x} with padding {Before[i]}+{After[i]}.");
            o[i] = (up ? (room + Strides[i] - 1) / Strides[i] : room / Strides[i]) + 1;
            if (up && (o[i] - 1) * Strides[i] >= x[i + 2] + Before[i]) o[i]--;
            o[i] = Math.Max(0, o[i]);
        }
        return Ints.Of(o);
    }

    private void ReadPads(Attributes c)
    {
        if (c.Ints("pads") is not { } p) return;
        int n = Kernel.Length;
        if (p.Length != 2 * n || p.Any(v => v < 0)) throw c.Error(ErrorCode.ShapeMismatch, $"pads [{string.Join(", ", p)}] must have {2 * n} entries, none negative.");
        for (int i = 0; i < n; i++) (Before[i], After[i]) = (p[i], p[i + n]);
    }

    private void PadSame(Shape x, bool lower)
    {
        for (int i = 0; i < Kernel.Length; i++)
        {
            long outputs = (x[i + 2] + Strides[i] - 1) / Strides[i];
            long total = Math.Max(0, (outputs - 1) * Strides[i] + Extent(i) - x[i + 2]), less = total / 2;
            (Before[i], After[i]) = lower ? (total - less, less) : (less, total - less);
        }
    }
}
