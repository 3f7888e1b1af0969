namespace Tessera.Onnx;

/// <summary>Checks a whole model: its graph, its functions, and how they call each other.</summary>
internal static class ModelValidation
{
    private const int MaxCallDepth = 64;
    private const double MaxNodes = 1e7;

    public static void Check(OnnxModel model, string name)
    {
        GraphValidation graphs = new(name);
        graphs.RequireNone(graphs.Check(model.Graph, 0));
        if (model.HasFunctions) foreach (OnnxFunction f in model.Functions.Values) graphs.Check(f);
        CheckDomains(model, model.Graph.Nodes, model.Opsets, name);
        if (!model.HasFunctions) return;
        foreach (OnnxFunction f in model.Functions.Values) CheckDomains(model, f.Nodes, f.Opsets, name);
        CheckCalls(model, name);
    }

    private static void CheckDomains(OnnxModel model, IReadOnlyList<OnnxNode> nodes, IReadOnlyDictionary<string, long> opsets, string name)
    {
        foreach (OnnxNode n in All(nodes))
            if (!opsets.ContainsKey(n.Domain) && !model.Opsets.ContainsKey(n.Domain) && model.FunctionOf(n) is null)
                throw new TesseraException(ErrorCode.MalformedModel, $"{name}: node {n} belongs to the operator set '{(n.Domain.Length == 0 ? "ai.onnx" : n.Domain)}', of which the model imports no version.");
    }

    /// <summary>Refuses recursion, and functions whose expansion no file justifies: callees are counted before callers.</summary>
    private static void CheckCalls(OnnxModel model, string name)
    {
        Dictionary<OnnxFunction, List<OnnxFunction>> callees = [], callers = [];
        Dictionary<OnnxFunction, int> open = [], depth = [];
        Dictionary<OnnxFunction, double> size = [];
        foreach (OnnxFunction f in model.Functions.Values)
        {
            callees[f] = [.. All(f.Nodes).Select(model.FunctionOf).OfType<OnnxFunction>()];
            (open[f], size[f], depth[f]) = (callees[f].Count, All(f.Nodes).Count(), 1);
            foreach (OnnxFunction c in callees[f])
            {
                if (!callers.TryGetValue(c, out List<OnnxFunction>? list)) callers[c] = list = [];
                list.Add(f);
            }
        }
        Queue<OnnxFunction> ready = new(model.Functions.Values.Where(f => open[f] == 0));
        int done = 0;
        for (; ready.TryDequeue(out OnnxFunction? f); done++)
        {
            foreach (OnnxFunction caller in callers.GetValueOrDefault(f, []))
            {
                size[caller] += size[f];
                depth[caller] = Math.Max(depth[caller], depth[f] + 1);
                if (--open[caller] == 0) ready.Enqueue(caller);
            }
            if (depth[f] > MaxCallDepth) throw new TesseraException(ErrorCode.Unsupported, $"{name}: functions call each other deeper than {MaxCallDepth}, ending at {f}.");
        }
        if (done < model.Functions.Count)
            throw new TesseraException(ErrorCode.MalformedModel, $"{name}: functions call each other in a cycle: {string.Join(", ", open.Where(o => o.Value > 0).Take(8).Select(o => o.Key))}.");
        double total = All(model.Graph.Nodes).Select(model.FunctionOf).OfType<OnnxFunction>().Sum(f => size[f]);
        if (total > MaxNodes) throw new TesseraException(ErrorCode.Unsupported, $"{name}: its functions expand to {total:G3} nodes; {MaxNodes:G3} are supported.");
    }

    private static IEnumerable<OnnxNode> All(IReadOnlyList<OnnxNode> nodes)
    {
        foreach (OnnxNode n in nodes)
        {
            yield return n;
            foreach (OnnxGraph body in GraphValidation.Bodies(n))
                foreach (OnnxNode inner in All(body.Nodes)) yield return inner;
        }
    }
}
