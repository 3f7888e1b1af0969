using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>Models whose outputs are random by definition: they are held against the recorded ones by type, shape and distribution.</summary>
internal static class RandomModel
{
    private static readonly HashSet<string> Drawing = ["RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"];

    /// <summary>Whether a node of the model, its bodies or its functions draws random numbers.</summary>
    public static bool Draws(OnnxModel model) => Draws(model.Graph.Nodes) || model.Functions.Values.Any(f => Draws(f.Nodes));

    private static bool Draws(IEnumerable<OnnxNode> nodes) => nodes.Any(n => (n.Domain.Length == 0 && (Drawing.Contains(n.OpType) || Trains(n))) || Bodies(n).Any(g => Draws(g.Nodes)));

    // Dropout draws when told that it trains: by an attribute before version 7, by input 2 since 12.
    private static bool Trains(OnnxNode n) => n.OpType == "Dropout" && n.Inputs.Count > 2 && n.Inputs[2].Length > 0;

    private static IEnumerable<OnnxGraph> Bodies(OnnxNode n) =>
        n.Attributes.Values.Where(a => a.RefAttribute is null).SelectMany(a => a.Kind switch { OnnxAttributeKind.Graph => [a.Graph], OnnxAttributeKind.Graphs => a.Graphs, _ => Array.Empty<OnnxGraph>() });

    /// <summary>Mean and deviation of both samples must agree within five standard errors.</summary>
    public static string? Difference(string name, Value expected, Value actual)
    {
        if (expected is not TensorValue { Tensor: var e } || actual is not TensorValue { Tensor: var a }) return $"{name}: {actual}, expected {expected}";
        if (e.Type != a.Type || e.Shape != a.Shape) return $"{name}: {a}, expected {e}";
        if (e.Count == 0) return null;
        (double m1, double v1) = Moments(Numbers.Read(e));
        (double m2, double v2) = Moments(Numbers.Read(a));
        // A single draw says nothing of the spread: the smaller sample counts through its size only.
        double spread = Math.Sqrt(Math.Max(v1, v2)), error = 5 * spread * Math.Sqrt(2.0 / e.Count);
        if (Math.Abs(m1 - m2) > error + 1e-6) return $"{name}: mean {m2}, expected {m1} ± {error}";
        double low = Math.Max(0, 1 - 5 * Math.Sqrt(1.0 / e.Count)), high = 1 + 5 * Math.Sqrt(1.0 / e.Count);
        return Math.Sqrt(v2) < low * Math.Sqrt(v1) - 1e-6 || Math.Sqrt(v2) > high * Math.Sqrt(v1) + 1e-6 ? $"{name}: deviation {Math.Sqrt(v2)}, expected about {Math.Sqrt(v1)}" : null;
    }

    private static (double Mean, double Variance) Moments(double[] x)
    {
        double mean = x.Average();
        return (mean, x.Sum(v => (v - mean) * (v - mean)) / x.Length);
    }
}
