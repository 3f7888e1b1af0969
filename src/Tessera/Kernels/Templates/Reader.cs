using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Values of graph nodes inside a kernel: read from memory where they are stored, computed where they are not. Movement costs an index and nothing else.</summary>
internal sealed class Reader
{
    private readonly Emitter _e;
    private readonly Func<Node, (int Number, Layout? Layout)?> _buffer;
    private readonly Func<Node, Coords, Val?> _compute;
    private readonly Func<int> _faults;
    private readonly List<Dictionary<(Node, Coords), Val>> _known = [[]];

    /// <param name="e">Where instructions go.</param>
    /// <param name="buffer">Number of the buffer that a node is stored in, and where its elements lie there (null: row-major); null for one that is not.</param>
    /// <param name="compute">The value of a node with a template of its own; null to let this reader find it.</param>
    /// <param name="faults">Number of the buffer that tells of indices outside their axis.</param>
    public Reader(Emitter e, Func<Node, (int Number, Layout? Layout)?> buffer, Func<Node, Coords, Val?> compute, Func<int> faults)
    {
        (_e, _buffer, _compute, _faults) = (e, buffer, compute, faults);
        e.Closed += depth => { if (depth < _known.Count) _known.RemoveRange(depth, _known.Count - depth); };
    }

    /// <summary>Element <paramref name="at"/> of <paramref name="n"/>.</summary>
    public Val Read(Node n, Coords at)
    {
        foreach (Dictionary<(Node, Coords), Val> d in _known)
            if (d.TryGetValue((n, at), out Val known)) return known;
        Val v = Find(n, at);
        Remember(n, at, v);
        return v;
    }

    /// <summary>Takes <paramref name="v"/> for element <paramref name="at"/> of <paramref name="n"/> from now on.</summary>
    public void Remember(Node n, Coords at, Val v)
    {
        int depth = v.Parts.Max(p => p.Depth);
        while (_known.Count <= depth) _known.Add([]);
        _known[depth][(n, at)] = v;
    }

    /// <summary>Where the elements of a stored node lie; null for one that is computed in place.</summary>
    public Layout? LayoutOf(Node n) => _buffer(n) is { } b ? b.Layout ?? Layout.RowMajor(n.Shape) : null;

    private Val Find(Node n, Coords at) => _buffer(n) is { } b ? _e.Load(b.Number, b.Layout is { } l ? at.Place(l) : at.Number) : Computed(n, at);

    private Val Computed(Node n, Coords at)
    {
        if (_compute(n, at) is { } v) return v;
        return n.Op switch
        {
            GraphOp.Const => Literal(n.Constant!),
            GraphOp.Reshape => Read(n.In[0], at.Reshaped(n.In[0].Shape)),
            GraphOp.Broadcast => Read(n.In[0], at.Broadcast(n.In[0].Shape)),
            GraphOp.Transpose => Read(n.In[0], Transposed(n, at)),
            GraphOp.Slice => Read(n.In[0], Sliced(n, at)),
            GraphOp.Pad => Padded(n, at),
            GraphOp.Gather => Read(n.In[0], Gathered(n, at)),
            GraphOp.GatherElements => Read(n.In[0], at.Derive((n, "from"), () => Replaced(n, at, ((Arg.Along)n.Arg!).Axis))),
            GraphOp.GatherNd => Read(n.In[0], GatheredNd(n, at)),
            _ when Elementwise.Is(n.Op) => Elementwise.Apply(n, [.. n.In.Select(i => Read(i, at.Broadcast(i.Shape)))]),
            _ => throw new TesseraException(ErrorCode.Internal, $"{n} is neither stored nor computed."),
        };
    }

    private Val Literal(Tensor t)
    {
        KernelType type = KernelType.Reads(t.Type)!.Value;
        using Tensor c = t.Contiguous();
        return type.IsFloat ? _e.Const(type, Scalars.ToFloat64(c)[0]) : _e.Const(type, t.Type == DType.UInt64 ? (long)c.ToArray<ulong>()[0] : t.Type.Bits() == 4 ? Nibble(c) : Scalars.ToInt64(c)[0]);
    }

    private static long Nibble(Tensor t) => t.Type == DType.Int4 ? (long)t.RawBytes()[0] << 60 >> 60 : t.RawBytes()[0] & 15;

    private Coords Transposed(Node n, Coords at)
    {
        Ints axes = ((Arg.Permutation)n.Arg!).Axes;
        int[] from = new int[axes.Count];
        for (int i = 0; i < from.Length; i++) from[(int)axes[i]] = i;
        return at.Derive(n, () => Coords.OfDigits(_e, n.In[0].Shape, a => at[from[a]]));
    }

    private Coords Sliced(Node n, Coords at)
    {
        Arg.Slice s = (Arg.Slice)n.Arg!;
        return at.Derive(n, () => Coords.OfDigits(_e, n.In[0].Shape, a => at[a] * _e.Int(s.Steps[a]) + _e.Int(s.Starts[a])));
    }

    private Val Padded(Node n, Coords at)
    {
        Arg.Pad p = (Arg.Pad)n.Arg!;
        Shape s = n.In[0].Shape;
        Val inside = _e.Const(KernelType.Bool, 1L);
        Val[] digits = new Val[s.Rank];
        for (int a = 0; a < s.Rank; a++)
        {
            Val i = at[a] - _e.Int(p.Before[a]);
            long n1 = s[a] - 1;
            if (p.Mode == PadMode.Constant && p.Before[a] + p.After[a] > 0) inside &= (i >= 0) & (i <= n1);
            digits[a] = p.Before[a] + p.After[a] == 0 ? at[a] : p.Mode switch
            {
                PadMode.Constant or PadMode.Edge => i.Max(0).Min(Math.Max(0, n1)),
                PadMode.Wrap => Mod(i, s[a]),
                PadMode.Reflect => n1 == 0 ? _e.Int(0) : Folded(Mod(i, 2 * n1), n1),
            };
        }
        // An empty tensor has no element to look at, padded or not.
        if (s.Count == 0) return Read(n.In[1], at.Broadcast(n.In[1].Shape));
        Val v = Read(n.In[0], at.Derive(n, () => Coords.OfDigits(_e, s, a => digits[a])));
        return p.Mode == PadMode.Constant ? inside.Then(v, Read(n.In[1], at.Broadcast(n.In[1].Shape))) : v;
    }

    private Val Folded(Val i, long last) => (i <= last).Then(i, _e.Int(2 * last) - i);

    private Val Mod(Val i, long n)
    {
        Val r = i % _e.Int(n);
        return (r < 0).Then(r + _e.Int(n), r);
    }

    private Coords Gathered(Node n, Coords at)
    {
        int axis = ((Arg.Along)n.Arg!).Axis, rank = n.In[1].Shape.Rank;
        return at.Derive((n, "from"), () =>
        {
            Val index = Index(n.In[1], at.Derive((n, "index"), () => Coords.OfDigits(_e, n.In[1].Shape, a => at[axis + a])), n.In[0].Shape[axis]);
            return Coords.OfDigits(_e, n.In[0].Shape, a => a < axis ? at[a] : a == axis ? index : at[a + rank - 1]);
        });
    }

    /// <summary>Coordinates <paramref name="at"/> in the indices of GatherElements or ScatterElements, with the one along the axis replaced by the index there.</summary>
    public Coords Replaced(Node n, Coords at, int axis)
    {
        Val index = Index(n.In[1], at, n.In[0].Shape[axis]);
        return Coords.OfDigits(_e, n.In[0].Shape, a => a == axis ? index : at[a]);
    }

    private Coords GatheredNd(Node n, Coords at)
    {
        int batch = ((Arg.Along)n.Arg!).Axis, rank = n.In[1].Shape.Rank, depth = (int)n.In[1].Shape[-1];
        return at.Derive((n, "from"), () =>
        {
            Val[] tuple = Tuple(n, a => at[a]);
            return Coords.OfDigits(_e, n.In[0].Shape, a => a < batch ? at[a] : a < batch + depth ? tuple[a - batch] : at[a - depth - batch + rank - 1]);
        });
    }

    /// <summary>The index tuple of GatherNd or ScatterNd at the given coordinates of the indices.</summary>
    public Val[] Tuple(Node n, Func<int, Val> at)
    {
        Shape s = n.In[1].Shape;
        int batch = n.Op == GraphOp.GatherNd ? ((Arg.Along)n.Arg!).Axis : 0;
        return [.. Enumerable.Range(0, (int)s[-1]).Select(d => Index(n.In[1], Coords.OfDigits(_e, s, a => a == s.Rank - 1 ? _e.Int(d) : at(a)), n.In[0].Shape[batch + d]))];
    }

    /// <summary>An index into an axis: counted from the end when negative, kept inside, with a fault told of when it lies outside.</summary>
    private Val Index(Node indices, Coords at, long extent)
    {
        Val raw = Read(indices, at), n = raw.E.Const(raw.Type, extent), low = raw.Type.IsSigned ? (raw < 0).Then(raw + n, raw) : raw;
        if (!IsKnownInside(indices, extent))
        {
            Val outside = low >= n;
            if (raw.Type.IsSigned) outside |= low < 0;
            _e.Store(_faults(), _e.Int(0), _e.Int(1), _e.Across(outside, (p, q) => p | q));
        }
        return low.To(ScalarKind.Int32).Max(0).Min(Math.Max(0, extent - 1));
    }

    private static bool IsKnownInside(Node indices, long extent)
    {
        for (; indices.Op is GraphOp.Reshape or GraphOp.Broadcast or GraphOp.Transpose; indices = indices.In[0]) { }
        return indices.Constant is { } t && Array.TrueForAll(Scalars.ToInt64(t), v => v >= -extent && v < extent);
    }
}
