using Tessera.Onnx;

namespace Tessera.Tests.Runtime;

/// <summary>Well-formed models that mean nonsense: attributes, wiring, operators and integer constants changed.</summary>
internal sealed class ModelMutation(Random random)
{
    private static readonly long[] Extremes = [0, 1, -1, 2, 3, 7, -2, 100, 65536, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, 1L << 40];

    public OnnxModel Apply(OnnxModel m)
    {
        List<OnnxNode> nodes = [.. m.Graph.Nodes];
        OrderedDictionary<string, Tensor> constants = [];
        foreach ((string name, Tensor t) in m.Graph.Initializers) constants[name] = t;
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            int at = random.Next(nodes.Count);
            OnnxNode x = nodes[at];
            switch (random.Next(4))
            {
                case 0: nodes[at] = With(x, x.OpType, x.Inputs, Changed(x.Attributes)); break;
                case 1: nodes[at] = With(x, x.OpType, Rewired(x.Inputs, [.. nodes.Take(at).SelectMany(p => p.Outputs), .. constants.Keys, .. m.Graph.Inputs.Select(i => i.Name)]), x.Attributes); break;
                case 2: nodes[at] = With(x, nodes[random.Next(nodes.Count)].OpType, x.Inputs, x.Attributes); break;
                default: Poison(constants); break;
            }
        }
        OnnxGraph g = new() { Name = m.Graph.Name, Nodes = nodes, Initializers = constants, Inputs = m.Graph.Inputs, Outputs = m.Graph.Outputs, ValueInfos = m.Graph.ValueInfos };
        return new() { Graph = g, Opsets = m.Opsets, Functions = m.Functions, IrVersion = m.IrVersion };
    }

    private static OnnxNode With(OnnxNode n, string op, IReadOnlyList<string> inputs, IReadOnlyDictionary<string, OnnxAttribute> attributes) =>
        new() { Name = n.Name, OpType = op, Domain = n.Domain, Overload = n.Overload, Inputs = inputs, Outputs = n.Outputs, Attributes = attributes };

    private long Extreme() => Extremes[random.Next(Extremes.Length)];

    private OrderedDictionary<string, OnnxAttribute> Changed(IReadOnlyDictionary<string, OnnxAttribute> attributes)
    {
        OrderedDictionary<string, OnnxAttribute> changed = [];
        foreach ((string name, OnnxAttribute a) in attributes)
        {
            if (random.Next(4) == 0) continue;
            bool keep = a.RefAttribute is not null || random.Next(2) == 0;
            changed[name] = keep ? a
                : a.Kind == OnnxAttributeKind.Int ? OnnxAttribute.Of(name, Extreme())
                : a.Kind == OnnxAttributeKind.Ints ? OnnxAttribute.Of(name, [.. Enumerable.Range(0, random.Next(a.Ints.Length + 2)).Select(i => random.Next(2) == 0 && i < a.Ints.Length ? a.Ints[i] : Extreme())])
                : a.Kind == OnnxAttributeKind.Float ? OnnxAttribute.Of(name, random.Next(3) switch { 0 => float.NaN, 1 => float.NegativeInfinity, _ => -a.Float })
                : a;
        }
        return changed;
    }

    private List<string> Rewired(IReadOnlyList<string> inputs, List<string> names)
    {
        List<string> x = [.. inputs];
        if (x.Count > 0) x[random.Next(x.Count)] = random.Next(5) == 0 ? "" : names[random.Next(names.Count)];
        if (x.Count > 1 && random.Next(4) == 0) x.RemoveAt(random.Next(x.Count));
        return x;
    }

    private void Poison(OrderedDictionary<string, Tensor> constants)
    {
        string[] integers = [.. constants.Where(c => c.Value.Type == DType.Int64 && c.Value.Count is > 0 and < 100).Select(c => c.Key)];
        if (integers.Length == 0) return;
        string name = integers[random.Next(integers.Length)];
        long[] v = constants[name].ToArray<long>();
        v[random.Next(v.Length)] = Extreme();
        constants[name] = Tensor.From(v, constants[name].Shape);
    }
}
