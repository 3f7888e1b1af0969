using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Functions, branches and sequence maps are inlined; loops are in a file of their own.</summary>
internal sealed partial class Specializer
{
    private const int MaxInlineDepth = 64;
    private int _depth;

    private void Inline(Item.Call call, OnnxFunction f, Lowered?[] inputs)
    {
        OrderedDictionary<string, OnnxAttribute> arguments = [];
        foreach (string name in call.Node.Attributes.Keys)
            if (call.Frame.Attribute(call.Node, name) is { } a) arguments[name] = a;
        foreach ((string name, OnnxAttribute a) in f.DefaultAttributes) arguments.TryAdd(name, a);
        Frame inner = new(null, call.Frame.Model, f.Opsets.Count > 0 ? f.Opsets : call.Frame.Opsets, OnnxAttributesEmpty, arguments);
        for (int i = 0; i < f.Inputs.Count && i < inputs.Length; i++)
            if (inputs[i] is { } v) _values[(inner, f.Inputs[i])] = v;
        // An optional input that the caller leaves out is left out of every call in the body too.
        HashSet<string> absent = [.. f.Inputs.Where((_, i) => i >= inputs.Length || inputs[i] is null)];
        Enter(inner, f.Nodes.Select(n => absent.Count == 0 ? n : Without(n, absent)), f.Outputs, call.Frame, call.Node.Outputs);
    }

    private static readonly OrderedDictionary<string, Tensor> OnnxAttributesEmpty = [];

    private static OnnxNode Without(OnnxNode n, HashSet<string> absent) => n.Inputs.Any(absent.Contains)
        ? new OnnxNode { Name = n.Name, OpType = n.OpType, Domain = n.Domain, Overload = n.Overload, Inputs = [.. n.Inputs.Select(i => absent.Contains(i) ? "" : i)], Outputs = n.Outputs, Attributes = n.Attributes, Offset = n.Offset }
        : n;

    private void Enter(Frame inner, IEnumerable<OnnxNode> nodes, IEnumerable<string> results, Frame outer, IReadOnlyList<string> names)
    {
        if (++_depth > MaxInlineDepth) throw new TesseraException(ErrorCode.MalformedModel, $"Functions and branches are nested more than {MaxInlineDepth} deep; a function that calls itself never ends.");
        foreach (OnnxNode n in nodes) Take(new Item.Call(inner, n));
        _depth--;
        List<string> from = [], to = [];
        int i = 0;
        foreach (string result in results)
        {
            if (i == names.Count) break;
            if (names[i++] is not { Length: > 0 } name) continue;
            from.Add(result);
            to.Add(name);
        }
        Take(new Item.Bind(inner, [.. from], outer, [.. to]));
    }

    private void Control(Item.Call call, NodeAttributes attributes, Lowered?[] inputs)
    {
        switch (call.Node.OpType)
        {
            case "If":
                Tensor condition = ((Lowered.Tensor)Constant(call, inputs, 0)).Node.Constant!;
                if (condition.Count != 1 || condition.Type != DType.Bool) throw attributes.Error(ErrorCode.TypeMismatch, $"the condition is {condition}, not one Bool.");
                OnnxGraph branch = attributes.Graph(condition.Span<byte>()[0] != 0 ? "then_branch" : "else_branch");
                Enter(call.Frame.Inside(branch), branch.Nodes, branch.Outputs.Select(o => o.Name), call.Frame, call.Node.Outputs);
                break;
            case "SequenceMap":
                MapSequence(call, attributes.Graph("body"), inputs);
                break;
            default:
                Iterate(call, attributes, inputs);
                break;
        }
    }

    private void MapSequence(Item.Call call, OnnxGraph body, Lowered?[] inputs)
    {
        int n = ((Lowered.Sequence)inputs[0]!).Items.Length;
        Frame[] frames = [.. Enumerable.Range(0, n).Select(_ => call.Frame.Inside(body))];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < inputs.Length; j++)
                _values[(frames[i], body.Inputs[j].Name)] = inputs[j] is Lowered.Sequence s ? s.Items[i] : inputs[j]!;
            foreach (OnnxNode node in body.Nodes) Take(new Item.Call(frames[i], node));
        }
        Take(new Item.Collect([.. frames], [.. body.Outputs.Select(o => o.Name)], call.Frame, [.. call.Node.Outputs]));
    }

    /// <summary>Entries whose value decides the plan and is small: their values are made part of the plan's key instead of ending the stage.</summary>
    private HashSet<int> CheapNeeds()
    {
        const int small = 16;
        HashSet<int> entries = [];
        foreach ((Frame frame, string name) in _needed)
        {
            if (Find(frame, name) is not Lowered.Tensor { Node: var node }) continue;
            HashSet<Node> seen = [];
            Stack<Node> work = new([node]);
            bool cheap = true;
            while (cheap && work.TryPop(out Node? x))
            {
                if (!seen.Add(x)) continue;
                cheap = x.Op != GraphOp.Random && (x.Op != GraphOp.Input || x.Shape.Count <= small);
                foreach (Node i in x.In) work.Push(i);
            }
            // A stage input that is itself the value needed has been computed already: nothing is gained by another stage.
            if (!cheap && node.Op != GraphOp.Input) continue;
            foreach (Node x in seen) if (x.Op == GraphOp.Input) entries.Add(_entryOfInput[x]);
        }
        return entries;
    }
}
