using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Which primitives have kernels, found by writing them.</summary>
internal static class KernelSupport
{
    /// <summary>Why a node has no kernel on a target; null when it has.</summary>
    public static string? Refusal(Node node, KernelTarget target)
    {
        GraphBuilder g = new();
        Dictionary<Node, Node> operands = [];
        foreach (Node x in node.In)
            if (!operands.ContainsKey(x)) operands[x] = x.Op == GraphOp.Const ? g.Const(x.Constant!) : g.Input($"x{operands.Count}", x.Type, x.Shape);
        try
        {
            Node alone = g.Emit(node.Op, [.. node.In.Select(x => operands[x])], node.Arg);
            Graph graph = Decomposition.Run(g.Build(Enumerable.Range(0, alone.Outputs.Length).Select(i => g.Part(alone, i))));
            Schedule schedule = new(graph, target);
            foreach (Node root in schedule.Units) _ = UnitCompiler.Compile(schedule, root, target).Count();
            return null;
        }
        catch (TesseraException e) when (e.Code == ErrorCode.Unsupported)
        {
            return e.Message.TrimEnd('.');
        }
    }
}
