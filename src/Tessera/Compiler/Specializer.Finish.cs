using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>The end of a stage: what leaves it, and what is still to do.</summary>
internal sealed partial class Specializer
{
    private readonly Dictionary<Node, int> _outputIndex = [];
    private readonly List<Node> _outputs = [];
    private readonly Dictionary<Node, int> _leafOfNode = [];

    /// <summary>Types of the model's own values, as far as one stage goes.</summary>
    public static Dictionary<string, TensorType> Types(Continuation start, IReadOnlyList<Value> live, Fold? fold, FoldedConstants folded)
    {
        Specializer s = new(start, fold, folded);
        lock (folded)
        {
            s.BindLive(live);
            foreach (Item i in start.Items) s.Take(i);
        }
        return s._values.Where(v => ReferenceEquals(v.Key.Item1, start.Root) && v.Value is Lowered.Tensor).ToDictionary(v => v.Key.Item2, v => ((Lowered.Tensor)v.Value).Node.Outputs[0]);
    }

    private Specialized Finish()
    {
        Graph probe = _graph.Build([]);
        for (int i = 0; i < probe.Inputs.Length; i++) _leafOfNode[probe.Inputs[i]] = _leafOfInput[i];
        TakeSteps();
        if (_waiting.Count == 0 && _steps.Count == 0)
        {
            ImmutableArray<Recipe> results = [.. _from.Outputs.Select(o => ToRecipe(Find(_from.Root, o) ?? throw new TesseraException(ErrorCode.MalformedModel, $"Nothing computes the output '{o}'.")))];
            return new(BuildGraph(), [.. _leafOfInput], results, [], null);
        }
        if (_steps.Count == 0 && _needed.All(n => Find(n.Item1, n.Item2) is null))
            throw new TesseraException(ErrorCode.MalformedModel, $"{Describe(_waiting[0])} waits for a value that nothing computes.");
        return Leave();
    }

    /// <summary>Waiting operators whose inputs are all there run right after this stage.</summary>
    private void TakeSteps()
    {
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_waiting[i] is not Item.Call { Frame: var frame, Node: var node } call || frame.Model.FunctionOf(node) is not null) continue;
            bool loop = node.Domain.Length == 0 && node.OpType is "Loop" or "Scan";
            OpDef? def = loop ? null : OpTable.Find(node.Domain, node.OpType, (int)frame.Opsets.GetValueOrDefault(node.Domain, 1));
            if (!loop && def?.Evaluate is null) continue;
            if (FreeNames.Of(node).Any(n => Find(frame, n) is null)) continue;
            ImmutableArray<Recipe?> inputs = [.. node.Inputs.Select(n => n.Length == 0 ? null : ToRecipe(Find(frame, n)!))];
            string[] captured = [.. GraphValidation.Bodies(node).SelectMany(FreeNames.Of).Distinct()];
            (string, Recipe)[] known = new (string, Recipe)[captured.Length];
            for (int k = 0; k < known.Length; k++) known[k] = (captured[k], ToRecipe(Find(frame, captured[k])!));
            _steps.Insert(0, new DynamicStep(frame, node, new NodeAttributes(frame, node), def, inputs, ImmutableCollectionsMarshal.AsImmutableArray(known)));
            _waiting.RemoveAt(i);
        }
        foreach (DynamicStep s in _steps)
            foreach (string o in s.Node.Outputs) _stepResults.Add((s.Frame, o));
    }

    private Specialized Leave()
    {
        List<(Frame, string)> live = [];
        List<Recipe> results = [];
        Dictionary<(Frame, string), Recipe> constants = new(Frame.Names);
        HashSet<(Frame, string)> done = new(Frame.Names);
        List<(Frame, string)> reads = [];
        foreach (Item item in _waiting) AddReads(item, reads);
        foreach (string o in _from.Outputs) reads.Add((_from.Root, o));
        foreach ((Frame frame, string name) in reads)
        {
            if (Resolve(frame, name) is not { } key || !done.Add(key)) continue;
            Recipe r = ToRecipe(_values[key]);
            if (r.IsConstant) { constants[key] = r; continue; }
            live.Add(key);
            results.Add(r);
        }
        foreach ((Frame, string) result in _stepResults) live.Add(result);
        // Values already known to be needed are constants of the next plan from the start.
        HashSet<(Frame, string)> needed = new(Frame.Names);
        foreach ((Frame frame, string name) in _needed)
            if (Resolve(frame, name) is { } key) needed.Add(key);
        HashSet<int> needs = [];
        for (int i = 0; needed.Count > 0 && i < live.Count; i++)
            if (needed.Contains(live[i])) needs.Add(i);
        Continuation next = new(_from.Root, _from.Outputs, [.. _waiting], ImmutableCollectionsMarshal.AsImmutableArray(live.ToArray()), constants, needs);
        return new(BuildGraph(), [.. _leafOfInput], [.. results], [.. _steps], next);
    }

    private Graph BuildGraph() => _graph.Build(_outputs);

    private static void AddReads(Item item, List<(Frame, string)> reads)
    {
        switch (item)
        {
            case Item.Call c:
                foreach (string n in FreeNames.Of(c.Node)) reads.Add((c.Frame, n));
                break;
            case Item.Bind b:
                foreach (string n in b.From) reads.Add((b.Inner, n));
                break;
            case Item.Collect c:
                foreach (Frame f in c.Inner)
                    foreach (string n in c.From) reads.Add((f, n));
                break;
        }
    }

    /// <summary>The frame that holds <paramref name="name"/> as a value; null when nothing does yet, or an initializer gives it.</summary>
    private (Frame, string)? Resolve(Frame frame, string name)
    {
        for (Frame? f = frame; f is not null; f = f.Parent)
            if (_values.ContainsKey((f, name))) return (f, name);
        return null;
    }

    private Recipe ToRecipe(Lowered v) => v switch
    {
        Lowered.Tensor { Node: { Op: GraphOp.Const } n } => new Recipe.Const(n.Constant!),
        Lowered.Tensor { Node: var n } when _leafOfNode.TryGetValue(n, out int leaf) => new Recipe.Input(leaf),
        Lowered.Tensor { Node: var n } => new Recipe.Output(OutputIndex(n)),
        Lowered.Sequence s => new Recipe.Sequence([.. s.Items.Select(ToRecipe)]),
        Lowered.Optional o => new Recipe.Optional(o.Item is null ? null : ToRecipe(o.Item)),
        _ => throw new TesseraException(ErrorCode.Internal, $"{v} has no recipe."),
    };

    private int OutputIndex(Node n)
    {
        if (_outputIndex.TryGetValue(n, out int known)) return known;
        _outputs.Add(n);
        return _outputIndex[n] = _outputs.Count - 1;
    }

    private static string Describe(Item item) => item is Item.Call c ? $"{c.Node.OpType} '{NodeAttributes.Describe(c.Node)}'" : "A branch";
}
