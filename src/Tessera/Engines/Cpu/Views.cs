using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Movement operators that only rename elements: another shape, offset and strides over the same slot.</summary>
internal static class Views
{
    public static Operand Transpose(Operand x, Ints axes)
    {
        Span<long> n = stackalloc long[axes.Count], s = stackalloc long[axes.Count];
        for (int i = 0; i < axes.Count; i++) (n[i], s[i]) = (x.Shape[(int)axes[i]], x.Strides[(int)axes[i]]);
        return Over(x, Shape.Of(n), new Strides(s), 0);
    }

    public static Operand Broadcast(Operand x, Shape shape)
    {
        Span<long> s = stackalloc long[shape.Rank];
        int lead = shape.Rank - x.Shape.Rank;
        for (int i = lead; i < shape.Rank; i++) s[i] = x.Shape[i - lead] == 1 && shape[i] != 1 ? 0 : x.Strides[i - lead];
        return Over(x, shape, new Strides(s), 0);
    }

    public static Operand Slice(Operand x, Arg.Slice a)
    {
        Span<long> s = stackalloc long[x.Shape.Rank];
        long offset = 0;
        bool empty = false;
        for (int i = 0; i < s.Length; i++)
        {
            s[i] = x.Strides[i] * a.Steps[i];
            offset += a.Starts[i] * x.Strides[i];
            empty |= a.Counts[i] == 0;
        }
        return Over(x, Shape.Of(a.Counts.Span), new Strides(s), empty ? 0 : offset);
    }

    /// <summary>The same elements in row-major order under another shape, when strides can say so; else null.</summary>
    public static Operand? Reshape(Operand x, Shape shape)
    {
        if (x.IsContiguous || x.Count == 0) return Over(x, shape, Strides.RowMajor(shape), 0);
        Layout from = Layout.Of(x.Shape, x.Strides);
        Span<long> s = stackalloc long[shape.Rank];
        int axis = from.Rank - 1;
        long left = from.Extents[axis], step = from.Strides[0][axis];
        // New axes are cut from the old ones, last first; one that spans two old axes has no stride.
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            if (shape[i] == 1) continue;
            if (left == 1)
            {
                axis--;
                (left, step) = (from.Extents[axis], from.Strides[0][axis]);
            }
            if (left % shape[i] != 0) return null;
            s[i] = step;
            step *= shape[i];
            left /= shape[i];
        }
        return Over(x, shape, new Strides(s), 0);
    }

    public static Operand Over(Operand x, Shape shape, Strides strides, long offset) => new(x.Slot, x.Type, shape, strides, x.Offset + offset);
}
