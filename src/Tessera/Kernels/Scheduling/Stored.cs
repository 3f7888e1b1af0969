using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>One value in memory: an output of a node, or, numbered after the outputs, scratch of its kernel of the type of output 1.</summary>
internal readonly record struct Stored(Node Node, int Output)
{
    public TensorType Type => Node.Outputs[Output < Node.Outputs.Length ? Output : 1];

    public long Bytes => Type.Type.Bytes(Type.Shape.Count);

    /// <summary>Where the value of a node that is stored lies.</summary>
    public static Stored Of(Node n) => n.Op == GraphOp.Part ? new(n.In[0], ((Arg.Part)n.Arg!).Index) : new(n, 0);
}
