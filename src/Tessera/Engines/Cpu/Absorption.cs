using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Elementwise nodes right after a kernel that the kernel computes itself: a number added per channel, another value added, bounds.</summary>
/// <param name="operand">Where the value of a node lies.</param>
internal sealed class Absorption(Grouping grouping, Func<Node, Operand> operand)
{
    /// <summary>Hands the nodes of a group that follow <paramref name="x"/> one by one to the step that makes it; returns those it took.</summary>
    public List<Node> Run(Step step, Node x, Node root)
    {
        List<Node> taken = [];
        bool reshaped = x.Op == GraphOp.Reshape;
        while (x != root && step.Writes[0].Type == DType.Float32 && grouping.Uses[x] is [{ In.Length: 2 } next] && Takes(step, x, next, next.In[next.In[0] == x ? 1 : 0], reshaped)) taken.Add(x = next);
        return taken;
    }

    private bool Takes(Step step, Node x, Node n, Node other, bool reshaped)
    {
        // A node inside the group has no value of its own.
        if (other == x || Grouping.IsElementwise(other) && grouping.Group(other) is null) return false;
        bool bounded = step.High < float.PositiveInfinity || step.Low > float.NegativeInfinity;
        if (n.Op == GraphOp.Add && !bounded)
        {
            if (!reshaped && step.TakesBias && step.Bias is null && IsAlong(step.BiasAxis(x.Shape.Rank), x, other) && operand(other) is { Type: DType.Float32, IsContiguous: true } bias)
            {
                step.AddBias(bias);
                return true;
            }
            if (!step.TakesAddend || x.Type != DType.Float32 || step.Addend is not null || other.Shape != n.Shape || operand(other) is not { Type: DType.Float32, IsContiguous: true } addend) return false;
            step.SetAddend(addend);
            return true;
        }
        if (!step.TakesAddend || x.Type != DType.Float32 || other.Op != GraphOp.Const || other.Shape.Count != 1) return false;
        float bound = (float)Scalars.ToFloat64(other.Constant!)[0];
        if (n.Op == GraphOp.Max && !bounded && !float.IsNaN(bound)) step.Low = bound;
        else if (n.Op == GraphOp.Min && step.High == float.PositiveInfinity && bound >= step.Low) step.High = bound;
        else return false;
        return true;
    }

    /// <summary>Whether <paramref name="other"/> has one number per place on an axis of <paramref name="x"/>.</summary>
    private static bool IsAlong(int axis, Node x, Node other)
    {
        int own = axis - (x.Shape.Rank - other.Shape.Rank);
        return axis >= 0 && axis < x.Shape.Rank && own >= 0 && other.Shape.Count == x.Shape[axis] && other.Shape[own] == x.Shape[axis];
    }
}
