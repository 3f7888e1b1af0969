using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>One value of a model on two engines.</summary>
/// <param name="Node">The node that gives it; empty for a model's output seen from outside.</param>
/// <param name="Operator">Its operator.</param>
/// <param name="Value">Name of the value.</param>
/// <param name="Difference">How they part; null when they agree within the bound.</param>
public sealed record ValueDiff(string Node, string Operator, string Value, string? Difference);

/// <summary>Where two engines part on one model and input.</summary>
/// <param name="Outputs">The model's outputs, run as the engines run it: with nodes fused.</param>
/// <param name="Values">Every value of every node in order, run with all of them kept; empty when that was not needed.</param>
public sealed record DiffReport(string Model, string First, string Second, double Bound, IReadOnlyList<ValueDiff> Outputs, IReadOnlyList<ValueDiff> Values)
{
    public bool Agrees => Outputs.All(v => v.Difference is null);

    /// <summary>The first node, in the model's order, that gives a value on which the engines part.</summary>
    public ValueDiff? Culprit => Values.FirstOrDefault(v => v.Difference is not null);
}

/// <summary>Finds the first node of a model at which two engines part.</summary>
public static class ModelDiff
{
    /// <summary>
    /// Runs the model on both and compares ‖second − first‖₂ ÷ ‖first‖₂ of each output with the bound (integers, booleans and texts must be equal). When one
    /// parts, or when <paramref name="always"/>, runs a copy of the model that gives every value of every node of the main graph, and compares those in order.
    /// </summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="inputs">Its inputs by name; stay the caller's.</param>
    /// <exception cref="TesseraException">What loading or running the model on either engine throws.</exception>
    public static DiffReport Run(Engine first, Engine second, OnnxModel model, IReadOnlyDictionary<string, Value> inputs, double bound, SessionOptions? options = null, bool always = false, CancellationToken cancel = default)
    {
        Tolerance tolerance = new(0, 0, "asked for") { RelL2 = bound };
        List<ValueDiff> outputs = Compare(first, second, model, [.. model.Graph.Outputs.Select(o => ("", "", o.Name))], inputs, tolerance, options, cancel);
        List<ValueDiff> values = !always && outputs.All(v => v.Difference is null) ? [] : Compare(first, second, Opened(model, out List<(string, string, string)> all), all, inputs, tolerance, options, cancel);
        return new(model.Graph.Name, first.Name, second.Name, bound, outputs, values);
    }

    /// <summary>The model with every value as an output. It shares the tensors of the other and is not to be disposed.</summary>
    private static OnnxModel Opened(OnnxModel model, out List<(string Node, string Operator, string Value)> values)
    {
        values = [.. model.Graph.Nodes.SelectMany(n => n.Outputs.Where(o => o.Length > 0).Select(o => (n.Name.Length > 0 ? n.Name : $"{n.OpType} → {o}", n.OpType, o)))];
        Dictionary<string, OnnxValueInfo> known = model.Graph.ValueInfos.Concat(model.Graph.Outputs).GroupBy(v => v.Name).ToDictionary(g => g.Key, g => g.Last());
        OnnxGraph g = model.Graph;
        return new()
        {
            IrVersion = model.IrVersion, Producer = model.Producer, Opsets = model.Opsets, Functions = model.Functions,
            Graph = new()
            {
                Name = g.Name, Nodes = g.Nodes, Initializers = g.Initializers, Inputs = g.Inputs, ValueInfos = g.ValueInfos,
                // Types of outputs are only declared: what a node gives decides.
                Outputs = [.. values.Select(v => known.TryGetValue(v.Value, out OnnxValueInfo? i) ? i : new OnnxValueInfo(v.Value, new OnnxType.Tensor(DType.Float32, null)))],
            },
        };
    }

    private static List<ValueDiff> Compare(Engine first, Engine second, OnnxModel model, List<(string Node, string Operator, string Value)> values, IReadOnlyDictionary<string, Value> inputs, Tolerance tolerance,
        SessionOptions? options, CancellationToken cancel)
    {
        using Session a = first.Compile(model, options), b = second.Compile(model, options);
        IReadOnlyDictionary<string, Value> x = a.Run(inputs, null, cancel);
        try
        {
            IReadOnlyDictionary<string, Value> y = b.Run(inputs, null, cancel);
            try
            {
                return [.. values.Select(v => new ValueDiff(v.Node, v.Operator, v.Value, Comparison.Difference(v.Value, x[v.Value], y[v.Value], tolerance)))];
            }
            finally
            {
                foreach (Value v in y.Values) v.Dispose();
            }
        }
        finally
        {
            foreach (Value v in x.Values) v.Dispose();
        }
    }
}
