namespace Tessera.Kernels;

/// <summary>Which element of a tensor an item looks at: its coordinates, or its row-major number, whichever is known; the other is computed when asked for.</summary>
internal sealed class Coords
{
    private readonly Emitter _e;
    private readonly Func<int, Val>? _digit;
    private readonly Val?[] _digits = new Val?[Shape.MaxRank];
    private readonly Dictionary<object, Coords> _derived = [];
    private Val? _linear;

    private Coords(Emitter e, Shape shape, Val? linear, Func<int, Val>? digit) => (_e, Shape, _linear, _digit) = (e, shape, linear, digit);

    public static Coords OfNumber(Emitter e, Shape shape, Val number) => new(e, shape, number, null);

    public static Coords OfDigits(Emitter e, Shape shape, Func<int, Val> digit) => new(e, shape, null, digit);

    public Shape Shape { get; }

    public Val this[int axis] => _digits[axis] ??= Shape[axis] == 1 ? _e.Int(0) : _digit is not null ? _digit(axis) : FromNumber(axis);

    public Val Number
    {
        get
        {
            if (_linear is { } known) return known;
            Val sum = _e.Int(0);
            Shape strides = Shape.RowMajorStrides();
            for (int a = 0; a < Shape.Rank; a++) sum += this[a] * _e.Int(strides[a]);
            _linear = sum;
            return sum;
        }
    }

    /// <summary>The same element where the tensor is seen in another shape.</summary>
    public Coords Reshaped(Shape to) => to == Shape ? this : Derive(("reshape", to), () => _digit is null || Grouped(to) is not { } grouped ? new(_e, to, Number, null) : grouped);

    /// <summary>The element of a tensor of shape <paramref name="from"/> that broadcasting puts here.</summary>
    public Coords Broadcast(Shape from)
    {
        if (from == Shape) return this;
        if (from.Count == 1) return Derive(from, () => new(_e, from, _e.Int(0), null));
        int shift = Shape.Rank - from.Rank;
        return Derive(from, () => new(_e, from, null, a => this[a + shift]));
    }

    /// <summary>Coordinates made from these once for each key.</summary>
    public Coords Derive(object key, Func<Coords> make)
    {
        if (!_derived.TryGetValue(key, out Coords? c)) _derived[key] = c = make();
        return c;
    }

    private Val FromNumber(int axis)
    {
        long inner = Shape.CountOf(axis + 1, Shape.Rank);
        Val d = Number / _e.Int(inner);
        return Shape.CountOf(0, axis) == 1 ? d : d % _e.Int(Shape[axis]);
    }

    /// <summary>Matches runs of axes of equal size, so that only those that really merge or split cost a division.</summary>
    private Coords? Grouped(Shape to)
    {
        if (Shape.Count == 0) return null;
        Val?[] digits = new Val?[to.Rank];
        int i = 0, j = 0;
        while (i < Shape.Rank || j < to.Rank)
        {
            int firstFrom = i, firstTo = j;
            long p = i < Shape.Rank ? Shape[i++] : 1, q = j < to.Rank ? to[j++] : 1;
            while (p != q)
                if (p < q) p *= Shape[i++];
                else q *= to[j++];
            Val number = _e.Int(0);
            for (int a = firstFrom; a < i; a++) number += this[a] * _e.Int(Shape.CountOf(a + 1, i));
            for (int a = firstTo; a < j; a++)
            {
                Val d = number / _e.Int(to.CountOf(a + 1, j));
                digits[a] = to.CountOf(firstTo, a) == 1 ? d : d % _e.Int(to[a]);
            }
        }
        return new(_e, to, null, a => digits[a]!.Value);
    }
}
