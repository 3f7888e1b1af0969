using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>A kernel of a unit in the making, with the buffers that it is found to need.</summary>
internal sealed class UnitWriter
{
    // Fewer items than these in larger groups would leave some cores of a device idle.
    private const int SmallLaunch = 4096, SmallGroup = 16;

    private readonly Schedule _schedule;
    private readonly Node _root;
    private readonly KernelTarget _target;
    private readonly List<Stored?> _bindings = [];
    private readonly Dictionary<Stored, int> _numbers = [];
    private readonly KernelBuilder _b;
    private int _faults = -1;
    private bool _isScattered;

    /// <param name="root">What the kernel computes, or a part of it.</param>
    /// <param name="items">Work items of a launch.</param>
    /// <param name="lanes">Neighbours in a vector.</param>
    /// <param name="block">Extents of the register block.</param>
    public UnitWriter(Schedule schedule, Node root, KernelTarget target, long items, int lanes, int[] block)
    {
        if (items > int.MaxValue) throw new TesseraException(ErrorCode.Unsupported, $"{root} takes {items} work items; kernels number them with 32 bits.");
        (_schedule, _root, _target, _b) = (schedule, root, target, new KernelBuilder(items));
        E = new(_b, target, lanes, block);
        R = new(E, Find, (n, at) => Compute(n, at, E, R!), Faults);
    }

    public Emitter E { get; }

    public Reader R { get; }

    /// <summary>Whether some access went lane by lane because neighbours do not lie side by side.</summary>
    public bool IsScattered => _isScattered || E.Scattered;

    /// <summary>Operands that were prepared for the kernel, read in place of the nodes themselves.</summary>
    public Dictionary<Node, Stored> Prepared { get; } = [];

    /// <summary>Nodes that are computed otherwise than by their template.</summary>
    public Dictionary<Node, Func<Coords, Val>> Computed { get; } = [];

    public int Buffer(Stored s, BufferAccess access)
    {
        if (_numbers.TryGetValue(s, out int known)) return known;
        if (SameConstant(s) is { } same) return _numbers[s] = same;
        if (s.Count > int.MaxValue) throw new TesseraException(ErrorCode.Unsupported, $"{s.Type} has more elements than kernels number.");
        _bindings.Add(s);
        return _numbers[s] = _b.Buffer($"b{_bindings.Count - 1}", s.Element, access, _target.CompilesSlowly ? s.Count : 0);
    }

    /// <summary>Stores an element of an output of a node where the schedule wants it.</summary>
    public void Write(Node n, Coords at, Val v, int output = 0) => Write(output == 0 ? _schedule.Place(n) : new(n, output), at, v);

    /// <summary>Writes the results of a block one after the other in a loop, so that what follows its template stands in the code once.</summary>
    /// <param name="template">What every result takes, computed for the whole block.</param>
    /// <param name="at">Its results.</param>
    /// <param name="columns">Places of the block's second axis.</param>
    /// <param name="place">The element at a place of the block, by its place along either axis.</param>
    public void WriteInTurn(Node template, Coords at, int columns, Func<Func<int, Val>, Coords> place)
    {
        Instruction[] results = E.Variables(R.Read(template, at));
        Emitter e = new(_b, _target, E.Lanes);
        Reader? one = null;
        one = new(e, Find, (n, c) => Compute(n, c, e, one!), Faults);
        _b.For(_b.Const(0), _b.Const(results.Length), 1, turn =>
        {
            Val t = new(e, [turn], 0);
            Coords c = place(axis => axis == 0 ? t / e.Int(columns) : t % e.Int(columns));
            one.Remember(template, c, new(e, [_b.Get(results[0])], 0, E.Lanes > 1 ? LaneForm.Each : LaneForm.Same));
            Write(_root, c, one.Read(_root, c));
            // The next result moves up.
            for (int i = 1; i < results.Length; i++) _b.Set(results[i - 1], _b.Get(results[i]));
        });
        _isScattered = e.Scattered;
    }

    public void Write(Stored to, Coords at, Val v) => E.Store(Buffer(to, BufferAccess.Write), to.Layout is { } l ? at.Place(l) : at.Number, v);

    /// <summary>The buffer of a constant with the same elements: programs keep those once, and devices refuse to bind memory twice.</summary>
    private int? SameConstant(Stored s)
    {
        if (s.Node.Op != GraphOp.Const) return null;
        foreach ((Stored other, int number) in _numbers)
            if (other.Node.Op == GraphOp.Const && Same(other, s) && Equal(other.Node.Constant!, s.Node.Constant!)) return number;
        return null;
    }

    /// <summary>Whether elements that are equal lie alike.</summary>
    private static bool Same(Stored a, Stored b) => a.Layout is null && b.Layout is null ? a.Element == b.Element && a.Bytes == b.Bytes : a.Type == b.Type && a with { Node = b.Node } == b;

    private static bool Equal(Tensor a, Tensor b)
    {
        using Tensor x = a.Contiguous(), y = b.Contiguous();
        return x.RawBytes().SequenceEqual(y.RawBytes());
    }

    /// <param name="nodes">What the kernel is for; null: the unit's nodes.</param>
    public Launch Finish(string name, IReadOnlyList<Node>? nodes = null) => _bindings.Count > _target.MostBuffers
        ? throw new TesseraException(ErrorCode.Unsupported, $"{_root.Op} reads and writes {_bindings.Count} buffers; {_target.Name} binds {_target.MostBuffers}.")
        : new(_b.Build(name, _b.Items < SmallLaunch ? Math.Min(SmallGroup, _target.Group) : _target.Group) with { Result = _root.Outputs[0].ToString() }, _bindings, nodes ?? [.. _schedule.Reach(_root).Where(n => n == _root || !_schedule.IsStored(n) && n.Op != GraphOp.Const).Reverse()]);

    /// <summary>What a 16-bit node would have stored.</summary>
    public static Val Rounded(Node n, Val v) => v.Type.Kind == ScalarKind.Float32 ? Casting.Rounded(v, n.Type) : v;

    private (int, Layout?)? Find(Node n)
    {
        if (Prepared.TryGetValue(n, out Stored s) || n != _root && _schedule.IsStored(n) && (s = _schedule.Place(n)).Node is not null) return (Buffer(s, BufferAccess.Read), s.Layout);
        return null;
    }

    private Val? Compute(Node n, Coords at, Emitter e, Reader r) => (Computed.TryGetValue(n, out Func<Coords, Val>? own) ? own(at) : Contraction.Compute(n, at, e, r)) is { } v ? Rounded(n, v) : null;

    private int Faults()
    {
        if (_faults >= 0) return _faults;
        _bindings.Add(null);
        return _faults = _b.Buffer("faults", DType.Int32, BufferAccess.Write);
    }
}
