using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Lowers what is left of a model, for values of known types, as far as one static graph goes.</summary>
/// <remarks>
/// Nodes are taken in order. One that needs a value not computed yet, or that gives shapes depending on data, waits together with its
/// successors; everything else goes into this stage. The next stage starts with the values of this one as its inputs.
/// </remarks>
internal sealed partial class Specializer
{
    private readonly GraphBuilder _graph;
    private readonly Continuation _from;
    private readonly FoldedConstants _folded;
    private readonly Dictionary<(Frame, string), Lowered> _values = new(Frame.Names);
    private readonly Dictionary<(Frame, string), int> _liveIndex = new(Frame.Names);
    private readonly Dictionary<Node, int> _entryOfInput = [];
    private readonly List<int> _leafOfInput = [];
    private readonly List<Item> _waiting = [];
    private readonly HashSet<(Frame, string)> _needed = new(Frame.Names);
    private readonly List<DynamicStep> _steps = [];
    private readonly List<(Frame, string)> _stepResults = [];
    private readonly Dictionary<string, OnnxNode> _producer = [];
    private Dictionary<string, int>? _uses;
    private int _leaves;
    private bool _unrolls;

    private Specializer(Continuation start, Fold? fold, FoldedConstants folded) => (_from, _folded, _graph) = (start, folded, new GraphBuilder(fold));

    /// <summary>Builds a stage, or names the incoming values that must be constants first.</summary>
    /// <param name="live">One value per entry of <see cref="Continuation.Live"/>; only types matter, except for entries in Needs.</param>
    /// <param name="unrolls">Whether loops with a known number of turns become part of the graph.</param>
    public static Specialized Build(Continuation start, IReadOnlyList<Value> live, Fold? fold, FoldedConstants folded, bool unrolls, out IReadOnlySet<int> needs)
    {
        needs = start.Needs;
        lock (folded)
        {
            while (true)
            {
                Specializer s = new(start with { Needs = needs }, fold, folded) { _unrolls = unrolls };
                s.BindLive(live);
                foreach (Item i in start.Items) s.Take(i);
                if (s._needed.Count == 0) return s.Finish();
                HashSet<int> more = s.CheapNeeds();
                if (more.IsSubsetOf(needs)) return s.Finish();
                needs = new HashSet<int>([.. needs, .. more]);
            }
        }
    }

    private void BindLive(IReadOnlyList<Value> live)
    {
        if (_from.Constants.Count > 0)
            foreach (((Frame, string) key, Recipe r) in _from.Constants) _values[key] = FromConstant(r);
        for (int i = 0; i < live.Count; i++)
        {
            _liveIndex[_from.Live[i]] = i;
            _values[_from.Live[i]] = FromValue(live[i], i);
        }
    }

    private Lowered FromConstant(Recipe r) => r switch
    {
        Recipe.Const c => _graph.Const(c.Value),
        Recipe.Sequence s => new Lowered.Sequence([.. s.Items.Select(FromConstant)]),
        Recipe.Optional o => new Lowered.Optional(o.Item is null ? null : FromConstant(o.Item)),
        _ => throw new TesseraException(ErrorCode.Internal, "A constant that is none crossed a stage."),
    };

    private Lowered FromValue(Value value, int entry)
    {
        switch (value)
        {
            case SequenceValue s: return new Lowered.Sequence([.. s.Items.Select(v => FromValue(v, entry))]);
            case OptionalValue o: return new Lowered.Optional(o.Item is null ? null : FromValue(o.Item, entry));
        }
        Tensor t = ((TensorValue)value).Tensor;
        int leaf = _leaves++;
        if (_from.Needs.Count > 0 && _from.Needs.Contains(entry)) return _graph.Const(Copy(t));
        Node n = _graph.Input(_from.Live[entry].Name, t.Type, t.Shape);
        _entryOfInput[n] = entry;
        _leafOfInput.Add(leaf);
        return n;
    }

    private static Tensor Copy(Tensor t)
    {
        using Tensor c = t.Contiguous();
        if (t.Type == DType.String) return Tensor.FromStrings([.. c.Strings], c.Shape);
        Tensor copy = Tensor.Empty(t.Type, t.Shape, renter: "value a plan depends on");
        c.RawBytes().CopyTo(copy.RawBytes());
        return copy;
    }

    private Lowered? Find(Frame frame, string name)
    {
        for (Frame? f = frame; f is not null; f = f.Parent)
        {
            if (_values.TryGetValue((f, name), out Lowered? v)) return v;
            if (f.Initializers.TryGetValue(name, out Tensor? t)) return _graph.Const(t);
        }
        return null;
    }

    private void Take(Item item)
    {
        switch (item)
        {
            case Item.Call c: Call(c); break;
            case Item.Bind b when b.From.All(n => Find(b.Inner, n) is not null):
                for (int i = 0; i < b.From.Length; i++) _values[(b.Outer, b.To[i])] = Find(b.Inner, b.From[i])!;
                break;
            case Item.Collect c when c.Inner.All(f => c.From.All(n => Find(f, n) is not null)):
                for (int i = 0; i < c.From.Length; i++) _values[(c.Outer, c.To[i])] = new Lowered.Sequence([.. c.Inner.Select(f => Find(f, c.From[i])!)]);
                break;
            default: _waiting.Add(item); break;
        }
    }

    private void Call(Item.Call call)
    {
        (Frame frame, OnnxNode node) = (call.Frame, call.Node);
        if (frame.IsModel && _folded.TryGet(node, out Lowered[]? known, _graph)) { Name(call, known); return; }
        Lowered?[] inputs = new Lowered?[node.Inputs.Count];
        bool missing = false;
        for (int i = 0; i < inputs.Length; i++)
            if (node.Inputs[i].Length > 0) missing |= (inputs[i] = Find(frame, node.Inputs[i])) is null;
        if (missing) { _waiting.Add(call); return; }
        _graph.Origin = NodeAttributes.Describe(node);
        NodeAttributes attributes = new(frame, node);
        try
        {
            if (frame.Model.FunctionOf(node) is { } f) { Inline(call, f, inputs); return; }
            if (node.Domain.Length == 0 && node.OpType is "If" or "Loop" or "Scan" or "SequenceMap") { Control(call, attributes, inputs); return; }
            OpDef def = OpTable.Find(node.Domain, node.OpType, attributes.Opset)
                ?? throw attributes.Unsupported($"version {attributes.Opset} of domain '{node.Domain}' is not supported.");
            Lowered[]? results = def.Lower is { } lower ? lower(new NodeLowering(_graph, node, attributes, inputs)) : EvaluateNow(def, attributes, inputs);
            if (results is null) { _waiting.Add(call); return; }
            Name(call, results);
            Reclaim(call, inputs, results);
        }
        catch (ValueNeeded v)
        {
            _needed.Add((frame, v.Name));
            _waiting.Add(call);
        }
        catch (Exception e) when (Errors.Translate(e, attributes) is { } t)
        {
            throw t;
        }
    }

    private Lowered[]? EvaluateNow(OpDef def, NodeAttributes attributes, Lowered?[] inputs)
    {
        if (!inputs.All(i => i is null or Lowered.Tensor { Node.Op: GraphOp.Const })) return null;
        return [.. def.Evaluate!(attributes, [.. inputs.Select(i => (i as Lowered.Tensor)?.Node.Constant)]).Select(t => (Lowered)_graph.Const(t))];
    }

    /// <summary>Gives back constants that were steps on the way to others, so that weights computed in the graph do not pile up.</summary>
    private void Reclaim(Item.Call call, Lowered?[] inputs, Lowered[] results)
    {
        (Frame frame, OnnxNode node) = (call.Frame, call.Node);
        foreach (Node n in _graph.TakeFresh())
            if (!results.Any(r => r is not Lowered.Tensor t || ReferenceEquals(t.Node, n))) _graph.Release(n);
        if (!frame.IsModel || !_folded.Keep(node, inputs, results, name => frame.Initializers.ContainsKey(name))) return;
        foreach (string name in node.Outputs) _producer[name] = node;
        foreach (string name in node.Inputs.Where(i => i.Length > 0))
        {
            _uses ??= CountUses(frame.Model.Graph);
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_uses, name, out _) != 0 || !_producer.TryGetValue(name, out OnnxNode? producer) || producer.Outputs.Count != 1) continue;
            if (_values.TryGetValue((frame, name), out Lowered? v) && v is Lowered.Tensor t && !results.Any(r => r is Lowered.Tensor y && ReferenceEquals(y.Node, t.Node)) && _graph.Release(t.Node)) _folded.Drop(producer);
        }
    }

    private static Dictionary<string, int> CountUses(OnnxGraph graph)
    {
        Dictionary<string, int> uses = [];
        foreach (string name in graph.Nodes.SelectMany(FreeNames.Of).Concat(graph.Outputs.Select(o => o.Name))) CollectionsMarshal.GetValueRefOrAddDefault(uses, name, out _)++;
        return uses;
    }

    private void Name(Item.Call call, Lowered[] results)
    {
        for (int i = 0; i < call.Node.Outputs.Count; i++)
            if (call.Node.Outputs[i].Length > 0 && i < results.Length) _values[(call.Frame, call.Node.Outputs[i])] = results[i];
    }

    private static Lowered Constant(Item.Call call, Lowered?[] inputs, int index) =>
        inputs[index] is Lowered.Tensor { Node.Op: not GraphOp.Const } ? throw new ValueNeeded(call.Node.Inputs[index]) : inputs[index]!;
}
