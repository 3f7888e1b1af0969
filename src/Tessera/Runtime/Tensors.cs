namespace Tessera.Runtime;

/// <summary>Copies and stacks of tensors between graphs.</summary>
internal static class Tensors
{
    public static Tensor Copy(Tensor t)
    {
        using Tensor c = t.Contiguous();
        if (t.Type == DType.String) return Tensor.FromStrings([.. c.Strings], c.Shape);
        Tensor copy = Tensor.Empty(t.Type, t.Shape, renter: "result");
        copy.CopyBytesFrom(c, 0);
        return copy;
    }

    /// <summary>Tensors of one shape joined along a new axis <paramref name="axis"/>; for none, an empty tensor of <paramref name="element"/>.</summary>
    public static Tensor Stack(IReadOnlyList<Tensor> items, int axis, TensorKind element)
    {
        if (items.Count == 0) return Tensor.Empty(element.Type, Shape.Of([.. element.Shape.Span[..axis], 0, .. element.Shape.Span[axis..]]));
        Shape one = items[0].Shape;
        Shape all = Shape.Of([items.Count, .. one.Span]);
        if (items[0].Type == DType.String)
            return Tensor.FromStrings([.. items.SelectMany(t => t.Strings)], all);
        Tensor stacked = Tensor.Empty(items[0].Type, all, renter: "loop output");
        long at = 0;
        foreach (Tensor t in items)
        {
            if (t.Shape != one || t.Type != stacked.Type) throw new TesseraException(ErrorCode.ShapeMismatch, $"A loop gives {t} after {items[0].Type}{one}; a scan output must keep its type and shape.");
            using Tensor c = t.Contiguous();
            stacked.CopyBytesFrom(c, at);
            at += c.Bytes;
        }
        if (axis == 0) return stacked;
        int[] order = [.. Enumerable.Range(1, axis), 0, .. Enumerable.Range(axis + 1, one.Rank - axis)];
        using (stacked)
        using (Tensor moved = stacked.Transpose(order)) return moved.Contiguous();
    }

    /// <summary>Element type and shape that an empty stack takes.</summary>
    public readonly record struct TensorKind(DType Type, Shape Shape);
}
