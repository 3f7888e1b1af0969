using System.Collections.Frozen;

namespace Tessera.Ops;

/// <summary>Every operator that Tessera knows, by domain, name and version.</summary>
public static class OpTable
{
    private static readonly FrozenDictionary<(string Domain, string Name), OpDef[]> Defs = Families()
        .SelectMany(f => f).GroupBy(d => (d.Domain, d.Name)).ToFrozenDictionary(g => g.Key, g => g.OrderByDescending(d => d.Since).ToArray());

    public static IEnumerable<OpDef> All => Defs.Values.SelectMany(d => d);

    /// <summary>The definition for a version, or null when the operator is unknown or too new for that version.</summary>
    public static OpDef? Find(string domain, string name, int opset) =>
        Defs.TryGetValue((domain == "ai.onnx" ? "" : domain, name), out OpDef[]? defs) ? defs.FirstOrDefault(d => d.Since <= opset) : null;

    private static IEnumerable<OpDef[]> Families() =>
    [
        Activations.All,
        Convolutions.All,
        Pools.All,
        Normalizations.All,
        BatchNormalizations.All,
        Resizes.All,
        Sampling.All,
        Rois.All,
        Recurrences.All,
        Attentions.All,
        Quantization.All,
        QuantizedContractions.All,
        Signals.All,
        SignalConstants.All,
        Optimizers.All,
        ContribActivations.All,
        ContribContractions.All,
        ContribNormalizations.All,
        ContribQuantized.All,
        ContribAttentions.All,
        Softmaxes.All,
        UnaryMaths.All,
        BinaryMaths.All,
        Conversions.All,
        Randoms.All,
        Reductions.All,
        Reshapes.All,
        Pieces.All,
        Constants.All,
        Blocks.All,
        Indexing.All,
        Selections.All,
        Contractions.All,
        Sequences.All,
        Losses.All,
        Strings.All,
        Detection.All,
        Ml.TreeEnsembles.All,
        Ml.LinearModels.All,
        Ml.SupportVectors.All,
        Ml.Features.All,
    ];
}
