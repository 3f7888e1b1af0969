using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>Rows of the operator bench, by family.</summary>
public static class OpTable
{
    public static IReadOnlyList<OpRow> Rows { get; } =
    [
        .. ElementwiseRows.All, .. MatrixRows.All, .. Int8Rows.All, .. ConvolutionRows.All, .. NormalizationRows.All, .. MovementRows.All, .. ReductionRows.All, .. ImageRows.All, .. FourierRows.All, .. NetworkRows.All, .. TrainingRows.All,
    ];

    /// <summary>Rows whose family or name contains one of the words; all without words.</summary>
    public static IReadOnlyList<OpRow> Of(IReadOnlyList<string> words) =>
        [.. Rows.Where(r => words.Count == 0 || words.Any(w => $"{r.Family} {r.Name}".Contains(w, StringComparison.OrdinalIgnoreCase)))];
}

/// <summary>One or few operations per element.</summary>
internal static class ElementwiseRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Unary("Relu", 1_000, Gate.Of(0.001, 0.004)), Unary("Relu", 10_000, Gate.Of(0.004, 0.01)), Unary("Relu", 100_000, Gate.Of(0.03, 0.06)),
        Unary("Sigmoid", 1_000, Gate.Of(0.002, 0.011)), Unary("Sigmoid", 10_000, Gate.Of(0.01, 0.02)), Unary("Sigmoid", 100_000, Gate.Of(0.08, 0.17)),
        Unary("Gelu", 1_000, Gate.Of(wasm: 0.02)), Unary("Gelu", 10_000, Gate.Of(wasm: 0.08)), Unary("Gelu", 100_000), Unary("Tanh", 100_000), Unary("Exp", 100_000), Unary("Erf", 100_000), Unary("HardSwish", 100_000),
        new("elementwise", "Add 100000", () => new OpBuilder().In("a", 100_000).In("b", 100_000).Node("Add", "a b", "y").Out("y", 100_000).Build()) { Operations = 100_000 },
        new("elementwise", "Add row 1024×768", () => new OpBuilder().In("a", 1024, 768).Const("b", 768).Node("Add", "a b", "y").Out("y", 1024, 768).Build()) { Operations = 1024 * 768 },
        new("elementwise", "Add channel 64×56²", () => new OpBuilder().In("a", 1, 64, 56, 56).Const("b", 64, 1, 1).Node("Add", "a b", "y").Out("y", 1, 64, 56, 56).Build()) { Operations = 64 * 56 * 56 },
        new("elementwise", "Add·Gelu·Add 128×3072", () => new OpBuilder(20).In("a", 128, 3072).Const("b", 3072).In("r", 128, 3072).Node("Add", "a b", "s").Node("Gelu", "s", "g").Node("Add", "g r", "y").Out("y", 128, 3072).Build()) { Operations = 3 * 128 * 3072 },
        new("elementwise", "Cast f32→f16 100000", () => new OpBuilder().In("x", 100_000).Node("Cast", "x", "y", OnnxAttribute.Of("to", (long)DType.Float16)).Out("y", DType.Float16, 100_000).Build()) { Bound = new(1e-3) },
    ];

    private static OpRow Unary(string op, long n, IReadOnlyList<Gate>? gates = null) =>
        new("elementwise", $"{op} {n}", () => new OpBuilder(20).In("x", n).Node(op, "x", "y").Out("y", n).Build()) { Operations = n, Gates = gates ?? [] };
}

/// <summary>Products of Float32 and Float16 matrices.</summary>
internal static class MatrixRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Square(64, Gate.Of(0.02, 0.047)), Square(96), Square(128, Gate.Of(0.075, 0.2)), Square(192), Square(256, Gate.Of(0.45, 1.5)), Square(384), Square(512, [new(1, 3.6), new(2, 1.9), .. Gate.Of(wasm: 11)]), Square(768), Square(1024), Square(2048),
        // m×n×k of the layers of BERT-base, ViT-B/16 and GPT-2 (one token, four tokens), weights constant.
        Layer(128, 768, 768), Layer(128, 3072, 768), Layer(128, 768, 3072), Layer(197, 768, 768), Layer(197, 3072, 768), Layer(197, 768, 3072),
        Layer(1, 768, 768), Layer(1, 3072, 768), Layer(1, 768, 3072), Layer(4, 3072, 768), Layer(1, 1000, 2048),
        new("matrix", "MatMul 12×128×64·64×128", () => new OpBuilder().In("a", 12, 128, 64).In("b", 12, 64, 128).Node("MatMul", "a b", "y").Out("y", 12, 128, 128).Build()) { Operations = 2.0 * 12 * 128 * 128 * 64, Native = NativeJob.Gemm(128, 128, 64, 12) },
        new("matrix", "MatMul 12×128×128·128×64", () => new OpBuilder().In("a", 12, 128, 128).In("b", 12, 128, 64).Node("MatMul", "a b", "y").Out("y", 12, 128, 64).Build()) { Operations = 2.0 * 12 * 128 * 128 * 64, Native = NativeJob.Gemm(128, 64, 128, 12) },
        new("matrix", "Gemm+bias+Relu 128×3072×768", () => new OpBuilder().In("a", 128, 768).Const("w", 3072, 768).Const("b", 3072).Node("Gemm", "a w b", "g", OnnxAttribute.Of("transB", 1L)).Node("Relu", "g", "y").Out("y", 128, 3072).Build()) { Operations = 2.0 * 128 * 3072 * 768 },
        Half(128, 768, 768), Half(1, 3072, 768),
    ];

    private static OpRow Square(long n, IReadOnlyList<Gate>? gates = null) =>
        new("matrix", $"MatMul {n}", () => new OpBuilder().In("a", n, n).In("b", n, n).Node("MatMul", "a b", "y").Out("y", n, n).Build()) { Operations = 2.0 * n * n * n, Native = NativeJob.Gemm(n, n, n), Gates = gates ?? [] };

    private static OpRow Layer(long m, long n, long k) =>
        new("matrix", $"MatMul layer {m}×{n}×{k}", () => new OpBuilder().In("a", m, k).Const("b", k, n).Node("MatMul", "a b", "y").Out("y", m, n).Build()) { Operations = 2.0 * m * n * k, Native = NativeJob.Gemm(m, n, k) };

    private static OpRow Half(long m, long n, long k) => new("matrix", $"MatMul f16 {m}×{n}×{k}", () =>
    {
        OpBuilder b = new();
        return b.In("a", b.Halves(m, k)).Const("b", b.Halves(k, n)).Node("MatMul", "a b", "y").Out("y", DType.Float16, m, n).Build();
    })
    { Operations = 2.0 * m * n * k, Bound = new(5e-3) };
}

/// <summary>Products of small integers.</summary>
internal static class Int8Rows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Product(512, 512, 512), Product(1024, 1024, 1024), Product(128, 768, 768), Product(128, 3072, 768), Product(128, 768, 3072), Product(1, 3072, 768),
        new("int8", "ConvInteger 64×28² → 64, 3×3", () =>
        {
            OpBuilder b = new();
            return b.In("x", b.Bytes(1, 64, 28, 28)).Const("w", b.Signed(64, 64, 3, 3)).Node("ConvInteger", "x w", "y", OnnxAttribute.Of("pads", [1, 1, 1, 1])).Out("y", DType.Int32, 1, 64, 28, 28).Build();
        }) { Operations = 2.0 * 64 * 28 * 28 * 64 * 9, Int8 = true },
        Blockwise(1, 3072, 768, 4), Blockwise(128, 3072, 768, 4), Blockwise(1, 3072, 768, 8),
    ];

    private static OpRow Product(long m, long n, long k) => new("int8", $"MatMulInteger {m}×{n}×{k}", () =>
    {
        OpBuilder b = new();
        return b.In("a", b.Bytes(m, k)).Const("b", b.Signed(k, n)).Node("MatMulInteger", "a b", "y").Out("y", DType.Int32, m, n).Build();
    })
    { Operations = 2.0 * m * n * k, Int8 = true, Native = NativeJob.GemmInt8(m, n, k) };

    /// <summary>Weights of so many bits, a scale for each 32 of them.</summary>
    private static OpRow Blockwise(long m, long n, long k, long bits) => new("int8", $"MatMulNBits {bits} bit {m}×{n}×{k}", () =>
    {
        OpBuilder b = new();
        return b.In("a", m, k).Const("w", b.Bytes(n, k / 32, 32 * bits / 8)).Const("s", n * k / 32)
            .Node("com.microsoft", "MatMulNBits", "a w s", "y", OnnxAttribute.Of("K", k), OnnxAttribute.Of("N", n), OnnxAttribute.Of("bits", bits), OnnxAttribute.Of("block_size", 32L)).Out("y", m, n).Build();
    })
    { Operations = 2.0 * m * n * k, Bound = new(2e-2) };
}
