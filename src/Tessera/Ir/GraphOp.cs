namespace Tessera.Ir;

/// <summary>The closed set of graph primitives. Every ONNX operator decomposes into these; an engine sees nothing else.</summary>
/// <remarks>
/// Elementwise operators broadcast their operands as NumPy does. All shapes are concrete: control flow, sequences and
/// data-dependent shapes are resolved between graphs (see docs/architecture.md), never inside one.
/// </remarks>
public enum GraphOp
{
    // Leaves
    Input, Const, Random,

    // Elementwise, one operand. Not is logical on Bool and bitwise on integers. Round is half to even.
    Neg, Abs, Sign, Floor, Ceil, Round, Sqrt, Exp, Log, Sin, Cos, Tan, Asin, Acos, Atan,
    Sinh, Cosh, Tanh, Asinh, Acosh, Atanh, Erf, Sigmoid, Not, IsNaN, IsInf, Cast,

    // Elementwise, two operands of one type. And, Or, Xor are logical on Bool and bitwise on integers.
    // Div truncates on integers; Mod takes the sign of the divisor, Rem that of the dividend. Min and Max propagate NaN.
    Add, Sub, Mul, Div, Mod, Rem, Pow, Min, Max, And, Or, Xor, Shl, Shr,

    // Comparisons: Bool out, false when an operand is NaN.
    Eq, Lt, Le,

    // Elementwise, three operands: Bool ? a : b
    Where,

    // Movement
    Reshape, Transpose, Broadcast, Slice, Pad, Concat,

    // Reductions and scans
    ReduceSum, ReduceProd, ReduceMax, ReduceMin, ArgMax, ArgMin, CumSum,

    // Contractions
    MatMul, Conv, ConvTranspose,

    // Indexing
    Gather, GatherElements, GatherNd, ScatterElements, ScatterNd, TopK,

    // Composites with kernels of their own
    Softmax, LogSoftmax, Norm, Attention, Rnn, Pool, Resample, Fft,

    // A named function on the CPU that no tensor primitive expresses
    Host,

    // Output number i of a node with several outputs
    Part,
}

/// <summary>Facts about primitives.</summary>
internal static class GraphOps
{
    public const int Count = (int)GraphOp.Part + 1;
}
