using System.Collections.Immutable;
using Tessera.Compiler;
using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Graph → kernels → program.</summary>
internal static class ProgramCompiler
{
    /// <param name="graph">What to compile.</param>
    /// <param name="target">What kernels are written for.</param>
    /// <param name="render">Turns distinct kernels into the target's code.</param>
    /// <param name="launches">What each step computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel.</exception>
    public static Program Run(Graph graph, KernelTarget target, Func<IReadOnlyList<Kernel>, ProgramCode> render, out IReadOnlyList<Launch> launches)
    {
        graph = Decomposition.Run(graph);
        if (target.HasPairs) graph = Passes.Run(PairedProducts.Pass, graph, null, null);
        Schedule schedule = new(graph, target);
        launches = [.. schedule.Units.SelectMany(root => UnitCompiler.Compile(schedule, root, target))];
        List<Kernel> kernels = [];
        Dictionary<string, int> known = [];
        int[] numbers = [.. launches.Select(l => l.Kernel is { } k ? Number(k, kernels, known) : ProgramStep.Clear)];
        StoragePlan storage = new(target.Alignment);
        long fault = storage.Place(sizeof(int), 0, launches.Count);
        List<ProgramBuffer> values = [new(null, fault, sizeof(int))];
        Dictionary<Stored, int> at = [];
        ProgramConstants constants = new();
        foreach (Stored s in launches.SelectMany(l => l.Bindings).OfType<Stored>().Concat(graph.Outputs.Select(Stored.Of)))
        {
            if (!Launch.IsConstant(s) || at.ContainsKey(s)) continue;
            using Tensor t = Launch.Constant(s);
            at[s] = values.Count;
            values.Add(new(constants.Add(t.RawBytes()), 0, t.RawBytes().Length));
        }
        PlaceValues(graph, launches, at, values, storage);
        ProgramCode code = render(kernels);
        return new(target.Name, storage.Bytes, fault, [.. values],
            [.. graph.Inputs.Select(n => new ProgramValue(((Arg.Input)n.Arg!).Name, n.Type, n.Shape, at[new(n, 0)]))],
            [.. graph.Outputs.Select((n, i) => new ProgramValue($"output {i}", n.Type, n.Shape, at[Stored.Of(n)]))],
            constants.Table, code.Kernels,
            [.. launches.Select((l, i) => new ProgramStep(numbers[i], [.. l.Bindings.Select(b => b is { } s ? at[s] : 0)], l.Kernel?.Items ?? 0))],
            code.Bytes, constants.Bytes);
    }

    /// <summary>Kernels that print alike are one.</summary>
    private static int Number(Kernel k, List<Kernel> kernels, Dictionary<string, int> known)
    {
        string text = KernelPrinter.Print(k);
        if (known.TryGetValue(text, out int number)) return number;
        kernels.Add(k);
        return known[text] = kernels.Count - 1;
    }

    private static void PlaceValues(Graph graph, IReadOnlyList<Launch> launches, Dictionary<Stored, int> at, List<ProgramBuffer> values, StoragePlan storage)
    {
        Dictionary<Stored, (int First, int Last)> lives = [];
        for (int i = 0; i < launches.Count; i++)
            foreach (Stored? b in launches[i].Bindings)
                if (b is { } s && !at.ContainsKey(s)) lives[s] = lives.TryGetValue(s, out (int First, int) l) ? (l.First, i) : (i, i);
        foreach (Node n in graph.Inputs) lives[new(n, 0)] = (0, lives.TryGetValue(new(n, 0), out (int, int Last) l) ? l.Last : 0);
        foreach (Node n in graph.Outputs) if (!at.ContainsKey(Stored.Of(n))) lives[Stored.Of(n)] = (lives.TryGetValue(Stored.Of(n), out (int First, int) l) ? l.First : 0, launches.Count);
        foreach ((Stored s, (int first, int last)) in lives.OrderByDescending(p => p.Key.Bytes).ThenBy(p => p.Value.First))
        {
            at[s] = values.Count;
            values.Add(new(null, storage.Place(s.Bytes, first, last), s.Bytes));
        }
    }
}
