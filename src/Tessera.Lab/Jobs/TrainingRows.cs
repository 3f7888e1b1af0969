using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>Losses, optimisation steps and scalings, written in operators that every peer has where there is no operator of that name.</summary>
internal static class TrainingRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        MeanSquare(32, 0.0015), MeanSquare(128, 0.002), CrossEntropy(32, 10, 0.005), CrossEntropy(128, 100, 0.1), Focal(32, 10, 0.006),
        Descent(10_000, 0.01), Descent(100_000, 0.08), Adam(10_000, 0.02), Adam(100_000, 0.2), Adagrad(10_000, 0.02), RmsProp(10_000, 0.02), MinMax(10_000, 0.01), ZScore(10_000, 0.02),
    ];

    private static OpRow Row(string name, double operations, double gate, Func<OpBuilder> build) => new("training", name, () => build().Build()) { Operations = operations, Gates = Gate.Of(wasm: gate) };

    private static OpBuilder Scalar(this OpBuilder b, string name, float value) => b.Const(name, Tensor.Scalar(value));

    /// <summary>mean((p − t)²).</summary>
    private static OpRow MeanSquare(long n, double gate) => Row($"mean square error {n}", 3 * n, gate,
        () => new OpBuilder().In("p", n).In("t", n).Node("Sub", "p t", "d").Node("Mul", "d d", "q").Node("ReduceMean", "q", "y", OnnxAttribute.Of("keepdims", 0L)).Out("y"));

    private static OpRow CrossEntropy(long rows, long classes, double gate) => Row($"cross-entropy {rows}×{classes}", 4.0 * rows * classes, gate, () =>
    {
        OpBuilder b = new();
        return b.In("x", rows, classes).In("t", b.Indices(classes, rows)).Node("SoftmaxCrossEntropyLoss", "x t", "y").Out("y");
    });

    /// <summary>mean(−(1 − p)² · ln p), p the probability of the class meant. arXiv:1708.02002.</summary>
    private static OpRow Focal(long rows, long classes, double gate) => Row($"focal loss {rows}×{classes}", 4.0 * rows * classes, gate, () =>
    {
        OpBuilder b = new();
        return b.In("x", rows, classes).In("t", b.Indices(classes, rows, 1)).Scalar("one", 1).Node("LogSoftmax", "x", "l", OnnxAttribute.Of("axis", -1L)).Node("GatherElements", "l t", "g", OnnxAttribute.Of("axis", 1L))
            .Node("Exp", "g", "p").Node("Sub", "one p", "q").Node("Mul", "q q", "w").Node("Mul", "w g", "f").Node("Neg", "f", "n").Node("ReduceMean", "n", "y", OnnxAttribute.Of("keepdims", 0L)).Out("y");
    });

    /// <summary>x − rate · g.</summary>
    private static OpRow Descent(long n, double gate) => Row($"SGD {n}", 2 * n, gate, () => new OpBuilder().In("x", n).In("g", n).Scalar("r", 0.01f).Node("Mul", "g r", "s").Node("Sub", "x s", "y").Out("y", n));

    /// <summary>arXiv:1412.6980 at its first step, with the corrections for the zeros that moments start from.</summary>
    private static OpRow Adam(long n, double gate) => Row($"Adam {n}", 13 * n, gate, () => new OpBuilder().In("x", n).In("g", n).In("m", n).In("v", Positive(n))
        .Scalar("a", 0.9f).Scalar("ā", 0.1f).Scalar("b", 0.999f).Scalar("b̄", 0.001f).Scalar("c", 10).Scalar("d", 1000).Scalar("r", 0.001f).Scalar("e", 1e-8f)
        .Node("Mul", "m a", "ma").Node("Mul", "g ā", "ga").Node("Add", "ma ga", "M").Node("Mul", "v b", "vb").Node("Mul", "g g", "gg").Node("Mul", "gg b̄", "gb").Node("Add", "vb gb", "V")
        .Node("Mul", "M c", "mc").Node("Mul", "V d", "vd").Node("Sqrt", "vd", "s").Node("Add", "s e", "t").Node("Div", "mc t", "u").Node("Mul", "u r", "w").Node("Sub", "x w", "y").Out("y", n).Out("M", n).Out("V", n));

    /// <summary>JMLR 12 (2011) 2121.</summary>
    private static OpRow Adagrad(long n, double gate) => Row($"AdaGrad {n}", 7 * n, gate, () => new OpBuilder().In("x", n).In("g", n).In("h", Positive(n)).Scalar("r", 0.01f).Scalar("e", 1e-8f)
        .Node("Mul", "g g", "gg").Node("Add", "h gg", "H").Node("Sqrt", "H", "s").Node("Add", "s e", "t").Node("Div", "g t", "u").Node("Mul", "u r", "w").Node("Sub", "x w", "y").Out("y", n).Out("H", n));

    private static OpRow RmsProp(long n, double gate) => Row($"RMSprop {n}", 9 * n, gate, () => new OpBuilder().In("x", n).In("g", n).In("h", Positive(n)).Scalar("a", 0.9f).Scalar("ā", 0.1f).Scalar("r", 0.01f).Scalar("e", 1e-8f)
        .Node("Mul", "h a", "ha").Node("Mul", "g g", "gg").Node("Mul", "gg ā", "ga").Node("Add", "ha ga", "H").Node("Sqrt", "H", "s").Node("Add", "s e", "t").Node("Div", "g t", "u").Node("Mul", "u r", "w").Node("Sub", "x w", "y").Out("y", n).Out("H", n));

    /// <summary>(x − min) ÷ (max − min).</summary>
    private static OpRow MinMax(long n, double gate) => Row($"min-max scaling {n}", 4 * n, gate, () => new OpBuilder().In("x", n).Node("ReduceMin", "x", "a").Node("ReduceMax", "x", "b").Node("Sub", "b a", "c").Node("Sub", "x a", "d").Node("Div", "d c", "y").Out("y", n));

    /// <summary>(x − mean) ÷ deviation.</summary>
    private static OpRow ZScore(long n, double gate) => Row($"z-score scaling {n}", 6 * n, gate, () => new OpBuilder().In("x", n).Node("ReduceMean", "x", "m").Node("Sub", "x m", "d").Node("Mul", "d d", "q").Node("ReduceMean", "q", "v").Node("Sqrt", "v", "s").Node("Div", "d s", "y").Out("y", n));

    private static Tensor Positive(long n)
    {
        Tensor t = new OpBuilder().Floats(n);
        foreach (ref float v in t.Span<float>()) v *= v;
        return t;
    }
}
