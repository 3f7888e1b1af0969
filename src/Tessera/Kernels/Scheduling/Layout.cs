using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>What one axis contributes to the place of an element: ((coordinate − Start) ÷ Divisor mod Extent) · Stride; Extent 0: no remainder is taken.</summary>
internal readonly record struct LayoutPart(int Axis, long Start, long Divisor, long Extent, long Stride);

/// <summary>Where the elements of a stored value lie in its buffer: Offset plus what the axes contribute.</summary>
internal sealed class Layout : IEquatable<Layout>
{
    private readonly string _key;

    private Layout(Shape shape, ImmutableArray<LayoutPart> parts, long offset, long count, Ints before, Ints after)
    {
        (Shape, Parts, Offset, Count, Before, After) = (shape, parts, offset, count, before, after);
        _key = $"{shape} {string.Join(' ', parts)} {offset} {count}";
    }

    /// <summary>Of the value.</summary>
    public Shape Shape { get; }

    /// <summary>Largest strides first.</summary>
    public ImmutableArray<LayoutPart> Parts { get; }

    public long Offset { get; }

    /// <summary>Elements around the value's, before and after along each axis.</summary>
    public Ints Before { get; }

    public Ints After { get; }

    /// <summary>Elements of the buffer, those between and around the value's included.</summary>
    public long Count { get; }

    /// <summary>Axes in order of their strides, outermost first.</summary>
    public static Layout Ordered(Shape shape, ReadOnlySpan<int> order) => Padded(shape, order, Ints.Repeat(0, shape.Rank), Ints.Repeat(0, shape.Rank));

    public static Layout RowMajor(Shape shape) => Ordered(shape, [.. Enumerable.Range(0, shape.Rank)]);

    /// <summary>Axes in order of their strides, outermost first, each with room for more elements before and after its own.</summary>
    public static Layout Padded(Shape shape, ReadOnlySpan<int> order, Ints before, Ints after)
    {
        LayoutPart[] parts = new LayoutPart[order.Length];
        long stride = 1, offset = 0;
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int a = order[i];
            parts[i] = new(a, 0, 1, 0, stride);
            offset += before[a] * stride;
            stride *= shape[a] + before[a] + after[a];
        }
        return new(shape, [.. parts], offset, stride, before, after);
    }

    /// <summary>Channels, which are axis 1, innermost.</summary>
    public static int[] ChannelsLast(int rank) => [0, .. Enumerable.Range(2, rank - 2), 1];

    /// <summary>Columns in panels of a width, one after the other; in a panel the other axes in an order, outermost first, and its columns innermost; axes before them outside the panels.</summary>
    /// <param name="column">The axis of columns, of which those from <paramref name="start"/> to <paramref name="start"/> + <paramref name="count"/> are there.</param>
    public static Layout Panels(Shape shape, int column, long start, long count, long width, ReadOnlySpan<int> outer, ReadOnlySpan<int> inner)
    {
        List<LayoutPart> parts = [new(column, start, 1, width, 1)];
        long stride = width;
        for (int i = inner.Length - 1; i >= 0; i--)
        {
            parts.Add(new(inner[i], 0, 1, 0, stride));
            stride *= shape[inner[i]];
        }
        parts.Add(new(column, start, width, 0, stride));
        stride *= count / width;
        for (int i = outer.Length - 1; i >= 0; i--)
        {
            parts.Add(new(outer[i], 0, 1, 0, stride));
            stride *= shape[outer[i]];
        }
        parts.Reverse();
        Ints none = Ints.Repeat(0, shape.Rank);
        return new(shape, [.. parts], 0, stride, none, none) { Column = column, Columns = (start, start + count) };
    }

    /// <summary>Weights of gates, of shape [directions, gates · states, inputs]: in panels of <paramref name="width"/> states, in a panel input by input, for each of them gate by gate.</summary>
    public static Layout Gated(Shape shape, int gates, int width)
    {
        long hidden = shape[1] / gates, input = gates * width;
        Ints none = Ints.Repeat(0, 3);
        return new(shape, [new(0, 0, 1, 0, shape.CountOf(1, 3)), new(1, 0, width, hidden / width, shape[2] * input), new(2, 0, 1, 0, input), new(1, 0, hidden, 0, width), new(1, 0, 1, width, 1)], 0, shape.Count, none, none);
    }

    /// <summary>The axis of columns; -1 where there are no panels.</summary>
    public int Column { get; private init; } = -1;

    /// <summary>Columns that are there.</summary>
    public (long First, long End) Columns { get; private init; }

    /// <summary>Elements between neighbours along an axis; null where that varies.</summary>
    public long? Stride(int axis)
    {
        LayoutPart? found = null;
        foreach (LayoutPart p in Parts)
        {
            if (p.Axis != axis) continue;
            if (found is not null || p.Divisor != 1 || p.Extent != 0) return null;
            found = p;
        }
        return found?.Stride;
    }

    /// <summary>Places of the elements of <paramref name="axis"/> relative to where the others put them; the offset belongs to none.</summary>
    public long[] Along(int axis)
    {
        long[] at = new long[Shape[axis]];
        foreach (LayoutPart p in Parts)
        {
            if (p.Axis != axis) continue;
            for (long i = 0; i < at.Length; i++)
            {
                long d = (i - p.Start) / p.Divisor;
                at[i] += (p.Extent > 0 ? d % p.Extent : d) * p.Stride;
            }
        }
        return at;
    }

    public bool Equals(Layout? other) => other is not null && _key == other._key;

    public override bool Equals(object? obj) => Equals(obj as Layout);

    public override int GetHashCode() => _key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => _key;
}
