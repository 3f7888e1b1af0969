namespace Tessera.Ir;

/// <summary>Neural-network composites as methods.</summary>
public sealed partial class GraphBuilder
{
    public Node Conv(Node x, Node w, Arg.Conv arg) => Emit(GraphOp.Conv, [x, w], arg);

    public Node ConvTranspose(Node x, Node w, Arg.ConvTranspose arg) => Emit(GraphOp.ConvTranspose, [x, w], arg);

    public Node Pool(Node x, Arg.Pool arg) => Emit(GraphOp.Pool, [x], arg);

    /// <summary>Normalisation over <paramref name="axes"/>, without scale and bias.</summary>
    public Node Norm(Node x, double epsilon, bool centered, params ReadOnlySpan<int> axes)
    {
        return Emit(GraphOp.Norm, [x], new Arg.Norm(Ints.Axes(x.Shape, axes), epsilon, centered));
    }

    public Node Attention(Node q, Node k, Node v, Node? mask, Arg.Attention arg) => Emit(GraphOp.Attention, mask is null ? [q, k, v] : [q, k, v, mask], arg);

    /// <summary>Along <paramref name="axis"/>: y[i] = Σₖ weights[i, k] · x[indices[i, k]].</summary>
    public Node Resample(Node x, int axis, int[] indices, float[] weights, int taps)
    {
        Shape s = Shape.Of(indices.Length / taps, taps);
        Node w = Const(x.Type == DType.Float64 ? Tensor.From(Array.ConvertAll(weights, v => (double)v), s) : Tensor.From(weights, s));
        return Emit(GraphOp.Resample, [x, Const(Tensor.From(indices, s)), Cast(w, x.Type)], new Arg.Along(x.Shape.Axis(axis)));
    }

    public Node Fft(Node x, int axis, bool inverse, bool oneSided = false) => Emit(GraphOp.Fft, [x], new Arg.Fft(x.Shape.Axis(axis), inverse, oneSided));

    /// <summary><paramref name="x"/> in a type that holds intermediate results: 16-bit floats become Float32.</summary>
    public Node Widen(Node x) => x.Type is DType.Float16 or DType.BFloat16 ? Cast(x, DType.Float32) : x;

    /// <summary>A constant of <paramref name="type"/> with one value everywhere.</summary>
    public Node Fill(DType type, Shape shape, double value) => Broadcast(Scalar(type, value), shape);

    /// <summary>A vector seen along <paramref name="axis"/> of a tensor of rank <paramref name="rank"/>.</summary>
    public Node AlongAxis(Node vector, int axis, int rank)
    {
        long[] e = new long[rank];
        Array.Fill(e, 1);
        e[axis] = vector.Shape.Count;
        return Reshape(vector, Shape.Of(e));
    }
}
