namespace Tessera.Onnx;

/// <summary>Checks one graph: every name defined once, every name read defined here or outside, no cycle. Orders its nodes.</summary>
internal sealed class GraphValidation(string model)
{
    private const int MaxDepth = 64;
    private const int NodeOfInput = -1;

    /// <summary>Names that the graph reads and does not define, with who reads them.</summary>
    public Dictionary<string, string> Check(OnnxGraph graph, int depth)
    {
        string place = $"graph '{graph.Name}'";
        if (depth > MaxDepth) throw Malformed(place, $"bodies are nested deeper than {MaxDepth}");
        Dictionary<string, int> defined = [];
        foreach (OnnxValueInfo i in graph.Inputs)
            if (!defined.TryAdd(i.Name, NodeOfInput)) throw Malformed(place, $"input '{i.Name}' is declared twice");
        foreach (string name in graph.Initializers.Keys) defined[name] = NodeOfInput;
        Dictionary<string, string> free = [];
        graph.Settle(CheckNodes(graph.Nodes, defined, free, place, depth));
        HashSet<string> outputs = [];
        foreach (OnnxValueInfo o in graph.Outputs)
        {
            if (depth == 0 && !outputs.Add(o.Name)) throw Malformed(place, $"output '{o.Name}' is declared twice");
            if (!defined.ContainsKey(o.Name)) free.TryAdd(o.Name, $"{place}, output '{o.Name}'");
        }
        return free;
    }

    public void Check(OnnxFunction function)
    {
        string place = $"function {function}";
        Dictionary<string, int> defined = [];
        foreach (string i in function.Inputs)
            if (!defined.TryAdd(i, NodeOfInput)) throw Malformed(place, $"input '{i}' is declared twice");
        Dictionary<string, string> free = [];
        function.Settle(CheckNodes(function.Nodes, defined, free, place, 0));
        foreach (string o in function.Outputs)
            if (!defined.ContainsKey(o)) free.TryAdd(o, $"{place}, output '{o}'");
        RequireNone(free);
    }

    public void RequireNone(Dictionary<string, string> free)
    {
        foreach ((string name, string reader) in free)
            throw new TesseraException(ErrorCode.MalformedModel, $"{model}: {reader} reads '{name}', which no input, initializer or node gives.");
    }

    private IReadOnlyList<OnnxNode> CheckNodes(IReadOnlyList<OnnxNode> nodes, Dictionary<string, int> defined, Dictionary<string, string> free, string place, int depth)
    {
        for (int i = 0; i < nodes.Count; i++)
            foreach (string o in nodes[i].Outputs)
                if (o.Length > 0 && !defined.TryAdd(o, i)) throw Twice(nodes, defined[o], i, o, place);
        IReadOnlyList<int>?[] needs = new IReadOnlyList<int>?[nodes.Count];
        for (int i = 0; i < nodes.Count; i++)
        {
            List<int>? from = null;
            foreach (string name in nodes[i].Inputs)
                if (name.Length > 0 && !Finds(name) && !free.ContainsKey(name)) free[name] = $"{place}, node {nodes[i]}{At(nodes[i])}";
            foreach ((string name, string reader) in Captures(nodes[i], depth) ?? [])
                if (!Finds(name)) free.TryAdd(name, reader);
            needs[i] = from;

            bool Finds(string name)
            {
                if (!defined.TryGetValue(name, out int producer)) return false;
                if (producer >= 0) (from ??= []).Add(producer);
                return true;
            }
        }
        return GraphOrder.Sort(nodes, needs, cycle => Malformed(place, $"nodes depend on each other in a cycle: {cycle}"));
    }

    /// <summary>What the bodies of a node read from outside.</summary>
    private Dictionary<string, string>? Captures(OnnxNode node, int depth)
    {
        Dictionary<string, string>? all = null;
        foreach (OnnxGraph body in Bodies(node))
            foreach ((string name, string reader) in Check(body, depth + 1)) (all ??= []).TryAdd(name, reader);
        return all;
    }

    public static IEnumerable<OnnxGraph> Bodies(OnnxNode node)
    {
        foreach (OnnxAttribute a in node.Attributes.Values)
        {
            if (a.RefAttribute is not null) continue;
            if (a.Kind == OnnxAttributeKind.Graph) yield return a.Graph;
            if (a.Kind == OnnxAttributeKind.Graphs) foreach (OnnxGraph g in a.Graphs) yield return g;
        }
    }

    private TesseraException Twice(IReadOnlyList<OnnxNode> nodes, int first, int second, string name, string place) =>
        Malformed(place, first == NodeOfInput ? $"node {nodes[second]}{At(nodes[second])} gives '{name}', which is an input or initializer"
            : $"'{name}' is given by two nodes, {nodes[first]}{At(nodes[first])} and {nodes[second]}{At(nodes[second])}");

    private static string At(OnnxNode node) => node.Offset < 0 ? "" : $" (byte {node.Offset})";

    private TesseraException Malformed(string place, string what) => new(ErrorCode.MalformedModel, $"{model}: {place}: {what}.");
}
