namespace Tessera.Ir;

/// <summary>Elementwise primitives as methods; numbers become scalars of the other operand's type.</summary>
public sealed partial class GraphBuilder
{
    // By type, then by the bits of the value: −0 and +0 are equal numbers but different constants.
    private readonly Dictionary<long, Node>?[] _scalars = new Dictionary<long, Node>?[Enum.GetValues<DType>().Length];

    /// <summary>A scalar constant of <paramref name="type"/>, rounded to it.</summary>
    public Node Scalar(DType type, double value)
    {
        Dictionary<long, Node> known = _scalars[(int)type] ??= [];
        long bits = BitConverter.DoubleToInt64Bits(value);
        return known.TryGetValue(bits, out Node? n) ? n : known[bits] = Const(Scalars.Of(type, value));
    }

    public Node Scalar(Node like, double value) => Scalar(like.Type, value);

    /// <summary>A constant Int64 vector.</summary>
    public Node Vector(params ReadOnlySpan<long> values) => Const(Tensor.From(values, Shape.Of(values.Length)));

    public Node Unary(GraphOp op, Node x) => Emit(op, [x]);

    public Node Binary(GraphOp op, Node a, Node b) => Emit(op, [a, b]);

    public Node Add(Node a, Node b) => Emit(GraphOp.Add, [a, b]);
    public Node Add(Node a, double b) => Add(a, Scalar(a, b));
    public Node Sub(Node a, Node b) => Emit(GraphOp.Sub, [a, b]);
    public Node Sub(Node a, double b) => Sub(a, Scalar(a, b));
    public Node Sub(double a, Node b) => Sub(Scalar(b, a), b);
    public Node Mul(Node a, Node b) => Emit(GraphOp.Mul, [a, b]);
    public Node Mul(Node a, double b) => Mul(a, Scalar(a, b));
    public Node Div(Node a, Node b) => Emit(GraphOp.Div, [a, b]);
    public Node Div(Node a, double b) => Div(a, Scalar(a, b));
    public Node Div(double a, Node b) => Div(Scalar(b, a), b);
    public Node Pow(Node a, Node b) => Emit(GraphOp.Pow, [a, b]);
    public Node Pow(Node a, double b) => Pow(a, Scalar(a, b));
    public Node Min(Node a, Node b) => Emit(GraphOp.Min, [a, b]);
    public Node Min(Node a, double b) => Min(a, Scalar(a, b));
    public Node Max(Node a, Node b) => Emit(GraphOp.Max, [a, b]);
    public Node Max(Node a, double b) => Max(a, Scalar(a, b));
    public Node And(Node a, Node b) => Emit(GraphOp.And, [a, b]);
    public Node Or(Node a, Node b) => Emit(GraphOp.Or, [a, b]);
    public Node Eq(Node a, Node b) => Emit(GraphOp.Eq, [a, b]);
    public Node Eq(Node a, double b) => Eq(a, Scalar(a, b));
    public Node Lt(Node a, Node b) => Emit(GraphOp.Lt, [a, b]);
    public Node Lt(Node a, double b) => Lt(a, Scalar(a, b));
    public Node Le(Node a, Node b) => Emit(GraphOp.Le, [a, b]);
    public Node Gt(Node a, Node b) => Lt(b, a);
    public Node Gt(Node a, double b) => Lt(Scalar(a, b), a);
    public Node Ge(Node a, Node b) => Le(b, a);
    public Node Where(Node condition, Node a, Node b) => Emit(GraphOp.Where, [condition, a, b]);
    public Node Neg(Node x) => Emit(GraphOp.Neg, [x]);
    public Node Abs(Node x) => Emit(GraphOp.Abs, [x]);
    public Node Exp(Node x) => Emit(GraphOp.Exp, [x]);
    public Node Log(Node x) => Emit(GraphOp.Log, [x]);
    public Node Sqrt(Node x) => Emit(GraphOp.Sqrt, [x]);
    public Node Tanh(Node x) => Emit(GraphOp.Tanh, [x]);
    public Node Erf(Node x) => Emit(GraphOp.Erf, [x]);
    public Node Sigmoid(Node x) => Emit(GraphOp.Sigmoid, [x]);
    public Node Not(Node x) => Emit(GraphOp.Not, [x]);

    public Node Cast(Node x, DType type, bool saturate = true) => x.Type == type ? x : Emit(GraphOp.Cast, [x], new Arg.To(type, saturate));
}
