namespace Tessera.Ops;

/// <summary>Every operator that Tessera knows, by domain, name and version.</summary>
public static class OpTable
{
    // Newest first; of most operators there is one. Families are made when an operator is not among those before them: all of them would take longer than a small model.
    private static readonly Dictionary<string, List<OpDef>> Defs = [];
    private static readonly Lock Loading = new();
    private static int s_families;

    public static IEnumerable<OpDef> All
    {
        get
        {
            lock (Loading)
            {
                while (LoadFamily()) { }
                return [.. Defs.Values.SelectMany(d => d)];
            }
        }
    }

    /// <summary>The definition for a version, or null when the operator is unknown or too new for that version.</summary>
    public static OpDef? Find(string domain, string name, int opset)
    {
        string key = Key(domain == "ai.onnx" ? "" : domain, name);
        lock (Loading)
        {
            do
            {
                if (!Defs.TryGetValue(key, out List<OpDef>? defs)) continue;
                foreach (OpDef d in defs) if (d.Since <= opset) return d;
                return null;
            } while (LoadFamily());
        }
        return null;
    }

    private static string Key(string domain, string name) => domain.Length == 0 ? name : $"{domain}:{name}";

    private static bool LoadFamily()
    {
        if (Family(s_families) is not { } family) return false;
        s_families++;
        foreach (OpDef d in family)
        {
            string key = Key(d.Domain, d.Name);
            if (!Defs.TryGetValue(key, out List<OpDef>? known)) Defs[key] = known = [];
            int at = 0;
            while (at < known.Count && known[at].Since >= d.Since) at++;
            known.Insert(at, d);
        }
        return true;
    }

    /// <summary>The families, those that most models use first; all versions of an operator are in one.</summary>
    internal static OpDef[]? Family(int index) => index switch
    {
        0 => Convolutions.All,
        1 => Activations.All,
        2 => Contractions.All,
        3 => BinaryMaths.All,
        4 => Reshapes.All,
        5 => Constants.All,
        6 => Pools.All,
        7 => Pieces.All,
        8 => UnaryMaths.All,
        9 => Reductions.All,
        10 => Softmaxes.All,
        11 => Indexing.All,
        12 => Conversions.All,
        13 => Normalizations.All,
        14 => Quantization.All,
        15 => BatchNormalizations.All,
        16 => QuantizedContractions.All,
        17 => Selections.All,
        18 => Blocks.All,
        19 => Recurrences.All,
        20 => Resizes.All,
        21 => Attentions.All,
        22 => Sequences.All,
        23 => Sampling.All,
        24 => Rois.All,
        25 => Signals.All,
        26 => SignalConstants.All,
        27 => Optimizers.All,
        28 => ContribActivations.All,
        29 => ContribContractions.All,
        30 => ContribNormalizations.All,
        31 => ContribQuantized.All,
        32 => ContribAttentions.All,
        33 => Randoms.All,
        34 => Losses.All,
        35 => Strings.All,
        36 => Detection.All,
        37 => Ml.TreeEnsembles.All,
        38 => Ml.LinearModels.All,
        39 => Ml.SupportVectors.All,
        40 => Ml.Features.All,
        _ => null,
    };
}
