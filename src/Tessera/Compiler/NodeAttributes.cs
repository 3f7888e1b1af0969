using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Attributes of one node in one frame.</summary>
internal sealed class NodeAttributes(Frame frame, OnnxNode node) : Attributes
{
    public OnnxNode Node => node;

    public override string OpType => node.OpType;

    public override string NodeName => Describe(node);

    public override int Opset => (int)frame.Opsets.GetValueOrDefault(node.Domain, 1);

    public static string Describe(OnnxNode node) => node.Name.Length > 0 ? node.Name : node.Outputs.FirstOrDefault(o => o.Length > 0) is { } o ? $"→ {o}" : "unnamed";

    public override bool HasAttribute(string name) => frame.Attribute(node, name) is not null;

    public override long Int(string name, long missing) => frame.Attribute(node, name)?.Int ?? missing;

    public override double Float(string name, double missing) => frame.Attribute(node, name)?.Float ?? missing;

    public override string String(string name, string missing) => frame.Attribute(node, name)?.String ?? missing;

    public override long[]? Ints(string name) => frame.Attribute(node, name)?.Ints;

    public override double[]? Floats(string name) => frame.Attribute(node, name) is { } a ? Array.ConvertAll(a.Floats, f => (double)f) : null;

    public override string[]? Strings(string name) => frame.Attribute(node, name)?.Strings;

    public override Tensor? Tensor(string name) => frame.Attribute(node, name) switch
    {
        null => null,
        { Kind: OnnxAttributeKind.SparseTensor } a => a.SparseTensor.ToDense(),
        { } a => a.Tensor,
    };

    public OnnxGraph Graph(string name) => frame.Attribute(node, name)?.Graph ?? throw Error(ErrorCode.MalformedModel, $"attribute '{name}' (a graph) is missing.");
}
