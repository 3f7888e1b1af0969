using System.Collections.Immutable;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Loops whose number of turns is known become that many copies of their body: one graph instead of a stage for each turn. Others wait for the end of the stage.</summary>
internal sealed partial class Specializer
{
    /// <summary>Copies of a body may have so many nodes in all: beyond it, compiling takes longer than the stages that it saves.</summary>
    private const long MostUnrolled = 1024;

    private void Iterate(Item.Call call, NodeAttributes attributes, Lowered?[] inputs)
    {
        if (!_unrolls)
        {
            _waiting.Add(call);
            return;
        }
        int waiting = _waiting.Count;
        (Frame, string)[] needed = [.. _needed];
        OnnxGraph body = attributes.Graph("body");
        if ((call.Node.OpType == "Loop" ? UnrollLoop(call, body, inputs) : UnrollScan(call, attributes, body, inputs)) is { } results)
        {
            Name(call, results);
            return;
        }
        // Nothing reads what was made of the turns so far.
        _waiting.RemoveRange(waiting, _waiting.Count - waiting);
        _needed.Clear();
        _needed.UnionWith(needed);
        _waiting.Add(call);
    }

    /// <summary>ONNX Loop with a constant count whose condition is constant in every turn; null where that is not so.</summary>
    private Lowered[]? UnrollLoop(Item.Call call, OnnxGraph body, Lowered?[] inputs)
    {
        int carriedCount = Math.Max(0, inputs.Length - 2), scans = body.Outputs.Count - 1 - carriedCount;
        if (scans < 0 || body.Inputs.Count != carriedCount + 2 || inputs.Skip(2).Any(v => v is null)) return null;
        if (inputs[0] is not Lowered.Tensor { Node: { Op: GraphOp.Const } count } || Scalars.ToInt64(count.Constant!) is not [var turns]) return null;
        if (!Affordable(body, turns) || Known(inputs.Length > 1 ? inputs[1] : null) is not { } go) return null;
        Lowered[] carried = [.. inputs.Skip(2).Select(v => v!)];
        List<Node>[] collected = [.. Enumerable.Range(0, scans).Select(_ => new List<Node>())];
        for (long i = 0; i < turns && go; i++)
        {
            if (Turn(call, body, [_graph.Const(Tensor.Scalar(i)), _graph.Const(Tensor.Scalar(true)), .. carried]) is not { } y || Known(y[0]) is not { } next) return null;
            go = next;
            carried = y[1..(1 + carriedCount)];
            for (int j = 0; j < scans; j++)
            {
                if (y[1 + carriedCount + j] is not Lowered.Tensor t) return null;
                collected[j].Add(t.Node);
            }
        }
        // The shape of nothing, and shapes that change, are matters of the loop that runs.
        if (collected.Any(c => !Stackable(c))) return null;
        return [.. carried, .. collected.Select(c => (Lowered)Stack(c, 0))];
    }

    /// <summary>ONNX Scan, without batches (version 9 and later); null where it cannot be unrolled.</summary>
    private Lowered[]? UnrollScan(Item.Call call, NodeAttributes attributes, OnnxGraph body, Lowered?[] inputs)
    {
        int scanInputs = attributes.Int32("num_scan_inputs", 0), states = inputs.Length - scanInputs, scans = body.Outputs.Count - states;
        if (attributes.Opset < 9 || scanInputs < 1 || states < 0 || scans < 0 || body.Inputs.Count != inputs.Length || inputs.Any(v => v is not Lowered.Tensor)) return null;
        Node[] x = [.. inputs.Skip(states).Select(v => ((Lowered.Tensor)v!).Node)];
        int[] axes = [.. x.Select((n, i) => n.Shape.Axis(attributes.Ints("scan_input_axes")?[i] ?? 0))];
        long turns = x[0].Shape[axes[0]];
        if (!Affordable(body, turns) || turns == 0 || x.Where((n, i) => n.Shape[axes[i]] != turns).Any()) return null;
        long[] inDirections = attributes.Ints("scan_input_directions") ?? new long[scanInputs], outDirections = attributes.Ints("scan_output_directions") ?? new long[scans];
        long[] outAxes = attributes.Ints("scan_output_axes") ?? new long[scans];
        Lowered[] state = [.. inputs.Take(states).Select(v => v!)];
        List<Node>[] collected = [.. Enumerable.Range(0, scans).Select(_ => new List<Node>())];
        for (long i = 0; i < turns; i++)
        {
            Lowered[] elements = [.. x.Select((n, k) => (Lowered)_graph.Squeeze(_graph.Slice(n, axes[k], inDirections[k] == 0 ? i : turns - 1 - i, 1), axes[k]))];
            if (Turn(call, body, [.. state, .. elements]) is not { } y || y.Any(v => v is not Lowered.Tensor)) return null;
            state = y[..states];
            for (int j = 0; j < scans; j++) collected[j].Insert(outDirections[j] == 0 ? collected[j].Count : 0, ((Lowered.Tensor)y[states + j]).Node);
        }
        return collected.All(Stackable) ? [.. state, .. collected.Select((c, j) => (Lowered)Stack(c, outAxes[j]))] : null;
    }

    /// <summary>One copy of the body: its outputs, or null when one of them has to wait.</summary>
    private Lowered[]? Turn(Item.Call call, OnnxGraph body, Lowered[] inputs)
    {
        if (_depth >= MaxInlineDepth) return null;
        Frame inner = call.Frame.Inside(body);
        for (int i = 0; i < inputs.Length; i++) _values[(inner, body.Inputs[i].Name)] = inputs[i];
        _depth++;
        int waiting = _waiting.Count;
        foreach (OnnxNode n in body.Nodes) Take(new Item.Call(inner, n));
        _depth--;
        Lowered[] outputs = [.. body.Outputs.Select(o => Find(inner, o.Name)).OfType<Lowered>()];
        return _waiting.Count == waiting && outputs.Length == body.Outputs.Count ? outputs : null;
    }

    private static bool Affordable(OnnxGraph body, long turns) => turns >= 0 && turns <= MostUnrolled && turns * Size(body) <= MostUnrolled;

    private static long Size(OnnxGraph g) => g.Nodes.Sum(n => 1 + GraphValidation.Bodies(n).Sum(Size));

    /// <summary>A condition's value: true where none is given, null where it depends on data.</summary>
    private static bool? Known(Lowered? condition) => condition switch
    {
        null => true,
        Lowered.Tensor { Node: { Op: GraphOp.Const } n } when n.Constant!.Count == 1 => Scalars.ToInt64(n.Constant)[0] != 0,
        _ => null,
    };

    private static bool Stackable(List<Node> items) => items.Count > 0 && items.TrueForAll(n => n.Shape == items[0].Shape && n.Type == items[0].Type && n.Type != DType.String);

    private Node Stack(List<Node> items, long axis)
    {
        int at = (int)(axis < 0 ? axis + items[0].Shape.Rank + 1 : axis);
        return _graph.Concat(at, [.. items.Select(n => _graph.Unsqueeze(n, at))]);
    }
}
