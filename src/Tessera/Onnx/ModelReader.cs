namespace Tessera.Onnx;

/// <summary>Reads ModelProto, FunctionProto and their small parts.</summary>
internal static class ModelReader
{
    public static OnnxModel Read(WireReader r)
    {
        long ir = 0, version = 0;
        string producer = "", producerVersion = "", domain = "", doc = "";
        OnnxGraph? graph = null;
        OrderedDictionary<string, long> opsets = [];
        OrderedDictionary<(string, string), OnnxFunction> functions = [];
        OrderedDictionary<string, string> metadata = [];
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: ir = r.Int64(); break;
                case 2: producer = r.Text(); break;
                case 3: producerVersion = r.Text(); break;
                case 4: domain = r.Text(); break;
                case 5: version = r.Int64(); break;
                case 6: doc = r.Prose(); break;
                case 7: graph = graph is null ? GraphReader.Read(r.Message()) : throw r.Malformed(r.Start, "the model has two graphs"); break;
                case 8: ReadOpset(r.Message(), opsets); break;
                case 14: ReadEntry(r.Message(), metadata); break;
                case 25: AddFunction(r.Message(), functions); break;
                default: r.Skip(); break;
            }
        }
        if (ir < 1) throw r.Malformed(r.Start, "there is no IR version, so this is no ONNX model");
        if (graph is null) throw r.Malformed(r.Start, "the model has no graph");
        // Before IR version 3 there were no operator sets; what they are called now is 1.
        if (ir < 3 && opsets.Count == 0) opsets[""] = 1;
        return new()
        {
            IrVersion = ir, Producer = producer, ProducerVersion = producerVersion, Domain = domain, ModelVersion = version, Doc = doc,
            Opsets = opsets, Graph = graph, Functions = functions, Metadata = metadata,
        };
    }

    private static void AddFunction(WireReader r, OrderedDictionary<(string, string), OnnxFunction> to)
    {
        long start = r.Start;
        OnnxFunction f = ReadFunction(r);
        if (!to.TryAdd((f.Domain, OnnxModel.FunctionKey(f.Name, f.Overload)), f)) throw r.Malformed(start, $"function {f} is defined twice");
    }

    private static OnnxFunction ReadFunction(WireReader r)
    {
        string name = "", domain = "", doc = "", overload = "";
        List<string> inputs = [], outputs = [], attributes = [];
        List<OnnxNode> nodes = [];
        List<OnnxValueInfo> infos = [];
        OrderedDictionary<string, OnnxAttribute> defaults = [];
        OrderedDictionary<string, long> opsets = [];
        long start = r.Start;
        while (r.Next())
        {
            switch (r.Field)
            {
                case 1: name = r.Text(); break;
                case 4: inputs.Add(r.Text()); break;
                case 5: outputs.Add(r.Text()); break;
                case 6: attributes.Add(r.Text()); break;
                case 7: nodes.Add(GraphReader.ReadNode(r.Message())); break;
                case 8: doc = r.Prose(); break;
                case 9: ReadOpset(r.Message(), opsets); break;
                case 10: domain = r.Text(); break;
                case 11: GraphReader.AddAttribute(r.Message(), defaults); break;
                case 12: infos.Add(TypeReader.ReadInfo(r.Message())); break;
                case 13: overload = r.Text(); break;
                default: r.Skip(); break;
            }
        }
        if (name.Length == 0) throw r.Malformed(start, "a function has no name");
        return new()
        {
            Name = name, Domain = domain, Doc = doc, Overload = overload, Inputs = inputs, Outputs = outputs, Attributes = attributes,
            DefaultAttributes = defaults, Nodes = nodes, ValueInfos = infos, Opsets = opsets,
        };
    }

    private static void ReadOpset(WireReader r, OrderedDictionary<string, long> to)
    {
        string domain = "";
        long version = 0, start = r.Start;
        while (r.Next())
        {
            if (r.Field == 1) domain = OnnxDomain.Normalize(r.Text());
            else if (r.Field == 2) version = r.Int64();
            else r.Skip();
        }
        if (version < 1) throw r.Malformed(start, $"operator set '{domain}' has the version {version}");
        // Operators bind to the highest version that is imported.
        to[domain] = Math.Max(version, to.GetValueOrDefault(domain));
    }

    private static void ReadEntry(WireReader r, OrderedDictionary<string, string> to)
    {
        string key = "", value = "";
        while (r.Next())
        {
            if (r.Field == 1) key = r.Text();
            else if (r.Field == 2) value = r.Prose();
            else r.Skip();
        }
        to[key] = value;
    }
}
