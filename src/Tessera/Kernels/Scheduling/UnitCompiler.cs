using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Writes the kernels of one unit of a schedule.</summary>
internal sealed class UnitCompiler
{
    private const int Wide = 4, MostTurns = 32768;

    private readonly Schedule _schedule;
    private readonly Node _root;
    private readonly KernelTarget _target;

    private readonly bool _isLong;

    private UnitCompiler(Schedule schedule, Node root, KernelTarget target)
    {
        (_schedule, _root) = (schedule, root);
        // Where every operation is many, unrolled loops and register blocks are code that no driver compiles in time.
        _isLong = target.WritesFloat64 && schedule.Reach(root).Any(n => n.Outputs.Any(o => o.Type == DType.Float64));
        _target = _isLong ? target with { PacksOperands = false } : target;
    }

    /// <summary>The launches that compute <paramref name="root"/>, in order.</summary>
    public static IEnumerable<Launch> Compile(Schedule schedule, Node root, KernelTarget target) => new UnitCompiler(schedule, root, target).Run();

    private IEnumerable<Launch> Run()
    {
        if (_root.Outputs.All(o => o.Shape.Count == 0)) return [];
        Stored place = _schedule.Place(_root);
        return place.Layout is null ? Launches() : [.. Clearing.Of(place, _schedule, _target), .. Launches()];
    }

    private IEnumerable<Launch> Launches()
    {
        Node? template = _schedule.Template(_root);
        if (template?.Op is GraphOp.MatMul or GraphOp.Conv or GraphOp.ConvTranspose && TakesVectors() && Products.Compile(_schedule, _root, template, _target) is { } product) return product;
        return template?.Op switch
        {
            // Drivers took minutes, or all memory, to compile these.
            GraphOp.Pool or GraphOp.Rnn when _isLong => throw new TesseraException(ErrorCode.Unsupported, $"{template.Op} of Float64 is too much to write out in integers, which it takes where {_target.Name} has no 64-bit floats."),
            GraphOp.Concat => Concat(),
            GraphOp.ScatterElements or GraphOp.ScatterNd => Scatter(),
            GraphOp.Softmax or GraphOp.LogSoftmax => [Lined(template, [((Arg.Along)template.Arg!).Axis])],
            GraphOp.Norm => [Lined(template, ((Arg.Norm)template.Arg!).Axes)],
            GraphOp.ReduceSum or GraphOp.ReduceProd or GraphOp.ReduceMax or GraphOp.ReduceMin when Reduced(template) is { } reduced => [reduced],
            GraphOp.CumSum => [Line(template, [((Arg.Scan)template.Arg!).Axis], Lines.CumSum)],
            GraphOp.TopK => [TopK()],
            GraphOp.Pool when template.Outputs.Length > 1 => [PoolWithPlaces()],
            GraphOp.MatMul or GraphOp.Conv => [Blocked(template)],
            GraphOp.Rnn => [Rnn()],
            GraphOp.Host or GraphOp.Attention => throw new TesseraException(ErrorCode.Unsupported, $"{template.Op} has no kernel."),
            _ => [Element(_root, (at, r, e, w) => w.Write(_root, at, r.Read(_root, at)))],
        };
    }

    /// <summary>Element by element: in vectors along the last axis where neighbours lie side by side in what is read, along another axis where they do there, else one by one.</summary>
    private Launch Element(Node part, Action<Coords, Reader, Emitter, UnitWriter> body)
    {
        (Launch vector, bool scattered) = Pointwise(part, Wide, body);
        return !scattered ? vector : Across(part, body) ?? Pointwise(part, 1, body).Item1;
    }

    /// <summary>Vectors have 32-bit lanes; angles are reduced in Float64 where the target has no sine.</summary>
    private bool TakesVectors() => !_schedule.Reach(_root).Any(n => n.Outputs.Any(o => o.Type.Bits() == 64) || !_target.HasFunctions && _target.HasFloat64 && n.Op is GraphOp.Sin or GraphOp.Cos or GraphOp.Tan);

    private (Launch, bool) Pointwise(Node part, int lanes, Action<Coords, Reader, Emitter, UnitWriter> body)
    {
        Shape domain = part.Shape;
        if (!TakesVectors() || domain.Count < lanes) lanes = 1;
        if (_target.WalksRuns && Runs.Of(_schedule, _root, part) is { } runs && runs.Length >= 2 * Wide) return Run(domain, runs, lanes, body);
        long items = (domain.Count + lanes - 1) / lanes;
        UnitWriter w = new(_schedule, _root, _target, items, lanes, []);
        Val first = w.E.Item() * w.E.Int(lanes);
        // The last vector ends with the last element and may compute some twice.
        if (domain.Count % lanes != 0) first = first.Min(w.E.Int(domain.Count - lanes));
        body(Number(w.E, domain, w.E.Counting(first)), w.R, w.E, w);
        return (w.Finish(_root.Op.ToString()), w.E.Scattered);
    }

    /// <summary>An item computes a run of neighbours, vector by vector, so that what is the same for all of them is found once.</summary>
    private (Launch, bool) Run(Shape domain, Runs runs, int lanes, Action<Coords, Reader, Emitter, UnitWriter> body)
    {
        UnitWriter w = new(_schedule, _root, _target, runs.Outer.Count * runs.Pieces, lanes, []);
        Emitter e = w.E;
        Val item = e.Item(), first = e.Int(0);
        if (runs.Pieces > 1)
        {
            first = item % e.Int(runs.Pieces) * e.Int(runs.Piece);
            // The last piece ends with the run and may compute some twice.
            if (runs.Pieces * runs.Piece > runs.Length) first = first.Min(e.Int(runs.Length - runs.Piece));
        }
        Coords outer = Coords.OfNumber(e, runs.Outer, item / e.Int(runs.Pieces));
        void At(Val j) => body(runs.At(e, domain, outer, e.Counting(j)), w.R, e, w);
        long whole = runs.Piece / lanes * lanes;
        e.For(e.Int(0), e.Int(whole), lanes, j => At(first + j));
        if (whole < runs.Piece) At(first + e.Int(runs.Piece - lanes));
        return (w.Finish(_root.Op.ToString()), e.Scattered);
    }

    /// <summary>Transposes: vectors lie along the axis along which operands do, and their lanes are stored to as many rows. An item takes two such vectors at each place of a row: rows a power of two apart share few places in a cache.</summary>
    private Launch? Across(Node part, Action<Coords, Reader, Emitter, UnitWriter> body)
    {
        const long most = 256;
        Shape domain = part.Shape;
        int last = domain.Rank - 1;
        if (!_target.WalksRuns || !TakesVectors() || domain.Rank < 2 || domain[last] < Wide || _schedule.Layouts.Of(_root) is not null) return null;
        long piece = Math.Min(most, domain[last]);
        for (int axis = last - 1; axis >= 0; axis--)
        {
            if (domain[axis] < Wide) continue;
            int vectors = domain[axis] >= 2 * Wide ? 2 : 1, rows = vectors * Wide;
            Shape items = domain.With(last, (domain[last] + piece - 1) / piece).With(axis, (domain[axis] + rows - 1) / rows);
            UnitWriter w = new(_schedule, _root, _target, items.Count, Wide, [vectors]);
            Emitter e = w.E;
            Coords item = Coords.OfNumber(e, items, e.Item());
            // The last rows and the last piece end with their axes and may compute some twice.
            Val row = (item[axis] * e.Int(rows)).Min(e.Int(domain[axis] - rows)), first = (item[last] * e.Int(piece)).Min(e.Int(domain[last] - piece));
            Val lanes = e.Counting(row + e.Place(0) * e.Int(Wide));
            e.For(piece, j => body(Coords.OfDigits(e, domain, a => a == axis ? lanes : a == last ? first + j : item[a]), w.R, e, w));
            if (!e.Scattered) return w.Finish(_root.Op.ToString());
        }
        return null;
    }

    /// <summary>Elements in the order in which the unit's value stores them.</summary>
    private Coords Number(Emitter e, Shape domain, Val number) =>
        _schedule.Layouts.Of(_root) is null || domain.Rank != _root.Shape.Rank ? Coords.OfNumber(e, domain, number) : Coords.OfPlace(e, Layout.Ordered(domain, Layout.ChannelsLast(domain.Rank)), number);

    /// <summary>A product: an item computes 4 neighbours of up to 4 rows, so that each element read serves several results.</summary>
    private Launch Blocked(Node template)
    {
        Shape s = _root.Shape;
        int last = s.Rank - 1, rowAxis = template.Op == GraphOp.MatMul ? s.Rank - 2 : 1;
        int lanes = TakesVectors() && s[last] >= Wide && last != rowAxis ? Wide : 1;
        long rowExtent = template.Op == GraphOp.MatMul ? s[rowAxis] : s[1] / ((Arg.Conv)template.Arg!).Group;
        int rows = template.Op == GraphOp.MatMul ? (int)Math.Min(4, rowExtent) : rowExtent % 4 == 0 ? 4 : rowExtent % 2 == 0 ? 2 : 1;
        if (_isLong) rows = 1;
        long[] steps = [.. Enumerable.Range(0, s.Rank).Select(a => a == last ? (s[a] + lanes - 1) / lanes : a == rowAxis ? (s[a] + rows - 1) / rows : s[a])];
        if (last == rowAxis) (lanes, steps[last]) = (1, (s[last] + rows - 1) / rows);
        Shape items = Shape.Of(steps);
        UnitWriter w = new(_schedule, _root, _target, items.Count, lanes, [rows]);
        Emitter e = w.E;
        Coords item = Coords.OfNumber(e, items, e.Item());
        Val Digit(int a)
        {
            Val d = item[a];
            if (a == rowAxis && rows > 1)
            {
                d *= e.Int(rows);
                if (s[a] % rows != 0) d = d.Min(e.Int(s[a] - rows));
                d += e.Place(0);
            }
            if (a != last || lanes == 1) return d;
            d *= e.Int(lanes);
            if (s[a] % lanes != 0) d = d.Min(e.Int(s[a] - lanes));
            return e.Counting(d);
        }
        Coords at = Coords.OfDigits(e, s, Digit);
        w.Write(_root, at, w.R.Read(_root, at));
        return w.Finish(template.Op.ToString());
    }

    private Launch Line(Node template, Ints axes, Action<Node, Coords, Emitter, Reader, Action<Coords, Val>> body)
    {
        Shape domain = Lines.Of(template.Shape, axes);
        UnitWriter w = new(_schedule, _root, _target, domain.Count, 1, []);
        body(template, Coords.OfNumber(w.E, domain, w.E.Item()), w.E, w.R, (at, v) => Finished(w, template, at, v));
        return w.Finish(template.Op.ToString());
    }

    private void Finished(UnitWriter w, Node template, Coords at, Val v)
    {
        w.R.Remember(template, at, UnitWriter.Rounded(template, v));
        w.Write(_root, at, w.R.Read(_root, at));
    }

    /// <summary>Softmax and normalisation: lanes hold neighbours along the line where these lie side by side, neighbouring lines where those do.</summary>
    private Launch Lined(Node template, Ints axes)
    {
        Shape s = template.Shape, domain = Lines.Of(s, axes);
        int last = s.Rank - 1;
        bool vectors = TakesVectors(), along = axes.Span.Contains(last);
        foreach (int lanes in vectors && (along ? s[last] : domain[last]) >= Wide ? [Wide, 1] : (int[])[1])
        {
            // Lanes along the line take an item for each line; lanes across lines take one for several.
            Shape items = along || lanes == 1 ? domain : Shape.Of([.. domain.Span[..^1], (domain[last] + lanes - 1) / lanes]);
            UnitWriter w = new(_schedule, _root, _target, items.Count, lanes, []);
            Emitter e = w.E;
            Coords item = Coords.OfNumber(e, items, e.Item());
            Coords line = items == domain ? item : Coords.OfDigits(e, domain, a =>
            {
                if (a != last) return item[a];
                Val first = item[a] * e.Int(lanes);
                return e.Counting(domain[last] % lanes == 0 ? first : first.Min(e.Int(domain[last] - lanes)));
            });
            LineWalk walk = new(e, s, axes, line, along);
            void Write(Coords at, Val v) => Finished(w, template, at, v);
            if (template.Op == GraphOp.Norm) Lines.Norm(template, walk, e, w.R, Write);
            else Lines.Softmax(template, walk, e, w.R, Write, _root == template && template.Type == DType.Float32 ? Kept(w) : null);
            if (!e.Scattered || lanes == 1) return w.Finish(template.Op.ToString());
        }
        throw new TesseraException(ErrorCode.Internal, $"{template} has no form of one lane.");
    }

    /// <summary>The unit's own value as memory of its kernel.</summary>
    private (Action<Coords, Val> Write, Func<Coords, Val> Read) Kept(UnitWriter w)
    {
        Stored s = _schedule.Place(_root);
        int buffer = w.Buffer(s, BufferAccess.ReadWrite);
        Val At(Coords c) => s.Layout is { } l ? c.Place(l) : c.Number;
        return ((c, v) => w.E.Store(buffer, At(c), v), c => w.E.Load(buffer, At(c)));
    }

    /// <summary>A reduction whose elements lie side by side: lanes hold partial results; null when they do not.</summary>
    private Launch? Reduced(Node template)
    {
        Arg.Reduce arg = (Arg.Reduce)template.Arg!;
        Shape s = template.In[0].Shape;
        if (!TakesVectors() || s.Count == 0 || s.Rank == 0 || !arg.Axes.Span.Contains(s.Rank - 1) || s.CountOf((int)arg.Axes[^1], s.Rank) < 2 * Wide || template.Type == DType.Bool) return null;
        UnitWriter w = new(_schedule, _root, _target, _root.Shape.Count, Wide, []);
        Coords at = Number(w.E, _root.Shape, w.E.Item());
        w.Computed[template] = c => Contraction.Reduced(template, c, w.E, w.R, inVectors: true);
        w.Write(_root, at, w.R.Read(_root, at));
        return w.E.Scattered ? null : w.Finish(template.Op.ToString());
    }

    private Launch TopK()
    {
        Shape domain = Lines.Of(_root.Shape, [((Arg.TopK)_root.Arg!).Axis]);
        UnitWriter w = new(_schedule, _root, _target, domain.Count, 1, []);
        Lines.TopK(_root, Coords.OfNumber(w.E, domain, w.E.Item()), w.E, w.R, (at, v, place) =>
        {
            w.Write(_root, at, v, 0);
            w.Write(_root, at, place, 1);
        });
        return w.Finish("TopK");
    }

    private Launch PoolWithPlaces()
    {
        UnitWriter w = new(_schedule, _root, _target, _root.Shape.Count, 1, []);
        Coords at = Coords.OfNumber(w.E, _root.Shape, w.E.Item());
        (Val value, Val place) = Pooling.Pool(_root, at, w.E, w.R);
        Shape s = _root.In[0].Shape;
        Val plane = (at[0] * w.E.Int(s[1]) + at[1]) * w.E.Int(s.CountOf(2, s.Rank));
        w.Write(_root, at, value, 0);
        w.Write(_root, at, place.Is(-1).Then(place, plane + place).To(ScalarKind.Int64), 1);
        return w.Finish("Pool");
    }

    private Launch Rnn()
    {
        Shape domain = Shape.Of(_root.Outputs[1].Shape[0], _root.Outputs[1].Shape[1]);
        Arg.Rnn a = (Arg.Rnn)_root.Arg!;
        bool packs = _target.PacksOperands && TakesVectors() && a.Hidden % Wide == 0 && _root.In[1].Op == GraphOp.Const && _root.In[2].Op == GraphOp.Const;
        // Half the code takes twice the turns; drivers bound how often an item may loop.
        bool isShort = _target.CompilesSlowly && _root.In[0].Shape[0] * (a.Hidden / Wide) * (_root.In[0].Shape[2] + a.Hidden) < MostTurns;
        int vectors = a.Hidden % (2 * Wide) == 0 && !isShort ? 2 : 1, width = packs ? vectors * Wide : 1, gates = Recurrent.GatesOf(a.Kind);
        UnitWriter w = new(_schedule, _root, _target, domain.Count, packs ? Wide : 1, packs ? [vectors] : []);
        int[] buffers = [.. Enumerable.Range(0, 3).Select(i => w.Buffer(new(_root, i), BufferAccess.ReadWrite))];
        int Weights(int operand) => w.Buffer(new(_root.In[operand], 0, Layout.Gated(_root.In[operand].Shape, gates, width)), BufferAccess.Read);
        Recurrent.Run(_root, Coords.OfNumber(w.E, domain, w.E.Item()), w.E, w.R, buffers, width, packs ? (Weights(1), Weights(2)) : null);
        return w.Finish("Rnn");
    }

    private IEnumerable<Launch> Concat()
    {
        int axis = ((Arg.Along)_root.Arg!).Axis;
        long from = 0;
        foreach (Node part in _root.In)
        {
            long start = from;
            from += part.Shape[axis];
            if (part.Shape.Count == 0) continue;
            yield return Element(part, (at, r, e, w) => w.Write(_root, at.With(_root.Shape, axis, at[axis] + e.Int(start)), r.Read(part, at)));
        }
    }

    private IEnumerable<Launch> Scatter()
    {
        yield return Element(_root, (at, r, e, w) => w.Write(_root, at, r.Read(_root.In[0], at)));
        Shape domain = Scattering.Domain(_root);
        if (domain.Count == 0 || _root.In[1].Shape.Count == 0) yield break;
        UnitWriter w = new(_schedule, _root, _target, domain.Count, 1, []);
        Scattering.Scatter(_root, Coords.OfNumber(w.E, domain, w.E.Item()), w.E, w.R, w.Buffer(_schedule.Place(_root), BufferAccess.ReadWrite));
        yield return w.Finish(_root.Op.ToString());
    }
}
