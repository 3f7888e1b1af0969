using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Window functions and the mel filter bank: constants, computed in Float64.</summary>
internal static class SignalConstants
{
    public static OpDef[] All =>
    [
        new("HannWindow", c => [Window(c, 0.5, 0.5, 0)], "ONNX HannWindow-17", Since: 17),
        new("HammingWindow", c => [Window(c, 25.0 / 46, 21.0 / 46, 0)], "ONNX HammingWindow-17", Since: 17),
        new("BlackmanWindow", c => [Window(c, 0.42, 0.5, 0.08)], "ONNX BlackmanWindow-17", Since: 17),
        new("MelWeightMatrix", c => [Mel(c)], "ONNX MelWeightMatrix-17", Since: 17),
    ];

    /// <summary>a₀ − a₁·cos(2πn ÷ N) + a₂·cos(4πn ÷ N); N is the size when periodic, else size − 1.</summary>
    private static Node Window(Lowering c, double a0, double a1, double a2)
    {
        long size = c.ConstantInts(0)[0];
        if (TableSize.Of(c, Math.Max(0, size)) != size) throw c.Error(ErrorCode.InvalidArgument, $"size {size} must not be negative.");
        double n = c.Flag("periodic", true) ? size : Math.Max(1, size - 1);
        double[] w = [.. Enumerable.Range(0, (int)size).Select(i => a0 - a1 * Math.Cos(2 * Math.PI * i / n) + a2 * Math.Cos(4 * Math.PI * i / n))];
        return Typed(c, w, Shape.Of(size));
    }

    private static Node Typed(Lowering c, double[] values, Shape shape)
    {
        DType type = (DType)c.Int32("output_datatype", (int)DType.Float32);
        if (!Enum.IsDefined(type) || type is DType.String or DType.Bool) throw c.Unsupported($"output_datatype {(int)type} is no numeric type.");
        return c.G.Cast(c.G.Const(Tensor.From(values, shape)), type);
    }

    /// <summary>[spectrogram bins, mel bins]: triangles between mel-spaced edges.</summary>
    private static Node Mel(Lowering c)
    {
        long bins = c.ConstantInts(0)[0], length = c.ConstantInts(1)[0], rate = c.ConstantInts(2)[0];
        double lower = c.ConstantFloats(3)[0], upper = c.ConstantFloats(4)[0];
        if (bins < 1 || bins > 1 << 20 || length < 1 || length > 1 << 28 || rate < 1 || !(lower >= 0 && upper > lower)) throw c.Error(ErrorCode.InvalidArgument, $"{bins} mel bins, DFT length {length}, sample rate {rate}, edges {lower} and {upper} Hz make no filter bank.");
        long rows = length / 2 + 1;
        double ToMel(double hertz) => 2595 * Math.Log10(1 + hertz / 700);
        double low = ToMel(lower), step = (ToMel(upper) - low) / (bins + 2);
        long[] edges = [.. Enumerable.Range(0, (int)bins + 2).Select(i => (long)Math.Floor((length + 1) * (700 * (Math.Pow(10, (low + i * step) / 2595) - 1)) / rate))];
        double[] w = new double[TableSize.Of(c, rows, bins)];
        void Set(long row, long column, double value) { if (row >= 0 && row < rows) w[row * bins + column] = value; }
        for (int i = 0; i < bins; i++)
        {
            (long from, long center, long to) = (edges[i], edges[i + 1], edges[i + 2]);
            if (center == from) Set(center, i, 1);
            else for (long j = from; j <= center; j++) Set(j, i, (double)(j - from) / (center - from));
            for (long j = center; j < to; j++) Set(j, i, (double)(to - j) / (to - center));
        }
        return Typed(c, w, Shape.Of(rows, bins));
    }
}
