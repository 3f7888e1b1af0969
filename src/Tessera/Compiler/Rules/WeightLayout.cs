using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Weights seen as [Groups, Outer, Channels, Inner]: output channel g · Channels + c is made from the elements [g, *, c, *].</summary>
internal readonly record struct WeightLayout(long Groups, long Outer, long Channels, long Inner)
{
    /// <summary>How a factor of shape <paramref name="factor"/> behind <paramref name="product"/> meets the weights at operand <paramref name="side"/>; null when it varies along more than the output channels.</summary>
    public static WeightLayout? Of(Node product, int side, Shape factor)
    {
        Shape y = product.Shape, w = product.In[side].Shape;
        int axis = product.Op != GraphOp.MatMul ? 1 : side == 1 ? y.Rank - 1 : y.Rank - 2;
        if (factor.Count == 1) return new(1, 1, 1, w.Count);
        for (int i = 0; i < factor.Rank; i++)
            if (factor[i] != 1 && i + y.Rank - factor.Rank != axis) return null;
        return product.Op switch
        {
            GraphOp.Conv => new(1, 1, w[0], w.CountOf(1, w.Rank)),
            GraphOp.ConvTranspose when product.Arg is Arg.ConvTranspose t => new(t.Group, w[0] / t.Group, w[1], w.CountOf(2, w.Rank)),
            _ => side == 1 ? new(1, w.CountOf(0, w.Rank - 1), w[-1], 1) : new(1, w.CountOf(0, w.Rank - 2), w[-2], w[-1]),
        };
    }
}
