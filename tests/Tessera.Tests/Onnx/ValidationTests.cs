using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

public sealed class ValidationTests
{
    [Fact]
    public void Nodes_out_of_order_are_sorted()
    {
        OnnxModel m = Models.Of(Graph(Models.Node("Neg", ["b"], ["y"]), Models.Node("Abs", ["x"], ["a"]), Models.Node("Exp", ["a"], ["b"])));
        m.Validate();
        Assert.Equal(["Abs", "Exp", "Neg"], m.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_body_that_reads_from_outside_comes_after_what_it_reads()
    {
        OnnxGraph body = new() { Outputs = [Models.Float("t")], Nodes = [Models.Node("Neg", ["a"], ["t"])] };
        OnnxModel m = Models.Of(Graph(Models.Node("If", ["x"], ["y"], OnnxAttribute.Of("then_branch", body)), Models.Node("Abs", ["x"], ["a"])));
        m.Validate();
        Assert.Equal(["Abs", "If"], m.Graph.Nodes.Select(n => n.OpType));
    }

    [Fact]
    public void A_cycle_is_refused_naming_its_nodes()
    {
        TesseraException e = Refused(Graph(Models.Node("Abs", ["x"], ["q"]), Models.Node("Neg", ["b"], ["a"]), Models.Node("Exp", ["a"], ["b"]), Models.Node("Add", ["b", "q"], ["y"])));
        Assert.Contains("cycle", e.Message, StringComparison.Ordinal);
        Assert.Contains("Neg 'Neg_a'", e.Message, StringComparison.Ordinal);
        Assert.Contains("Exp 'Exp_b'", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Abs", e.Message, StringComparison.Ordinal);
        Refused(Graph(Models.Node("Add", ["y", "x"], ["y"])));
    }

    [Fact]
    public void Names_are_given_once_and_exist()
    {
        Assert.Contains("'a' is given by two nodes", Refused(Graph(Models.Node("Abs", ["x"], ["a"]), Models.Node("Neg", ["x"], ["a"]))).Message, StringComparison.Ordinal);
        Assert.Contains("is an input or initializer", Refused(Graph(Models.Node("Abs", ["x"], ["x"]))).Message, StringComparison.Ordinal);
        Assert.Contains("Abs 'Abs_y' reads 'z'", Refused(Graph(Models.Node("Abs", ["z"], ["y"]))).Message, StringComparison.Ordinal);
        Assert.Contains("output 'y'", Refused(Graph()).Message, StringComparison.Ordinal);
        Assert.Contains("declared twice", Refused(new() { Inputs = [Models.Float("x"), Models.Float("x")] }).Message, StringComparison.Ordinal);
        OnnxGraph body = new() { Outputs = [Models.Float("t")], Nodes = [Models.Node("Neg", ["nowhere"], ["t"])] };
        Assert.Contains("reads 'nowhere'", Refused(Graph(Models.Node("If", ["x"], ["y"], OnnxAttribute.Of("then_branch", body)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Operator_sets_are_imported()
    {
        OnnxModel m = new() { Graph = Graph(Models.Node("Abs", ["x"], ["y"])), Opsets = Models.Opsets(("ai.onnx.ml", 3)) };
        Assert.Contains("'ai.onnx'", Assert.Throws<TesseraException>(m.Validate).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_standard_domain_has_one_name()
    {
        OnnxModel m = OnnxModel.Load(Proto.Message(w =>
        {
            w.Int64(1, 8);
            w.Message(8, o => { o.Text(1, "ai.onnx"); o.Int64(2, 13); });
            w.Message(7, g => g.Message(1, n => { n.Text(4, "Relu"); n.Text(7, "ai.onnx"); }));
        }));
        Assert.Equal(13, m.Opsets[""]);
        Assert.Equal("", m.Graph.Nodes[0].Domain);
    }

    [Fact]
    public void Functions_that_call_themselves_or_expand_without_bound_are_refused()
    {
        Assert.Contains("cycle", Assert.Throws<TesseraException>(Chain(3, 1, cyclic: true).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("expand to", Assert.Throws<TesseraException>(Chain(60, 2, cyclic: false).Validate).Message, StringComparison.Ordinal);
        Assert.Contains("deeper than", Assert.Throws<TesseraException>(Chain(50_000, 1, cyclic: false).Validate).Message, StringComparison.Ordinal);
        Chain(20, 1, cyclic: false).Validate();
    }

    [Fact]
    public void Wide_and_long_graphs_are_sorted_in_reasonable_time()
    {
        const int N = 100_000;
        List<OnnxNode> nodes = [.. Enumerable.Range(0, N).Select(i => Models.Node("Neg", [i == 0 ? "x" : $"v{i - 1}"], [i == N - 1 ? "y" : $"v{i}"]))];
        nodes.Reverse();
        OnnxModel m = Models.Of(new() { Inputs = [Models.Float("x")], Outputs = [Models.Float("y")], Nodes = nodes });
        m.Validate();
        Assert.Equal("x", m.Graph.Nodes[0].Inputs[0]);
        Assert.Equal("y", m.Graph.Nodes[^1].Outputs[0]);
    }

    private static OnnxModel Chain(int length, int callsEach, bool cyclic)
    {
        OrderedDictionary<(string, string), OnnxFunction> functions = [];
        for (int i = 0; i < length; i++)
        {
            string callee = i + 1 < length ? $"f{i + 1}" : "f0";
            List<OnnxNode> nodes = [];
            for (int k = 0; k < callsEach; k++) nodes.Add(i + 1 < length || cyclic ? Models.Call(callee, "", ["a"], [$"b{k}"]) : Models.Node("Neg", ["a"], [$"b{k}"]));
            functions[("my", $"f{i}")] = new() { Domain = "my", Name = $"f{i}", Inputs = ["a"], Outputs = ["b0"], Nodes = nodes, Opsets = Models.Opsets(("", 17)) };
        }
        return new() { Graph = Graph(Models.Call("f0", "", ["x"], ["y"])), Opsets = Models.Opsets(("", 17)), Functions = functions };
    }

    private static OnnxGraph Graph(params OnnxNode[] nodes) => new() { Name = "g", Inputs = [Models.Float("x")], Outputs = [Models.Float("y")], Nodes = nodes };

    private static TesseraException Refused(OnnxGraph graph)
    {
        TesseraException e = Assert.Throws<TesseraException>(Models.Of(graph).Validate);
        Assert.Equal(ErrorCode.MalformedModel, e.Code);
        return e;
    }
}
