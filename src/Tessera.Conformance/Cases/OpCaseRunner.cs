using System.Diagnostics;
using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Runs cases on an engine and on the definitions, twice each: as a graph with inputs, and folded from constants.</summary>
public static class OpCaseRunner
{
    /// <param name="engine">The engine under test.</param>
    /// <param name="seed">Of the random inputs; the same seed gives the same inputs on every machine.</param>
    /// <param name="filter">Runs only the cases whose name contains this; null for all.</param>
    public static Report Run(Engine engine, int seed, string? filter = null, Action<CaseResult>? progress = null, CancellationToken cancel = default)
    {
        List<CaseResult> results = [];
        foreach (OpCase c in OpCase.All)
        {
            if (filter is not null && !c.Name.Contains(filter, StringComparison.OrdinalIgnoreCase)) continue;
            cancel.ThrowIfCancellationRequested();
            results.Add(Run(engine, c, seed));
            progress?.Invoke(results[^1]);
        }
        return new(engine.Name, $"operator cases, seed {seed}", results);
    }

    public static CaseResult Run(Engine engine, OpCase c, int seed)
    {
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            engine.EnsureInitialized();
            Random random() => new(seed ^ c.Name.Aggregate(17, (h, ch) => unchecked(h * 31 + ch)));
            bool flushes = engine.Capabilities.FlushesSubnormals;
            if (flushes) c = c with { Tolerance = c.Tolerance with { Absolute = Math.Max(c.Tolerance.Absolute, OpInputs.LeastNormal) } };
            using OpInputs x = new(new GraphBuilder(), random(), constant: false, flushes);
            Graph graph = x.G.Build(c.Build(x));
            Tensor[] expected = Expected(graph, x.Tensors);
            string? difference;
            using (Executable e = engine.Prepare(Passes.Run(graph, engine.Fold), new PrepareOptions(0, engine.Pool, false)))
                difference = Compare("", c, expected, Outputs(e, graph.Outputs.Length, x.Tensors));
            difference ??= Folded(engine, c, random(), expected);
            foreach (Tensor t in expected) t.Dispose();
            return CaseResult.Of(c.Name, watch, difference);
        }
        catch (TesseraException e) when (e.Code == ErrorCode.Unsupported)
        {
            return CaseResult.Skip(c.Name, e.Message);
        }
        catch (Exception e)
        {
            return CaseResult.Of(c.Name, watch, $"{e.GetType().Name}: {e.Message}{Environment.NewLine}{e.StackTrace}");
        }
    }

    private static Tensor[] Expected(Graph graph, IReadOnlyList<Tensor> inputs)
    {
        using Engines.Reference.ReferenceExecutable e = new(graph);
        return Outputs(e, graph.Outputs.Length, inputs);
    }

    /// <summary>The same nodes over constants: what the engine folds while the graph is built must be what it would compute.</summary>
    private static string? Folded(Engine engine, OpCase c, Random random, Tensor[] expected)
    {
        using OpInputs x = new(new GraphBuilder(engine.Fold), random, constant: true, engine.Capabilities.FlushesSubnormals);
        Node[] nodes = c.Build(x);
        if (!nodes.All(n => n.Constant is not null)) return null;
        return Compare("folded ", c, expected, [.. nodes.Select(n => n.Constant!.Share())]);
    }

    private static Tensor[] Outputs(Executable e, int count, IReadOnlyList<Tensor> inputs)
    {
        Tensor?[] outputs = new Tensor?[count];
        e.Run([.. inputs], outputs, default);
        return outputs!;
    }

    private static string? Compare(string prefix, OpCase c, Tensor[] expected, Tensor[] actual)
    {
        try
        {
            for (int i = 0; i < expected.Length; i++)
                if (Comparison.Difference($"{prefix}output {i}", expected[i], actual[i], c.Tolerance) is { } d) return d;
            return null;
        }
        finally
        {
            foreach (Tensor t in actual) t.Dispose();
        }
    }
}
