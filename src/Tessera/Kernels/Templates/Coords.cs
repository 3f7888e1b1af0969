namespace Tessera.Kernels;

/// <summary>Which element of a tensor an item looks at: its coordinates, or its row-major number, whichever is known; the other is computed when asked for.</summary>
internal sealed class Coords
{
    private readonly Emitter _e;
    private readonly Func<int, Val>? _digit;
    private readonly Val?[] _digits = new Val?[Shape.MaxRank];
    private readonly Dictionary<object, Coords> _derived = [];
    private readonly Dictionary<Layout, Val> _places = [];
    private readonly List<(int First, int End, Val Number)> _groups = [];
    private Val? _linear;
    private bool _outside;

    private Coords(Emitter e, Shape shape, Val? linear, Func<int, Val>? digit) => (_e, Shape, _linear, _digit) = (e, shape, linear, digit);

    public static Coords OfNumber(Emitter e, Shape shape, Val number) => new(e, shape, number, null);

    public static Coords OfDigits(Emitter e, Shape shape, Func<int, Val> digit) => new(e, shape, null, digit);

    /// <summary>As <see cref="OfDigits"/>, for coordinates that may lie outside their axes.</summary>
    public static Coords OfAnyDigits(Emitter e, Shape shape, Func<int, Val> digit) => new(e, shape, null, digit) { _outside = true };

    /// <summary>The element at a place of a layout that leaves nothing out.</summary>
    public static Coords OfPlace(Emitter e, Layout layout, Val place)
    {
        Shape s = layout.Shape, physical = Shape.Of([.. layout.Parts.Select(p => s[p.Axis])]);
        Coords inner = OfNumber(e, physical, place);
        Coords c = new(e, s, null, a => inner[layout.Parts.IndexOf(layout.Parts.First(p => p.Axis == a))]);
        c._places[layout] = place;
        return c;
    }

    public Shape Shape { get; }

    public Val this[int axis] => _digits[axis] ??= Shape[axis] == 1 && !_outside ? _e.Int(0) : _digit is not null ? _digit(axis) : FromNumber(axis);

    public Val Number
    {
        get
        {
            if (_linear is { } known) return known;
            Val sum = _e.Int(0);
            Shape strides = Shape.RowMajorStrides();
            for (int a = 0; a < Shape.Rank; a++)
                if (GroupAt(a, strides, out Val number, out int last)) (sum, a) = (sum + number * _e.Int(strides[last]), last);
                else sum += this[a] * _e.Int(strides[a]);
            _linear = sum;
            return sum;
        }
    }

    /// <summary>Where the element lies in a layout.</summary>
    public Val Place(Layout layout)
    {
        if (_places.TryGetValue(layout, out Val known)) return known;
        Val sum = _e.Int(layout.Offset);
        HashSet<int> done = [];
        Shape strides = Strides(layout);
        foreach (LayoutPart p in layout.Parts)
        {
            if (!done.Add(p.Axis) && strides[p.Axis] > 0) continue;
            if (strides[p.Axis] > 0 && GroupAt(p.Axis, strides, out Val number, out int last))
            {
                for (int a = p.Axis; a <= last; a++) done.Add(a);
                sum += number * _e.Int(strides[last]);
                continue;
            }
            Val d = this[p.Axis];
            if (p.Start != 0) d -= _e.Int(p.Start);
            if (p.Divisor != 1) d /= _e.Int(p.Divisor);
            if (p.Extent != 0) d %= _e.Int(p.Extent);
            sum += d * _e.Int(p.Stride);
        }
        return _places[layout] = sum;
    }

    /// <summary>The same element but for its coordinate along an axis of a tensor of shape <paramref name="to"/>.</summary>
    public Coords With(Shape to, int axis, Val digit)
    {
        Coords c = new(_e, to, null, a => a == axis ? digit : this[a]);
        c._groups.AddRange(_groups.Where(g => axis < g.First || axis >= g.End));
        return c;
    }

    private static Shape Strides(Layout layout) => Shape.Of([.. Enumerable.Range(0, layout.Shape.Rank).Select(a => layout.Stride(a) ?? 0)]);

    /// <summary>Axes from <paramref name="first"/> on that are known as one number and lie as one run in memory.</summary>
    private bool GroupAt(int first, Shape strides, out Val number, out int last)
    {
        foreach ((int f, int end, Val n) in _groups)
        {
            (number, last) = (n, end - 1);
            bool isRun = f == first && strides[last] > 0;
            for (int a = f; isRun && a < last; a++) isRun = strides[a] == strides[a + 1] * Shape[a + 1];
            if (isRun) return true;
        }
        (number, last) = (default, 0);
        return false;
    }

    /// <summary>The same element where the tensor is seen in another shape.</summary>
    public Coords Reshaped(Shape to) => to == Shape ? this : Derive(("reshape", to), () => _digit is null || Grouped(to) is not { } grouped ? new(_e, to, Number, null) : grouped);

    /// <summary>The element of a tensor of shape <paramref name="from"/> that broadcasting puts here.</summary>
    public Coords Broadcast(Shape from)
    {
        if (from == Shape) return this;
        if (from.Count == 1) return Derive(from, () => new(_e, from, _e.Int(0), null));
        int shift = Shape.Rank - from.Rank;
        return Derive(from, () =>
        {
            Coords c = new(_e, from, null, a => this[a + shift]);
            foreach ((int first, int end, Val number) in _groups)
                if (first >= shift && Enumerable.Range(first, end - first).All(a => from[a - shift] == Shape[a])) c._groups.Add((first - shift, end - shift, number));
            return c;
        });
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
        int[] group = new int[to.Rank];
        List<(int First, int End, Val Number)> groups = [];
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
            for (int a = firstTo; a < j; a++) group[a] = groups.Count;
            groups.Add((firstTo, j, number));
        }
        Coords c = new(_e, to, null, a =>
        {
            (int first, int end, Val number) = groups[group[a]];
            if (end - first == 1) return number;
            Val d = number / _e.Int(to.CountOf(a + 1, end));
            return to.CountOf(first, a) == 1 ? d : d % _e.Int(to[a]);
        });
        c._groups.AddRange(groups.Where(g => g.End - g.First > 1));
        return c;
    }
}
