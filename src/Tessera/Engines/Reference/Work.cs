using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Operations that a node's definition performs.</summary>
internal static class Work
{
    public static long Flops(Node n) => n.Op switch
    {
        GraphOp.MatMul => 2 * n.Shape.Count * n.In[0].Shape[-1],
        GraphOp.Conv => 2 * n.Shape.Count * n.In[1].Shape.CountOf(1, n.In[1].Shape.Rank),
        GraphOp.ConvTranspose => 2 * n.In[0].Shape.Count * n.In[1].Shape.CountOf(1, n.In[1].Shape.Rank),
        GraphOp.Attention => 2 * n.In[0].Shape.Count * n.In[1].Shape[2] + 2 * n.Shape.Count * n.In[1].Shape[2],
        GraphOp.Rnn => 2 * n.In[0].Shape[0] * n.In[0].Shape[1] * (n.In[1].Shape.Count + n.In[2].Shape.Count),
        GraphOp.Fft => 8 * n.Shape.Count / 2 * n.In[0].Shape[((Arg.Fft)n.Arg!).Axis],
        GraphOp.Resample => 2 * n.Shape.Count * n.In[1].Shape[-1],
        _ => n.Outputs.Sum(t => t.Shape.Count),
    };
}
