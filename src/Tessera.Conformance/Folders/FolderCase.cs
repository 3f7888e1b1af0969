using System.Diagnostics;
using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>Runs one test folder on an engine and compares every output of every data set.</summary>
public static class FolderCase
{
    /// <summary>Never throws for what the engine does: an error is a failed case that says so. What the engine refuses is run again with <paramref name="fallback"/>, if there is one.</summary>
    public static CaseResult Run(Engine engine, Engine? fallback, TestFolder folder, CancellationToken cancel = default)
    {
        CaseResult alone = Run(engine, folder, null, cancel);
        if (fallback is null || fallback == engine || alone.Verdict != Verdict.Failed || !alone.Detail.StartsWith(nameof(ErrorCode.Unsupported), StringComparison.Ordinal)) return alone;
        CaseResult helped = Run(engine, folder, fallback, cancel);
        return helped.Verdict == Verdict.Passed ? helped with { Verdict = Verdict.Helped, Detail = alone.Detail } : alone;
    }

    private static CaseResult Run(Engine engine, TestFolder folder, Engine? fallback, CancellationToken cancel)
    {
        if (folder.Model is null) return CaseResult.Skip(folder.Name, "the folder holds no model, only where to fetch one");
        if (folder.Sets.Count == 0) return CaseResult.Skip(folder.Name, "the folder holds no test_data_set_*");
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            Tolerance tolerance = FolderTolerance.Of(folder);
            using OnnxModel model = OnnxModel.Load(folder.Model);
            using Session session = engine.Compile(model, new SessionOptions { Fallback = fallback });
            foreach (string set in folder.Sets)
                if (RunSet(session, model, set, folder.Sets.Count == 1 ? "" : $"{Path.GetFileName(set)}, ", tolerance, cancel) is { } difference)
                    return CaseResult.Of(folder.Name, watch, difference);
            return CaseResult.Of(folder.Name, watch, null);
        }
        catch (UnfitDataException e)
        {
            return CaseResult.Skip(folder.Name, $"the recorded data contradicts the model: {e.Message}");
        }
        catch (TesseraException e)
        {
            return CaseResult.Of(folder.Name, watch, $"{e.Code}: {e.Message}");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return CaseResult.Of(folder.Name, watch, $"{e.GetType().Name}: {e.Message}{Environment.NewLine}{e.StackTrace}");
        }
    }

    private static string? RunSet(Session session, OnnxModel model, string set, string prefix, Tolerance tolerance, CancellationToken cancel)
    {
        IReadOnlyList<string> inputs = TestFolder.Files(set, "input"), outputs = TestFolder.Files(set, "output");
        // Old models list their weights among the inputs; data is then recorded for the others only.
        OnnxValueInfo[] declared = inputs.Count == session.Inputs.Length ? [.. session.Inputs] : [.. session.Inputs.Where(i => !i.HasDefault)];
        if (inputs.Count > declared.Length) return $"{prefix}{inputs.Count} inputs are recorded, the model takes {declared.Length}";
        Dictionary<string, Value> given = [];
        IReadOnlyDictionary<string, Value>? results = null;
        try
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                Value v = given[declared[i].Name] = OnnxValue.Read(inputs[i], declared[i].Type);
                if (!Fits(declared[i].Type, v)) throw new UnfitDataException($"{prefix}{Path.GetFileName(inputs[i])} holds {v}, but the model declares '{declared[i].Name}' as {declared[i].Type}");
            }
            results = session.Run(given, null, cancel);
            bool draws = false;
            for (int i = 0; i < Math.Min(outputs.Count, session.Outputs.Length); i++)
            {
                OnnxValueInfo o = session.Outputs[i];
                using Value expected = OnnxValue.Read(outputs[i], o.Type);
                string? difference = Comparison.Difference(prefix + o.Name, expected, results[o.Name], tolerance);
                if (difference is null) continue;
                draws = draws || RandomModel.Draws(model);
                if (!draws) return difference;
                if (RandomModel.Difference(prefix + o.Name, expected, results[o.Name]) is { } off) return off;
            }
            return null;
        }
        finally
        {
            foreach (Value v in given.Values) v.Dispose();
            foreach (Value v in results?.Values ?? []) v.Dispose();
        }
    }

    private static bool Fits(OnnxType declared, Value v) => declared is not OnnxType.Tensor { Dims: { } dims } || v is not TensorValue { Tensor.Shape: var shape }
        || (shape.Rank == dims.Length && !dims.Where((d, i) => d.IsKnown && d.Value != shape[i]).Any());

    private sealed class UnfitDataException(string message) : Exception(message);
}
