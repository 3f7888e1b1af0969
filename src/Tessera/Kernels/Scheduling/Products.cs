using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Kernels of matrix products and convolutions whose operands lie as they are read: an item computes some neighbouring columns (of a matrix, or channels) of some rows (or pixels).</summary>
/// <remarks>
/// The second operand is packed in panels of the columns of an item; the first is read where it lies, or from a copy with zeros around it. Columns that fill no panel have kernels of their own.
/// Items of one panel follow one another, so that it stays in the cache while the rows pass.
/// </remarks>
internal sealed class Products
{
    private const int Wide = 4;

    private readonly Schedule _schedule;
    private readonly Node _root, _n, _x, _w;
    private readonly KernelTarget _target;
    private readonly int _column;
    private readonly List<Launch> _launches = [];

    private Products(Schedule schedule, Node root, Node template, KernelTarget target)
    {
        (_schedule, _root, _n, _target) = (schedule, root, template, target);
        (_x, _w) = (template.In[0], template.In[1]);
        _column = template.Op == GraphOp.MatMul ? root.Shape.Rank - 1 : 1;
    }

    /// <summary>The launches of a product; null when it has none of this kind.</summary>
    public static IReadOnlyList<Launch>? Compile(Schedule schedule, Node root, Node template, KernelTarget target)
    {
        if (!target.PacksOperands || template.In.Any(i => i.Shape.Count == 0 || i.Type.Bits() is < 8 or 64) || template.Shape.Rank < (template.Op == GraphOp.MatMul ? 2 : 3)) return null;
        if (ReadsElsewhere(schedule, root, template)) return null;
        Products p = new(schedule, root, template, target);
        switch (template.Op)
        {
            case GraphOp.MatMul: p.MatMul(); break;
            case GraphOp.Conv: p.Conv(); break;
            case GraphOp.ConvTranspose when ((Arg.ConvTranspose)template.Arg!) is { Group: 1 } a && a.Dilations.All(d => d == 1): p.Transposed(a); break;
            default: return null;
        }
        return p._launches;
    }

    /// <summary>Whether the kernel reads an operand that it would pack in another place too, where its own order is due: x · x, x · xᵀ, x · w + w.</summary>
    private static bool ReadsElsewhere(Schedule schedule, Node root, Node template)
    {
        HashSet<Node> seen = [];
        bool Reads(Node n)
        {
            if (n == template.In[1]) return true;
            if (!seen.Add(n) || n != root && n != template && schedule.IsStored(n)) return false;
            return n == template ? n.In.Where((_, i) => i != 1).Any(Reads) : n.In.Any(Reads);
        }
        return Reads(root);
    }

    /// <summary>Columns that one kernel computes: Vectors vectors of Lanes lanes for each item.</summary>
    private readonly record struct Segment(long Start, long Count, int Lanes, int Vectors)
    {
        public int Width => Lanes * Vectors;
    }

    private void MatMul()
    {
        Shape s = _root.Shape, b = _w.Shape;
        long rowExtent = s[^2];
        int rows = Rows(rowExtent);
        int[] outer = [.. Enumerable.Range(0, b.Rank - 2)];
        foreach (Segment segment in Segments(s[^1], rows, 1))
        {
            Launch Write(Stored? packed)
            {
                Shape items = Shape.Of([.. s.Span[..^2], segment.Count / segment.Width, (rowExtent + rows - 1) / rows]);
                UnitWriter w = Start(items, segment, rows, packed, null);
                Coords item = Coords.OfNumber(w.E, items, w.E.Item());
                return Finish(w, segment, rows, place => Coords.OfDigits(w.E, s, a => a == s.Rank - 1 ? Column(w.E, segment, item[a - 1], place) : a == s.Rank - 2 ? Row(w.E, rowExtent, rows, item[a + 1], place) : item[a]));
            }
            Layout panels = Layout.Panels(b, b.Rank - 1, segment.Start, segment.Count, segment.Width, outer, [b.Rank - 2]);
            bool packs = _w.Op == GraphOp.Const || rowExtent >= 16 && b[^1] * b[^2] >= 4096;
            if (!packs)
            {
                Launch inPlace = Write(null);
                if (!_scattered || rowExtent < 4) { _launches.Add(inPlace); continue; }
            }
            Stored p = Pack(_w, panels, segment);
            _launches.Add(Write(p));
        }
    }

    private void Conv()
    {
        Arg.Conv arg = (Arg.Conv)_n.Arg!;
        Shape s = _root.Shape, f = _w.Shape;
        int rank = s.Rank;
        long each = s[1] / arg.Group;
        bool isDepthwise = f[1] == 1 && each == 1 && arg.Group > 1;
        Stored? padded = Padded();
        (long rowExtent, int rows, bool flat) = RowsOf(s, rank);
        int[] taps = [.. Enumerable.Range(2, rank - 2)];
        foreach (Segment segment in isDepthwise ? Lanewise(s[1]) : Segments(s[1], rows, arg.Group))
        {
            Layout layout = isDepthwise ? Layout.Ordered(f, [1, .. taps, 0]) : Layout.Panels(f, 0, segment.Start, segment.Count, segment.Width, [], [.. taps, 1]);
            Stored packed = Pack(_w, layout, segment);
            Spatial(s, segment, rowExtent, rows, flat, packed, padded);
        }
    }

    /// <summary>One kernel for each phase: results at the same distance behind a multiple of the strides are made from the same taps.</summary>
    private void Transposed(Arg.ConvTranspose arg)
    {
        Shape s = _root.Shape, f = _w.Shape;
        int rank = s.Rank, spatial = rank - 2;
        int[] taps = [.. Enumerable.Range(2, spatial)];
        long phases = arg.Strides.Aggregate(1L, (p, v) => p * v);
        int rows = Rows((s[^1] + arg.Strides[spatial - 1] - 1) / arg.Strides[spatial - 1]);
        foreach (Segment segment in Segments(s[1], rows, 1))
        {
            Stored packed = Pack(_w, Layout.Panels(f, 1, segment.Start, segment.Count, segment.Width, [], [.. taps, 0]), segment);
            for (long k = 0; k < phases; k++)
            {
                long[] phase = new long[spatial];
                long rest = k;
                for (int i = spatial - 1; i >= 0; i--) (phase[i], rest) = (rest % arg.Strides[i], rest / arg.Strides[i]);
                long[] extents = [.. Enumerable.Range(0, spatial).Select(i => (s[i + 2] - phase[i] + arg.Strides[i] - 1) / arg.Strides[i])];
                if (extents.Any(e => e <= 0)) continue;
                int each = (int)Math.Min(rows, extents[^1]);
                Shape items = Shape.Of([s[0], segment.Count / segment.Width, .. extents[..^1], (extents[^1] + each - 1) / each]);
                UnitWriter w = Start(items, segment, each, packed, null);
                Coords item = Coords.OfNumber(w.E, items, w.E.Item());
                Val[] From(Func<int, Val> place) => [.. Enumerable.Range(0, spatial).Select(i => i == spatial - 1 ? Row(w.E, extents[i], each, item[i + 2], place) : item[i + 2])];
                w.Computed[_n] = at => Convolution.Phase(_n, at, From(w.E.Place), phase, w.E, w.R);
                _launches.Add(Finish(w, segment, each, place =>
                {
                    Val[] from = From(place);
                    return Coords.OfDigits(w.E, s, a => a == 0 ? item[0] : a == 1 ? Column(w.E, segment, item[1], place) : from[a - 2] * w.E.Int(arg.Strides[a - 2]) + w.E.Int(phase[a - 2]));
                }));
            }
        }
    }

    private void Spatial(Shape s, Segment segment, long rowExtent, int rows, bool flat, Stored packed, Stored? padded)
    {
        int rank = s.Rank;
        // Rows of pixels that end in the middle of a block are taken as one.
        Shape seen = flat ? Shape.Of([.. s.Span[..(rank - 2)], s[^2] * s[^1]]) : s;
        int last = seen.Rank - 1;
        Shape items = Shape.Of([s[0], segment.Count / segment.Width, .. seen.Span[2..last], (rowExtent + rows - 1) / rows]);
        UnitWriter w = Start(items, segment, rows, packed, padded);
        Coords item = Coords.OfNumber(w.E, items, w.E.Item());
        _launches.Add(Finish(w, segment, rows, place => Coords.OfDigits(w.E, seen, a => a == 1 ? Column(w.E, segment, item[1], place) : a == last ? Row(w.E, rowExtent, rows, item[a], place) : item[a]).Reshaped(s)));
    }

    private static (long Extent, int Rows, bool Flat) RowsOf(Shape s, int rank)
    {
        long width = s[^1];
        int rows = Rows(width);
        bool flat = rank > 3 && s[^2] > 1 && (width + rows - 1) / rows * rows * 8 > width * 9;
        return flat ? (width * s[^2], Rows(width * s[^2]), true) : (width, rows, false);
    }

    /// <summary>Rows of an item: those that leave fewest over, 4 rather than 5 or 3.</summary>
    private static int Rows(long extent) => extent < 4 ? (int)extent : extent % 4 != 0 && extent % 5 == 0 ? 5 : extent % 4 != 0 && extent < 12 && extent % 3 == 0 ? 3 : 4;

    /// <summary>Fewer rows leave registers for more columns.</summary>
    private static IEnumerable<Segment> Segments(long columns, int rows, long groups)
    {
        long each = columns / groups;
        if (groups > 1)
        {
            int width = each % 8 == 0 ? 8 : each % 4 == 0 ? 4 : each % 2 == 0 ? 2 : 1;
            yield return width >= Wide ? new(0, columns, Wide, width / Wide) : new(0, columns, 1, width);
            yield break;
        }
        long start = 0;
        for (int vectors = rows >= 3 ? 2 : rows == 2 ? 4 : 8; vectors >= 1; vectors /= 2)
        {
            long count = (columns - start) / (vectors * Wide) * (vectors * Wide);
            if (count > 0) yield return new(start, count, Wide, vectors);
            start += count;
        }
        if (start < columns) yield return new(start, columns - start, 1, (int)(columns - start));
    }

    private static IEnumerable<Segment> Lanewise(long channels)
    {
        long count = channels / Wide * Wide;
        if (count > 0) yield return new(0, count, Wide, 1);
        if (count < channels) yield return new(count, channels - count, 1, 1);
    }

    private bool _scattered;

    private UnitWriter Start(Shape items, Segment segment, int rows, Stored? packed, Stored? padded)
    {
        UnitWriter w = new(_schedule, _root, _target, items.Count, segment.Lanes, [rows, segment.Vectors]);
        if (packed is { } p) w.Prepared[_w] = p;
        if (padded is { } x) w.Prepared[_x] = x;
        return w;
    }

    /// <param name="place">The element at a place of the block, by its place along either axis.</param>
    private Launch Finish(UnitWriter w, Segment segment, int rows, Func<Func<int, Val>, Coords> place)
    {
        Coords at = place(w.E.Place);
        if (_target.CompilesSlowly && _root != _n && rows * segment.Vectors > 1) w.WriteInTurn(_n, at, segment.Vectors, place);
        else w.Write(_root, at, w.R.Read(_root, at));
        _scattered = w.IsScattered;
        return w.Finish($"{_n.Op}");
    }

    private static Val Column(Emitter e, Segment s, Val panel, Func<int, Val> place)
    {
        Val first = panel * e.Int(s.Width) + place(1) * e.Int(s.Lanes) + e.Int(s.Start);
        return s.Lanes > 1 ? e.Counting(first) : first;
    }

    /// <summary>The last block ends with the last row and may compute some twice.</summary>
    private static Val Row(Emitter e, long extent, int rows, Val block, Func<int, Val> place)
    {
        Val first = block * e.Int(rows);
        if (extent % rows != 0) first = first.Min(e.Int(extent - rows));
        return rows > 1 ? first + place(0) : first;
    }

    /// <summary>The second operand as an item reads it: made when the graph is compiled if it is constant.</summary>
    private Stored Pack(Node n, Layout layout, Segment segment)
    {
        Stored to = new(n, 0, layout, IsHalf(n) ? DType.Float32 : null);
        if (Launch.IsConstant(to with { As = null })) return IsHalf(n) ? Widened(to) : to;
        Shape s = n.Shape;
        int column = layout.Column >= 0 ? layout.Column : 0, width = layout.Column >= 0 ? segment.Width : segment.Lanes;
        int[] others = [.. Enumerable.Range(0, s.Rank).Where(a => a != column)];
        Shape items = Shape.Of([.. others.Select(a => s[a]), segment.Count / width]);
        Launch Write(int lanes)
        {
            UnitWriter w = new(_schedule, _root, _target, items.Count, lanes, [width / lanes]);
            Coords item = Coords.OfNumber(w.E, items, w.E.Item());
            Val first = item[items.Rank - 1] * w.E.Int(width) + w.E.Place(0) * w.E.Int(lanes) + w.E.Int(segment.Start);
            Coords at = Coords.OfDigits(w.E, s, a => a == column ? lanes > 1 ? w.E.Counting(first) : first : item[Array.IndexOf(others, a)]);
            w.Write(to, at, w.R.Read(n, at));
            _scattered = w.E.Scattered;
            return w.Finish("Pack", [n]);
        }
        Launch launch = Write(segment.Lanes);
        _launches.Add(_scattered && segment.Lanes > 1 ? Write(1) : launch);
        return to;
    }

    private static bool IsHalf(Node n) => n.Type is DType.Float16 or DType.BFloat16;

    /// <summary>A constant of 16-bit floats in 32 bits, made from its packed form in every run: to widen it once for each item would take longer than the product.</summary>
    private Stored Widened(Stored to)
    {
        Stored from = to with { As = null };
        int lanes = to.Count % Wide == 0 ? Wide : 1;
        UnitWriter w = new(_schedule, _root, _target, to.Count / lanes, lanes, []);
        Val at = w.E.Counting(w.E.Item() * w.E.Int(lanes));
        w.E.Store(w.Buffer(to, BufferAccess.Write), at, w.E.Load(w.Buffer(from, BufferAccess.Read), at));
        _launches.Add(w.Finish("Widen", [to.Node]));
        return to;
    }

    /// <summary>The first operand of a convolution with zeros as far around it as it looks; null when it is read where it lies.</summary>
    private Stored? Padded()
    {
        (Ints before, Ints after) = Layouts.Reach(_n);
        bool isCovered = _schedule.IsStored(_x) && _schedule.Layouts.Of(_x) is { } l && Enumerable.Range(0, _x.Shape.Rank).All(a => l.Before[a] >= before[a] && l.After[a] >= after[a]);
        if (isCovered || before.All(b => b == 0) && after.All(a => a == 0)) return null;
        Stored to = new(_x, 0, Layout.Padded(_x.Shape, Layout.ChannelsLast(_x.Shape.Rank), before, after), IsHalf(_x) ? DType.Float32 : null);
        _launches.AddRange(Clearing.Of(to, _schedule, _target));
        Layout dense = Layout.Ordered(_x.Shape, Layout.ChannelsLast(_x.Shape.Rank));
        Launch Copy(int lanes)
        {
            UnitWriter w = new(_schedule, _root, _target, dense.Count / lanes, lanes, []);
            Val first = w.E.Item() * w.E.Int(lanes);
            Coords at = Coords.OfPlace(w.E, dense, w.E.Counting(first));
            w.Write(to, at, w.R.Read(_x, at));
            _scattered = w.E.Scattered;
            return w.Finish("Pad", [_x]);
        }
        Launch launch = Copy(_x.Shape[1] % Wide == 0 ? Wide : 1);
        _launches.Add(_scattered ? Copy(1) : launch);
        return to;
    }
}
