using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Thrown when lowering needs the value of something that is not computed yet.</summary>
internal sealed class ValueNeeded(string name) : Exception
{
    public string Name { get; } = name;
}

/// <summary>What an operator's definition sees of a node while a stage is built.</summary>
internal sealed class NodeLowering(GraphBuilder graph, OnnxNode node, NodeAttributes attributes, Lowered?[] inputs) : Lowering(graph)
{
    public override string OpType => attributes.OpType;

    public override string NodeName => attributes.NodeName;

    public override int Opset => attributes.Opset;

    public override int Count => inputs.Length;

    public override int OutputCount => node.Outputs.Count;

    public override bool Wants(int index) => index < node.Outputs.Count && node.Outputs[index].Length > 0;

    public override bool Has(int index) => index < inputs.Length && inputs[index] is not null;

    public override Lowered Any(int index) => Has(index) ? inputs[index]! : throw Error(ErrorCode.MalformedModel, $"input {index} is missing.");

    public override Tensor Constant(int index) => this[index].Constant ?? throw new ValueNeeded(node.Inputs[index]);

    public override bool HasAttribute(string name) => attributes.HasAttribute(name);

    public override long Int(string name, long missing) => attributes.Int(name, missing);

    public override double Float(string name, double missing) => attributes.Float(name, missing);

    public override string String(string name, string missing) => attributes.String(name, missing);

    public override long[]? Ints(string name) => attributes.Ints(name);

    public override double[]? Floats(string name) => attributes.Floats(name);

    public override string[]? Strings(string name) => attributes.Strings(name);

    public override Tensor? Tensor(string name) => attributes.Tensor(name);
}
