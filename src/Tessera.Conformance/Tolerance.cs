namespace Tessera.Conformance;

/// <summary>How far a floating result may be off: |ours − expected| ≤ Absolute + Relative·|expected| for each element.</summary>
/// <param name="Why">Where the bound comes from.</param>
public sealed record Tolerance(double Absolute, double Relative, string Why)
{
    /// <summary>Bound on ‖ours − expected‖₂ ÷ ‖expected‖₂ over a whole output; replaces the elementwise bound.</summary>
    public double? RelL2 { get; init; }

    public static Tolerance Exact { get; } = new(0, 0, "the operation is exact or rounded once");

    /// <summary>What ONNX's own backend runner allows.</summary>
    public static Tolerance OnnxRunner { get; } = new(1e-7, 1e-3, "onnx.backend.test.runner: rtol 1e-3, atol 1e-7");
}
