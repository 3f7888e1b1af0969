using Tessera.Compiler;
using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Conformance.Tests.Kit;

public sealed class ModelDiffTests
{
    /// <summary>The reference with a wrong exponential, alone or only where it is fused.</summary>
    private sealed class Skewed(bool onlyInside) : Engine("skewed")
    {
        private readonly ReferenceEngine _reference = new();

        public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default) => new(Compatibility.Yes("needs nothing"));

        protected internal override Executable Prepare(Graph graph, PrepareOptions options) => _reference.Prepare(Passes.Run(
            new Pass("skew", [new("exp → sin", GraphOp.Exp, (r, n) => onlyInside && graph.Outputs.Contains(n) ? null : r.G.Unary(GraphOp.Sin, n.In[0]))]), graph, null, null), options);

        protected internal override Tensor[]? Fold(Node node) => null;

        protected override EngineCapabilities Probe() => _reference.Capabilities;

        protected override void Dispose(bool disposing)
        {
            _reference.Dispose();
            base.Dispose(disposing);
        }
    }

    private static OnnxModel Model()
    {
        OnnxNode Node(string op, string from, string to) => new() { Name = $"{op} node", OpType = op, Inputs = [from], Outputs = [to], Attributes = OnnxAttributes.Of() };
        return new()
        {
            Graph = new()
            {
                Name = "chain", Inputs = [new("x", new OnnxType.Tensor(DType.Float32, [3]))], Outputs = [new("z", new OnnxType.Tensor(DType.Float32, null))],
                Initializers = new OrderedDictionary<string, Tensor>(), Nodes = [Node("Neg", "x", "n"), Node("Exp", "n", "e"), Node("Sqrt", "e", "z")],
            },
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_node_that_differs_is_named(bool onlyInside)
    {
        using Skewed skewed = new(onlyInside);
        using OnnxModel model = Model();
        using Tensor x = Tensor.From([-0.1f, -0.2f, -0.3f], [3]);
        DiffReport r = ModelDiff.Run(Engines.Of("reference"), skewed, model, new Dictionary<string, Value> { ["x"] = x }, 1e-3, cancel: TestContext.Current.CancellationToken);
        Assert.False(r.Agrees);
        Assert.Equal(3, r.Values.Count);
        if (onlyInside) Assert.Null(r.Culprit);
        else Assert.Equal(("Exp node", "Exp", "e"), (r.Culprit!.Node, r.Culprit.Operator, r.Culprit.Value));
    }

    [Fact]
    public void Engines_that_agree_are_compared_by_node_only_when_asked_to()
    {
        using OnnxModel model = Model();
        using Tensor x = Tensor.From([-0.1f, -0.2f, -0.3f], [3]);
        Dictionary<string, Value> inputs = new() { ["x"] = x };
        DiffReport quick = ModelDiff.Run(Engines.Of("reference"), Engines.Of("cpu"), model, inputs, 1e-5, cancel: TestContext.Current.CancellationToken);
        Assert.True(quick.Agrees);
        Assert.Empty(quick.Values);
        Assert.Equal(["n", "e", "z"], ModelDiff.Run(Engines.Of("reference"), Engines.Of("cpu"), model, inputs, 1e-5, always: true, cancel: TestContext.Current.CancellationToken).Values.Select(v => v.Value));
    }
}
