using Tessera.Engines.Cpu.Elementwise;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Engines.Cpu.Movement;
using Tessera.Engines.Cpu.Text;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Turns a graph into steps: movement becomes views, elementwise nodes become groups, the rest kernels.</summary>
internal sealed class CpuCompiler
{
    private readonly Graph _graph;
    private readonly StepBuilder _b;
    private readonly IntegerFusions _integers;
    private readonly Grouping _grouping;
    private readonly Dictionary<Node, Operand[]> _values = [];
    private readonly Dictionary<Operand, Operand> _wide = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, Operand> _stored = [];

    private CpuCompiler(Graph graph, StepBuilder b)
    {
        (_graph, _b) = (graph, b);
        Dictionary<Node, List<Node>> uses = Grouping.UsesIn(graph);
        _integers = new(graph, uses);
        _grouping = new(graph, uses, _integers);
    }

    public static StepBuilder Run(Graph graph, int workers, MemoryPool pool)
    {
        StepBuilder b = new(workers, pool);
        try
        {
            graph = BytePass.Run(graph);
            CpuCompiler c = new(graph, b);
            foreach (Node n in graph.Nodes) c.Compile(n);
            for (int i = 0; i < graph.Outputs.Length; i++) c.Deliver(i);
            return b;
        }
        catch
        {
            foreach (IDisposable m in b.Owned) m.Dispose();
            throw;
        }
    }

    private void Compile(Node n)
    {
        try
        {
            if (_integers.Covers(n)) return;
            if (_integers.Of(n) is { } product)
            {
                _values[n] = [IntegerKernel.Build(_b, product, Value)];
                return;
            }
            if (Grouping.IsElementwise(n))
            {
                if (_grouping.Group(n) is { } group) _values[n] = [group.Count == 1 ? Renamed(n) ?? Fuse(n, group) : Fuse(n, group)];
                return;
            }
            _values[n] = View(n) ?? Kernel(n);
        }
        catch (TesseraException e) when (n.Origin is { } origin && !e.Message.Contains(origin, StringComparison.Ordinal))
        {
            throw new TesseraException(e.Code, $"'{origin}': {e.Message}", e);
        }
    }

    /// <summary>Operators that need no step of their own; null for all others.</summary>
    private Operand[]? View(Node n) => n.Op switch
    {
        GraphOp.Input => [Input((Arg.Input)n.Arg!)],
        GraphOp.Const => [Constant(n.Constant!)],
        GraphOp.Part => [_values[n.In[0]][((Arg.Part)n.Arg!).Index]],
        GraphOp.Transpose => [Views.Transpose(Value(n.In[0]), ((Arg.Permutation)n.Arg!).Axes)],
        GraphOp.Broadcast => [Views.Broadcast(Value(n.In[0]), n.Shape)],
        GraphOp.Slice => [Views.Slice(Value(n.In[0]), (Arg.Slice)n.Arg!)],
        GraphOp.Reshape => [Views.Reshape(Value(n.In[0]), n.Shape) ?? Views.Reshape(_b.Contiguous(Value(n.In[0])), n.Shape)!],
        _ => null,
    };

    /// <summary>Where a node's value lies. Results of arithmetic on 16-bit floats lie in Float32, not rounded, until something needs them stored.</summary>
    private Operand Value(Node n) => _values[n][0];

    /// <summary>A node's value in the type that it has.</summary>
    private Operand Stored(Node n)
    {
        Operand x = Value(n);
        if (x.Type == n.Type) return x;
        if (_stored.TryGetValue(n, out Operand? known)) return known;
        Operand y = _b.Temporary(n.Type, x.Shape);
        _b.Add(TileCompiler.Single(_b, Conversions.Encode(n.Type)!, x, y), n);
        return _stored[n] = y;
    }

    /// <summary>A cast that has nothing to do, because its operand lies in Float32 already.</summary>
    private Operand? Renamed(Node n) => n is { Op: GraphOp.Cast, Type: DType.Float32, In: [var x] } && Conversions.IsHalf(x.Type) && Value(x) is { Type: DType.Float32 } wide ? wide : null;

    /// <summary>Whether a group's 16-bit result stays in Float32: something computes with it, and it is not given to the caller.</summary>
    private bool StaysWide(Node root) => Conversions.IsHalf(root.Type) && !_graph.Outputs.Contains(root) && _grouping.Uses[root].Exists(KernelTable.ComputesFloats);

    private Operand Input(Arg.Input a)
    {
        int slot = _b.NewSlot(SlotKind.Input, a.Type.Bytes(a.Shape.Count));
        _b.Slots[slot].Index = a.Index;
        Operand x = new(slot, a.Type, a.Shape, Strides.RowMajor(a.Shape), 0);
        if (a.Type.Bits() != 4) return x;
        Operand y = _b.Temporary(a.Type, a.Shape);
        _b.Add(new UnpackStep(x, y));
        return y;
    }

    private unsafe Operand Constant(Tensor t)
    {
        if (t.Type.Bits() == 4)
        {
            Operand unpacked = _b.Constant(t.Type, t.Shape, ConstantSource.Of(t, $"unpacked {t}"), to => UnpackStep.Unpack(t.Type, (byte*)t.Address, (byte*)to, t.Count));
            return unpacked with { Constant = t };
        }
        int slot = _b.NewSlot(SlotKind.Constant, t.Count * Operand.SizeOf(t.Type));
        if (t.Type == DType.String)
        {
            _b.Slots[slot].Strings = t.Contiguous().Strings;
            return new(slot, t.Type, t.Shape, Strides.RowMajor(t.Shape), 0, t);
        }
        (_b.Slots[slot].Address, _b.Slots[slot].Source) = (t.Address, ConstantSource.Of(t));
        return new(slot, t.Type, t.Shape, t.Strides, 0, t);
    }

    /// <summary>A group reads its constants in order and as it computes with them: tiles of others would be gathered and decoded again in every run.</summary>
    private Operand Elementwise(Node n)
    {
        Operand x = n.Op == GraphOp.Const && n.Type != DType.String ? _b.Contiguous(Value(n)) : Value(n);
        return Conversions.IsHalf(x.Type) && x.IsContiguous && _b.IsKnown(x) ? Widened(x) : x;
    }

    private Operand Fuse(Node root, List<Node> group)
    {
        (Step Step, Operand Value, Node Node)? producer = Producer(root, group);
        List<Node> taken = producer is { } p ? new Absorption(_grouping, Elementwise).Run(p.Step, p.Node, root) : [];
        Node? last = taken.LastOrDefault();
        if (last == root)
        {
            _b.MoveToEnd(producer!.Value.Step, group);
            return producer.Value.Value;
        }
        TileCompiler tiles = new(root.Shape, n => n == last ? producer!.Value.Value : Elementwise(n));
        foreach (Node n in group) if (!taken.Contains(n)) tiles.Add(n);
        Operand y = _b.Temporary(StaysWide(root) ? DType.Float32 : root.Type, root.Shape);
        TileProgram program = tiles.Finish(_b, (root, y));
        if (producer is not var (step, value, _)) _b.Add(new GroupStep(program), group);
        else _b.Extend(step, program, y, value, group);
        return y;
    }

    /// <summary>The step before the group that can run it as its epilogue: the group is the only reader of its result.</summary>
    private (Step, Operand, Node)? Producer(Node root, List<Node> group)
    {
        foreach (Node n in group)
            foreach (Node x in n.In)
            {
                if (Grouping.IsElementwise(x) && !_integers.Takes(x) || x.Op is GraphOp.Const or GraphOp.Input || x.Outputs.Length > 1 || x.Shape != root.Shape || x.Type == DType.String) continue;
                if (_graph.Outputs.Contains(x) || !_grouping.Uses[x].All(group.Contains)) continue;
                Operand value = Value(x);
                Step? step = _b.Steps.FindLast(s => s.TakesEpilogue && s.Epilogue is null && s.Writes[0].Slot == value.Slot);
                if (step is not null && step.Nodes.Contains(Reshaped(x)) && value.IsContiguous && value.Offset == 0 && step.Writes[0].Count == value.Count) return (step, value, x);
            }
        return null;
    }

    /// <summary>What <paramref name="x"/> is another shape of, when nothing reads it but that.</summary>
    private Node Reshaped(Node x)
    {
        while (x.Op == GraphOp.Reshape && _grouping.Uses[x.In[0]].Count == 1 && !_graph.Outputs.Contains(x.In[0])) x = x.In[0];
        return x;
    }

    private Operand[] Kernel(Node n)
    {
        int first = _b.Steps.Count;
        bool computes = !IsText(n) && KernelTable.ComputesFloats(n) && !KernelTable.Ranks(n.Op);
        Operand[] x = [.. n.In.Select(i => computes ? Value(i) : Stored(i))];
        Operand[] y = Apply(n, x);
        for (int i = first; i < _b.Steps.Count; i++) if (_b.Steps[i].Nodes.Count == 0) _b.Steps[i].Nodes = [n];
        return y;
    }

    private Operand[] Apply(Node n, Operand[] x)
    {
        bool computes = KernelTable.ComputesFloats(n), text = IsText(n);
        Operand[] y = new Operand[n.Outputs.Length];
        for (int i = 0; i < y.Length; i++)
        {
            TensorType t = n.Outputs[i];
            y[i] = _b.Temporary(computes && !text && Conversions.IsHalf(t.Type) ? DType.Float32 : t.Type, t.Shape);
        }
        if (text)
        {
            TextKernel.Build(_b, n, x, y);
            return y;
        }
        if (!computes) { KernelTable.Factory(n.Op)(_b, n, x, y); return y; }
        Operand[] wide = [.. x.Select(Widened)], results = [.. y.Select(o => Conversions.Encode(o.Type) is null ? o : _b.Temporary(DType.Float32, o.Shape))];
        KernelTable.Factory(n.Op)(_b, n, wide, results);
        for (int i = 0; i < y.Length; i++)
            if (Conversions.Encode(y[i].Type) is { } encode) _b.Add(TileCompiler.Single(_b, encode, results[i], y[i]));
        return y;
    }

    private static bool IsText(Node n) => n.Op != GraphOp.Host && (n.Type == DType.String || n.In.Any(i => i.Type == DType.String));

    /// <summary>A 16-bit operand as Float32; once per value, and now when it is a constant.</summary>
    private Operand Widened(Operand x)
    {
        if (Conversions.Decode(x.Type) is not { } decode) return x;
        if (_wide.TryGetValue(x, out Operand? known)) return known;
        Operand y;
        if (_b.IsKnown(x))
        {
            Operand rows = _b.Contiguous(x);
            y = _b.Constant(DType.Float32, x.Shape, "Float32", to => Decode(decode, rows, to), rows);
        }
        else
        {
            y = _b.Temporary(DType.Float32, x.Shape);
            _b.Add(TileCompiler.Single(_b, decode, x, y));
        }
        return _wide[x] = y;
    }

    private unsafe void Decode(MicroOp decode, Operand x, nint to) => decode.Run((byte*)_b.Slots[x.Slot].Address + x.Offset * x.Size, null, null, (byte*)to, checked((nint)x.Count));

    /// <summary>Lets output <paramref name="index"/> be written in place by the step that makes it, or copies it there.</summary>
    private void Deliver(int index)
    {
        Operand x = Stored(_graph.Outputs[index]);
        Slot slot = _b.Slots[x.Slot];
        if (slot.Kind is SlotKind.Arena or SlotKind.Text && slot.AliasOf < 0 && x.IsContiguous && x.Offset == 0 && slot.Bytes == x.Bytes && x.Type.Bits() != 4)
        {
            _b.Bind(x.Slot, index);
            return;
        }
        Operand y = _b.Temporary(x.Type, x.Shape);
        _b.Bind(y.Slot, index);
        _b.Add(x.Type.Bits() == 4 ? new PackStep(_b.Contiguous(x), y) : CopyStep.Create(x, y), _graph.Outputs[index]);
    }
}
