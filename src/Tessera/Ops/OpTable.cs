namespace Tessera.Ops;

/// <summary>Every operator that Tessera knows, by domain, name and version.</summary>
public static class OpTable
{
    // Newest first; of most operators there is one.
    private static readonly Dictionary<string, List<OpDef>> Defs = ByName();

    public static IEnumerable<OpDef> All => Defs.Values.SelectMany(d => d);

    /// <summary>The definition for a version, or null when the operator is unknown or too new for that version.</summary>
    public static OpDef? Find(string domain, string name, int opset) =>
        Defs.TryGetValue(Key(domain == "ai.onnx" ? "" : domain, name), out List<OpDef>? defs) ? defs.Find(d => d.Since <= opset) : null;

    private static string Key(string domain, string name) => domain.Length == 0 ? name : $"{domain}:{name}";

    private static Dictionary<string, List<OpDef>> ByName()
    {
        Dictionary<string, List<OpDef>> byName = [];
        foreach (OpDef[] family in Families())
            foreach (OpDef d in family)
            {
                if (!byName.TryGetValue(Key(d.Domain, d.Name), out List<OpDef>? known)) byName[Key(d.Domain, d.Name)] = known = [];
                known.Insert(known.FindIndex(o => o.Since < d.Since) is >= 0 and int at ? at : known.Count, d);
            }
        return byName;
    }

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
