using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>One value in memory: an output of a node, or, numbered after the outputs, scratch of its kernel of the type of output 1.</summary>
/// <param name="Layout">Where its elements lie; null: row-major.</param>
/// <param name="As">The type of its elements in memory; null: that of the value. 16-bit floats that stay between kernels are kept in 32 bits, which read and write faster.</param>
internal readonly record struct Stored(Node Node, int Output, Layout? Layout = null, DType? As = null)
{
    public TensorType Type => Node.Outputs[Output < Node.Outputs.Length ? Output : 1];

    /// <summary>Elements in memory.</summary>
    public DType Element => As ?? Type.Type;

    /// <summary>Elements of the buffer.</summary>
    public long Count => Layout?.Count ?? Type.Shape.Count;

    public long Bytes => Element.Bytes(Count);

    /// <summary>Where the value of a node that is stored row-major lies.</summary>
    public static Stored Of(Node n) => n.Op == GraphOp.Part ? new(n.In[0], ((Arg.Part)n.Arg!).Index) : new(n, 0);
}
