using Tessera.Ir;
using static Tessera.Tests.Compiler.Rewritten;

namespace Tessera.Tests.Compiler;

/// <summary>Movement that cancels, merges, or is nothing but a slice.</summary>
public sealed class MovementTests
{
    private static Node X(GraphBuilder g, params long[] shape) => g.Input("x", DType.Float32, Shape.Of(shape));

    private static readonly Dictionary<string, (Func<GraphBuilder, Node> Build, GraphOp[] Left)> s_forms = new()
    {
        ["reshape · reshape → reshape"] = (g => g.Emit(GraphOp.Reshape, [g.Reshape(X(g, 4, 6), [24])], new Arg.Shaped([3, 8])), [GraphOp.Reshape]),
        ["transpose · transpose → transpose"] = (g => g.Transpose(g.Transpose(X(g, 2, 3, 4), 1, 2, 0), 2, 1, 0), [GraphOp.Transpose]),
        ["transpose of unit axes → reshape"] = (g => g.Transpose(X(g, 1, 3, 1, 4), 2, 1, 3, 0), [GraphOp.Reshape]),
        ["max or min over axes of extent 1 → reshape"] = (g => g.Reduce(GraphOp.ReduceMax, X(g, 4, 1, 3), false, 1), [GraphOp.Reshape]),
        ["slice of everything → itself"] = (g => g.Emit(GraphOp.Slice, [X(g, 4, 6)], new Arg.Slice([0, 0], [4, 6], [1, 1])), []),
        ["slice · slice → slice"] = (g => g.Slice(g.Slice(X(g, 20), 0, 18, 8, -2), 0, 1, 3, 2), [GraphOp.Slice]),
        ["slice of concat → slice of the part it lies in"] = (g => { Node x = X(g, 4, 3); return g.Slice(g.Concat(0, g.Exp(x), x, g.Neg(x)), 0, 6, 2, -1); }, [GraphOp.Slice]),
        ["concat of one → itself"] = (g => g.Emit(GraphOp.Concat, [X(g, 4)], new Arg.Along(0)), []),
        ["concat with empty parts → concat without"] = (g => { Node x = X(g, 4, 3); return g.Concat(0, x, g.Const(Tensor.Zeros(DType.Float32, [0, 3])), x); }, [GraphOp.Concat]),
        ["concat · concat along one axis → concat (inner one read once)"] = (g => { Node x = X(g, 4, 3); return g.Concat(1, x, g.Concat(1, g.Exp(x), x)); }, [GraphOp.Exp, GraphOp.Concat]),
        ["gather of constant, evenly spaced indices → slice"] = (g => g.Gather(X(g, 4, 9), g.Vector(-1, 5, 2), 1), [GraphOp.Slice]),
        ["matmul(broadcast a, b) → matmul(a, b)"] = (g => g.MatMul(X(g, 3, 4, 5), g.Broadcast(g.Exp(g.Input("b", DType.Float32, [5, 2])), [3, 5, 2])), [GraphOp.Exp, GraphOp.MatMul]),
        ["broadcast · broadcast → broadcast"] = (g => g.Broadcast(g.Broadcast(X(g, 3), [2, 3]), [4, 2, 3]), [GraphOp.Broadcast]),
        ["transpose(f(transpose …)) → f(…), where fewer transposes are left"] = (g =>
        {
            Node x = g.Transpose(X(g, 2, 3, 4), 0, 2, 1);
            return g.Transpose(g.Mul(g.Add(x, g.Full(x.Type, [2, 4, 3], 0.5)), g.Sigmoid(g.Add(x, 1))), 0, 2, 1);
        }, [GraphOp.Add, GraphOp.Sigmoid, GraphOp.Add, GraphOp.Mul]),
        ["transpose(concat x …) → concat(reshape x …), where each x is merely reshaped"] = (g => { Node x = X(g, 1, 5, 4, 1); return g.Transpose(g.Concat(3, x, g.Exp(x), x), 0, 3, 1, 2); }, [GraphOp.Exp, GraphOp.Reshape, GraphOp.Reshape, GraphOp.Concat]),
        ["f(transpose x, transpose y) → transpose f(x, y)"] = (g => g.Add(g.Transpose(X(g, 3, 4), 1, 0), g.Transpose(g.Input("y", DType.Float32, [3, 4]), 1, 0)), [GraphOp.Add, GraphOp.Transpose]),
        ["reduce(transpose x) → reduce(x), transposed when that is no reshape"] = (g => g.Reduce(GraphOp.ReduceMax, g.Transpose(X(g, 3, 4, 5), 2, 0, 1), false, 0), [GraphOp.ReduceMax, GraphOp.Reshape]),
    };

    public static TheoryData<string> Names => [.. s_forms.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Fires_and_moves_the_same_elements(string rule)
    {
        (Func<GraphBuilder, Node> build, GraphOp[] left) = s_forms[rule];
        (Graph after, List<string> fired) = Check(build, Seeds.Random());
        Assert.Contains(rule, fired);
        Assert.Equal(left.Order(), after.Nodes.Where(n => n.Op is not (GraphOp.Input or GraphOp.Const)).Select(n => n.Op).Order());
    }

    [Fact]
    public void Indices_that_skip_or_leave_stay()
    {
        Random random = Seeds.Random();
        foreach (long[] at in new long[][] { [0, 1, 3], [2, 2], [] })
            Assert.Equal(at.Length == 0 ? 1 : 1, Check(g => g.Gather(X(g, 4, 9), g.Vector(at), 1), random).Graph.Count(GraphOp.Gather));
    }
}
