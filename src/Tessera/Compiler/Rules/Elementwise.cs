using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Groups of primitives that rules treat alike.</summary>
internal static class Elementwise
{
    /// <summary>One operand, same shape out.</summary>
    public static readonly ImmutableArray<GraphOp> Unary =
    [
        GraphOp.Neg, GraphOp.Abs, GraphOp.Sign, GraphOp.Floor, GraphOp.Ceil, GraphOp.Round, GraphOp.Sqrt, GraphOp.Exp, GraphOp.Log, GraphOp.Sin, GraphOp.Cos, GraphOp.Tan,
        GraphOp.Asin, GraphOp.Acos, GraphOp.Atan, GraphOp.Sinh, GraphOp.Cosh, GraphOp.Tanh, GraphOp.Asinh, GraphOp.Acosh, GraphOp.Atanh, GraphOp.Erf, GraphOp.Sigmoid,
        GraphOp.Not, GraphOp.IsNaN, GraphOp.IsInf, GraphOp.Cast,
    ];

    /// <summary>Two or three operands that broadcast.</summary>
    public static readonly ImmutableArray<GraphOp> Broadcasting =
    [
        GraphOp.Add, GraphOp.Sub, GraphOp.Mul, GraphOp.Div, GraphOp.Mod, GraphOp.Rem, GraphOp.Pow, GraphOp.Min, GraphOp.Max, GraphOp.And, GraphOp.Or, GraphOp.Xor,
        GraphOp.Shl, GraphOp.Shr, GraphOp.Eq, GraphOp.Lt, GraphOp.Le, GraphOp.Where,
    ];

    private static readonly bool[] s_any = Marked();

    private static bool[] Marked()
    {
        bool[] any = new bool[GraphOps.Count];
        foreach (GraphOp op in Unary) any[(int)op] = true;
        foreach (GraphOp op in Broadcasting) any[(int)op] = true;
        return any;
    }

    public static bool Is(GraphOp op) => s_any[(int)op];

    /// <summary>The same operation on other operands.</summary>
    public static Node With(GraphBuilder g, Node n, params ReadOnlySpan<Node> operands) => g.Emit(n.Op, operands, n.Arg);
}
