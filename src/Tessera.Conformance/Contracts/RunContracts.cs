using Tessera.Onnx;

namespace Tessera.Conformance;

/// <summary>What a run gives.</summary>
internal static class RunContracts
{
    private static readonly Tolerance Close = new(1e-6, 1e-5, "two products of at most 72 terms and a softmax in Float32");

    public static IEnumerable<Contract> All =>
    [
        new("agrees with the definitions for every batch, empty included", Agrees),
        new("gives the same bits every time", Deterministic),
        new("gives the same bits for every thread count when asked to", ThreadCounts),
        new("takes views that are not contiguous", Views),
        new("writes into tensors that the caller gives", Given),
        new("runs batches in the order of their inputs", Batches),
        new("profiles every step of its plan", Profiles),
    ];

    private static string? Agrees(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Probe reference = new(o => new ReferenceEngine(o), SampleModels.Perceptron());
        // Back and forth, so that kept plans are used again.
        foreach (long n in new long[] { 1, 5, 0, 16, 33, 5, 1, 0, 130 })
        {
            using Tensor x = SampleModels.Numbers(new((int)n), [n, SampleModels.Inputs]);
            using Tensor e = reference.Session.Run(x)[0], a = p.Session.Run(x)[0];
            if (Comparison.Difference($"batch of {n}, y", e, a, Close) is { } d) return d;
        }
        return null;
    }

    private static string? Deterministic(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(3), [37, SampleModels.Inputs]);
        byte[] first = p.Bytes(x);
        for (int i = 0; i < 10; i++)
            if (!p.Bytes(x).AsSpan().SequenceEqual(first)) return $"run {i + 2} differs from the first";
        using Session again = p.Engine.Compile(p.Model);
        return Probe.Bytes(again, x).AsSpan().SequenceEqual(first) ? null : "a second session differs from the first";
    }

    private static string? ThreadCounts(Func<EngineOptions, Engine> make)
    {
        using Tensor x = SampleModels.Numbers(new(3), [64, SampleModels.Width]);
        byte[]? first = null;
        foreach (int threads in new[] { 1, 2, 3 })
        {
            using Probe p = new(make, SampleModels.Deep(), session: new() { Threads = threads, Deterministic = true });
            byte[] b = p.Bytes(x);
            if (!b.AsSpan().SequenceEqual(first ??= b)) return $"{threads} threads differ from one";
        }
        return null;
    }

    private static string? Views(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor wide = SampleModels.Numbers(new(4), [SampleModels.Inputs, 9]), view = wide.Transpose(1, 0), plain = view.Contiguous();
        return p.Bytes(view).AsSpan().SequenceEqual(p.Bytes(plain)) ? null : "a transposed view differs from its contiguous copy";
    }

    private static string? Given(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(5), [7, SampleModels.Inputs]), y = Tensor.Zeros(DType.Float32, [7, SampleModels.Outputs]), wrong = Tensor.Zeros(DType.Float32, [6, SampleModels.Outputs]);
        byte[] expected = p.Bytes(x);
        for (int i = 0; i < 3; i++)
        {
            y.RawBytes().Clear();
            Tensor?[] outputs = [y];
            p.Session.Run([x], outputs);
            if (!ReferenceEquals(outputs[0], y)) return "the tensor given was replaced";
            if (!y.RawBytes().SequenceEqual(expected)) return "what was written differs from a result of its own";
        }
        return Probe.Refused("an output tensor of the wrong shape", ErrorCode.ShapeMismatch, () => p.Session.Run([x], new Tensor?[] { wrong }));
    }

    private static string? Batches(Func<EngineOptions, Engine> make)
    {
        foreach (Profile profile in Enum.GetValues<Profile>())
        {
            using Probe p = new(make, SampleModels.Perceptron(), session: new() { Profile = profile });
            Tensor[][] inputs = [.. Enumerable.Range(1, 9).Select(n => new[] { SampleModels.Numbers(new(n), [n, SampleModels.Inputs]) })];
            Tensor[][] results = p.Session.RunBatchAsync(inputs).GetAwaiter().GetResult();
            for (int i = 0; i < inputs.Length; i++)
                if (results[i][0].Shape[0] != i + 1 || !results[i][0].RawBytes().SequenceEqual(p.Bytes(inputs[i][0]))) return $"{profile}: item {i} is not what it is alone";
            foreach (Tensor t in inputs.Concat(results).SelectMany(b => b)) t.Dispose();
        }
        return null;
    }

    private static string? Profiles(Func<EngineOptions, Engine> make)
    {
        using Probe p = new(make, SampleModels.Perceptron());
        using Tensor x = SampleModels.Numbers(new(6), [4, SampleModels.Inputs]);
        using Executable e = Prepared(p, x);
        int[] seen = new int[e.Plan.Count];
        Tensor?[] outputs = new Tensor?[1];
        e.Run([x], outputs, new RunControl(0, (step, ticks) => seen[step] += ticks >= 0 ? 1 : 2));
        outputs[0]!.Dispose();
        return e.Plan.Count > 0 && seen.All(n => n == 1) ? null : $"steps were reported [{string.Join(", ", seen)}] times; once each is due";
    }

    private static Executable Prepared(Probe p, Tensor x)
    {
        Ir.GraphBuilder g = new();
        Ir.Node n = g.Input("x", x.Type, x.Shape);
        return p.Engine.Prepare(g.Build([g.Softmax(g.MatMul(n, g.TransposeLast(n)), 1)]), new PrepareOptions(0, p.Engine.Pool, false));
    }
}
