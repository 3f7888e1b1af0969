using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>Normalizations and softmax.</summary>
internal static class NormalizationRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Softmax(1_000, 1, Gate.Of(wasm: 0.011)), Softmax(10_000, 1, Gate.Of(wasm: 0.02)), Softmax(128, 12 * 128),
        Layer(32, 512, Gate.Of(0.02, 0.05)), Layer(32, 2048, Gate.Of(0.06, 0.2)), Layer(128, 768),
        Batch(64, 0.01), Batch(256, 0.03), Batch(1024, 0.1),
        new("normalization", "BatchNormalization 64×56²", () => new OpBuilder().In("x", 1, 64, 56, 56).Const("s", 64).Const("b", 64).Const("m", 64).Const("v", Tensor.From([.. Enumerable.Repeat(1f, 64)], [64]))
            .Node("BatchNormalization", "x s b m v", "y").Out("y", 1, 64, 56, 56).Build()) { Operations = 2 * 64 * 56 * 56 },
        new("normalization", "InstanceNormalization 32×64×16²", () => new OpBuilder().In("x", 32, 64, 16, 16).Const("s", 64).Const("b", 64).Node("InstanceNormalization", "x s b", "y").Out("y", 32, 64, 16, 16).Build()) { Operations = 7.0 * 32 * 64 * 256 },
        new("normalization", "GroupNormalization 32×64×16², 8 groups", () => new OpBuilder(21).In("x", 32, 64, 16, 16).Const("s", 64).Const("b", 64).Node("GroupNormalization", "x s b", "y", OnnxAttribute.Of("num_groups", 8L)).Out("y", 32, 64, 16, 16).Build()) { Operations = 7.0 * 32 * 64 * 256, Gates = Gate.Of(wasm: 1) },
        new("normalization", "RMSNormalization 128×768", () => new OpBuilder(23).In("x", 128, 768).Const("s", 768).Node("RMSNormalization", "x s", "y").Out("y", 128, 768).Build()) { Operations = 4.0 * 128 * 768 },
    ];

    private static OpRow Softmax(long n, long rows, IReadOnlyList<Gate>? gates = null) => new("normalization", rows == 1 ? $"Softmax {n}" : $"Softmax {rows}×{n}", () => new OpBuilder().In("x", rows, n).Node("Softmax", "x", "y").Out("y", rows, n).Build()) { Operations = 4.0 * rows * n, Gates = gates ?? [] };

    private static OpRow Batch(long n, double gate) => new("normalization", $"BatchNormalization 32×{n}", () => new OpBuilder().In("x", 32, n).Const("s", n).Const("b", n).Const("m", n).Const("v", Tensor.From([.. Enumerable.Repeat(1f, (int)n)], [n]))
        .Node("BatchNormalization", "x s b m v", "y").Out("y", 32, n).Build())
    { Operations = 2.0 * 32 * n, Gates = Gate.Of(wasm: gate) };

    private static OpRow Layer(long rows, long n, IReadOnlyList<Gate>? gates = null) =>
        new("normalization", $"LayerNormalization {rows}×{n}", () => new OpBuilder().In("x", rows, n).Const("s", n).Const("b", n).Node("LayerNormalization", "x s b", "y").Out("y", rows, n).Build()) { Operations = 7.0 * rows * n, Gates = gates ?? [] };
}

/// <summary>Data that moves and stays what it is.</summary>
internal static class MovementRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Copy(1 << 20, 0.05), Copy(10 << 20, 0.5),
        Transpose([1024, 1024], [1, 0], Gate.Of(1.5, 2.2)), Transpose([2048, 2048], [1, 0], Gate.Of(8, 11)), Transpose([1, 64, 56, 56], [0, 2, 3, 1]), Transpose([1, 56, 56, 64], [0, 3, 1, 2]), Transpose([1, 128, 12, 64], [0, 2, 1, 3]),
        new("movement", "Concat 2×64×56²", () => new OpBuilder().In("a", 1, 64, 56, 56).In("b", 1, 64, 56, 56).Node("Concat", "a b", "y", OnnxAttribute.Of("axis", 1L)).Out("y", 1, 128, 56, 56).Build()),
        new("movement", "Slice 128×56² every second", () => new OpBuilder().In("x", 1, 128, 56, 56).Const("s", OpBuilder.Longs(0, 0)).Const("e", OpBuilder.Longs(56, 56)).Const("a", OpBuilder.Longs(2, 3)).Const("t", OpBuilder.Longs(2, 2)).Node("Slice", "x s e a t", "y").Out("y", 1, 128, 28, 28).Build()),
        new("movement", "Pad 64×56² by 1", () => new OpBuilder().In("x", 1, 64, 56, 56).Const("p", OpBuilder.Longs(0, 0, 1, 1, 0, 0, 1, 1)).Node("Pad", "x p", "y").Out("y", 1, 64, 58, 58).Build()),
        Indexed("Gather 512 rows of 10000×256", (b, i) => b.Const("t", 10_000, 256).Node("Gather", $"t {i}", "y").Out("y", 512, 256), 10_000, 512) with { Unread = (10_000 - 512) * 256 * 4 },
        Indexed("GatherElements 512×256", (b, i) => b.In("x", 512, 256).Node("GatherElements", $"x {i}", "y").Out("y", 512, 256), 512, 512, 256),
        Indexed("ScatterElements 512×256", (b, i) => b.In("x", 512, 256).In("u", 512, 256).Node("ScatterElements", $"x {i} u", "y", OnnxAttribute.Of("reduction", "add")).Out("y", 512, 256), 512, 512, 256),
    ];

    private static OpRow Copy(long bytes, double gate) => new("movement", $"copy {bytes >> 20} MiB", () => new OpBuilder().In("x", bytes / 4).Node("Identity", "x", "y").Out("y", bytes / 4).Build()) { Gates = [new(0, gate)] };

    private static OpRow Transpose(long[] dims, long[] axes, IReadOnlyList<Gate>? gates = null) =>
        new("movement", $"Transpose {string.Join('×', dims)} → {string.Join(' ', axes)}", () => new OpBuilder().In("x", dims).Node("Transpose", "x", "y", OnnxAttribute.Of("perm", axes)).Out("y", [.. axes.Select(a => dims[a])]).Build()) { Gates = gates ?? [] };

    private static OpRow Indexed(string name, Func<OpBuilder, string, OpBuilder> rest, long below, params long[] dims) => new("movement", name, () =>
    {
        OpBuilder b = new();
        return rest(b.In("i", b.Indices(below, dims)), "i").Build();
    });
}

/// <summary>Many elements to few.</summary>
internal static class ReductionRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Reduce("ReduceSum", 1), Reduce("ReduceSum", 0), Reduce("ReduceMean", 1), Reduce("ReduceMax", 1), Reduce("ReduceMax", 0),
        new("reduction", "ReduceSum 1024×1024, all", () => new OpBuilder().In("x", 1024, 1024).Node("ReduceSum", "x", "y", OnnxAttribute.Of("keepdims", 0L)).Out("y").Build()) { Operations = 1024 * 1024, Bound = new(1e-3) },
        new("reduction", "ArgMax 1024×1024, axis 1", () => new OpBuilder().In("x", 1024, 1024).Node("ArgMax", "x", "y", OnnxAttribute.Of("axis", 1L), OnnxAttribute.Of("keepdims", 0L)).Out("y", DType.Int64, 1024).Build()) { Operations = 1024 * 1024 },
        new("reduction", "CumSum 1024×1024, axis 1", () => new OpBuilder().In("x", 1024, 1024).Const("a", Tensor.Scalar(1L)).Node("CumSum", "x a", "y").Out("y", 1024, 1024).Build()) { Operations = 1024 * 1024 },
        new("reduction", "TopK 10 of 64×1000", () => new OpBuilder().In("x", 64, 1000).Const("k", OpBuilder.Longs(10)).Node("TopK", "x k", "y i").Out("y", 64, 10).Out("i", DType.Int64, 64, 10).Build()) { Operations = 64 * 1000 },
    ];

    private static OpRow Reduce(string op, long axis) => new("reduction", $"{op} 1024×1024, axis {axis}", () =>
    {
        OpBuilder b = new OpBuilder(18).In("x", 1024, 1024).Const("a", OpBuilder.Longs(axis));
        return b.Node(op, "x a", "y", OnnxAttribute.Of("keepdims", 0L)).Out("y", 1024).Build();
    })
    { Operations = 1024 * 1024, Bound = new(1e-3) };
}

/// <summary>Pooling and resampling.</summary>
internal static class ImageRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        new("image", "MaxPool 64×112², 3×3/2", () => new OpBuilder().In("x", 1, 64, 112, 112).Node("MaxPool", "x", "y", OnnxAttribute.Of("kernel_shape", [3, 3]), OnnxAttribute.Of("strides", [2, 2]), OnnxAttribute.Of("pads", [1, 1, 1, 1])).Out("y", 1, 64, 56, 56).Build()) { Operations = 9.0 * 64 * 56 * 56 },
        new("image", "AveragePool 64×56², 3×3", () => new OpBuilder().In("x", 1, 64, 56, 56).Node("AveragePool", "x", "y", OnnxAttribute.Of("kernel_shape", [3, 3]), OnnxAttribute.Of("pads", [1, 1, 1, 1])).Out("y", 1, 64, 56, 56).Build()) { Operations = 9.0 * 64 * 56 * 56 },
        new("image", "GlobalAveragePool 512×7²", () => new OpBuilder().In("x", 1, 512, 7, 7).Node("GlobalAveragePool", "x", "y").Out("y", 1, 512, 1, 1).Build()) { Operations = 512 * 49 },
        Resize("linear", "half_pixel", 64, 56), Resize("nearest", "asymmetric", 64, 56), Resize("cubic", "half_pixel", 16, 56),
    ];

    private static OpRow Resize(string mode, string positions, long c, long size) => new("image", $"Resize {mode} {c}×{size}² to twice", () => new OpBuilder(18).In("x", 1, c, size, size).Const("s", Tensor.From([1f, 1, 2, 2], [4]))
        .Node("Resize", "x - s", "y", OnnxAttribute.Of("mode", mode), OnnxAttribute.Of("coordinate_transformation_mode", positions), OnnxAttribute.Of("nearest_mode", "floor")).Out("y", 1, c, 2 * size, 2 * size).Build())
    { Operations = (mode == "nearest" ? 0 : mode == "linear" ? 6 : 40) * c * 4.0 * size * size };
}

/// <summary>Fourier transforms; a transform of n complex numbers counts 5·n·log₂ n operations, one of real numbers half of that.</summary>
internal static class FourierRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Transform(256, real: true, 0.01), Transform(512, real: true, 0.015), Transform(1024, real: true, 0.03), Transform(2048, real: true, 0.05), Transform(4096, real: true, 0.1),
        Transform(1024, real: false), Transform(1000, real: false), Transform(1021, real: false), Transform(512, real: true, rows: 400), Transform(512, real: false, rows: 400),
    ];

    private static OpRow Transform(long n, bool real, double? gate = null, long rows = 1)
    {
        long columns = real ? n / 2 + 1 : n;
        // onnxruntime's transforms of other lengths are off by 1.2e-4; FFTW's and ours agree to 3e-7.
        return new("fourier", $"DFT {(real ? "real" : "complex")} {(rows > 1 ? $"{rows}×" : "")}{n}", () => new OpBuilder().In("x", rows, n, real ? 1 : 2).Node("DFT", "x", "y", OnnxAttribute.Of("axis", 1L), OnnxAttribute.Of("onesided", real ? 1L : 0L)).Out("y", rows, columns, 2).Build())
        {
            Operations = (real ? 2.5 : 5) * rows * n * Math.Log2(n), Bound = new(long.IsPow2(n) ? 1e-4 : 5e-4), Native = NativeJob.Fft(rows, n, real),
            // In WebAssembly it may take twice as long.
            Gates = Gate.Of(gate, 2 * gate)
        };
    }
}

/// <summary>Layers of several operators.</summary>
internal static class NetworkRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        new("network", "MLP 128-64-32-10", () => new OpBuilder().In("x", 1, 128).Const("u", 128, 64).Const("a", 64).Const("v", 64, 32).Const("b", 32).Const("w", 32, 10).Const("c", 10)
            .Node("Gemm", "x u a", "h").Node("Relu", "h", "i").Node("Gemm", "i v b", "j").Node("Relu", "j", "k").Node("Gemm", "k w c", "y").Out("y", 1, 10).Build()) { Operations = 2.0 * (128 * 64 + 64 * 32 + 32 * 10), Gates = [new(0, 0.005)] },
        Recurrent("LSTM", 4, 50, 1), Recurrent("GRU", 3, 50, 1), Recurrent("LSTM", 4, 50, 8), Recurrent("GRU", 3, 50, 8),
        new("network", "Attention written out 12×128×64", () => new OpBuilder().In("q", 12, 128, 64).In("k", 12, 64, 128).In("v", 12, 128, 64).Const("s", Tensor.Scalar(0.125f))
            .Node("MatMul", "q k", "p").Node("Mul", "p s", "r").Node("Softmax", "r", "w", OnnxAttribute.Of("axis", -1L)).Node("MatMul", "w v", "y").Out("y", 12, 128, 64).Build()) { Operations = 4.0 * 12 * 128 * 128 * 64 },
        new("network", "Attention-23 12×1024×64 causal", () => new OpBuilder(23).In("q", 1, 12, 1024, 64).In("k", 1, 12, 1024, 64).In("v", 1, 12, 1024, 64).Node("Attention", "q k v", "y", OnnxAttribute.Of("is_causal", 1L)).Out("y", 1, 12, 1024, 64).Build()) { Operations = 2.0 * 12 * 1024 * 1024 * 64 },
        new("network", "Attention-23 12×1×64, 1024 keys", () => new OpBuilder(23).In("q", 1, 12, 1, 64).In("k", 1, 12, 1024, 64).In("v", 1, 12, 1024, 64).Node("Attention", "q k v", "y").Out("y", 1, 12, 1, 64).Build()) { Operations = 4.0 * 12 * 1024 * 64 },
    ];

    /// <summary>128 inputs, 128 hidden units; weights scaled so that the state neither fades nor saturates.</summary>
    private static OpRow Recurrent(string op, long gates, long steps, long batch) => new("network", $"{op} {steps} steps, batch {batch}, 128 → 128", () =>
    {
        OpBuilder b = new();
        return b.In("x", steps, batch, 128).Const("w", Small(b.Floats(1, gates * 128, 128))).Const("r", Small(b.Floats(1, gates * 128, 128))).Node(op, "x w r", "y", OnnxAttribute.Of("hidden_size", 128L)).Out("y", steps, 1, batch, 128).Build();
    })
    { Operations = 4.0 * steps * batch * gates * 128 * 128 };

    private static Tensor Small(Tensor t)
    {
        foreach (ref float v in t.Span<float>()) v *= 0.1f;
        return t;
    }
}
