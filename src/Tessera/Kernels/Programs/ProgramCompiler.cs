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
    public static Program Run(Graph graph, KernelTarget target, Func<IReadOnlyList<Kernel>, byte[]> render, out IReadOnlyList<Launch> launches)
    {
        graph = Passes.Run(Decomposition.Pass, graph, null, null);
        Schedule schedule = new(graph);
        launches = [.. schedule.Units.SelectMany(root => UnitCompiler.Compile(schedule, root, target))];
        List<Kernel> kernels = [];
        Dictionary<string, int> known = [];
        int[] numbers = [.. launches.Select(l => Number(l.Kernel, kernels, known))];
        Dictionary<Stored, long> at = [];
        StoragePlan storage = new();
        long fault = storage.Place(4, 0, launches.Count);
        MemoryStream bytes = new();
        ImmutableArray<ProgramConstant>.Builder constants = ImmutableArray.CreateBuilder<ProgramConstant>();
        foreach (Node n in graph.Nodes)
            if (n.Op == GraphOp.Const && schedule.IsStored(n) || n.Op == GraphOp.Random || n.Op == GraphOp.Const && graph.Outputs.Contains(n))
            {
                using Tensor t = Launch.Constant(n);
                long size = t.RawBytes().Length;
                at[new(n, 0)] = storage.Place(size, 0, launches.Count);
                constants.Add(new(at[new(n, 0)], bytes.Length, size));
                bytes.Write(t.RawBytes());
                bytes.SetLength((bytes.Length + 63) / 64 * 64);
                bytes.Position = bytes.Length;
            }
        PlaceValues(graph, launches, at, storage);
        return new(target.Name, storage.Bytes, fault,
            [.. graph.Inputs.Select(n => new ProgramValue(((Arg.Input)n.Arg!).Name, n.Type, n.Shape, at[new(n, 0)]))],
            [.. graph.Outputs.Select((n, i) => new ProgramValue($"output {i}", n.Type, n.Shape, at[Stored.Of(n)]))],
            constants.ToImmutable(), [.. kernels.Select(k => k.Name)],
            [.. launches.Select((l, i) => new ProgramStep(numbers[i], [.. l.Bindings.Select(b => b is { } s ? at[s] : fault)], l.Kernel.Items))],
            render(kernels), bytes.ToArray());
    }

    /// <summary>Kernels that print alike are one.</summary>
    private static int Number(Kernel k, List<Kernel> kernels, Dictionary<string, int> known)
    {
        string text = KernelPrinter.Print(k);
        if (known.TryGetValue(text, out int number)) return number;
        kernels.Add(k);
        return known[text] = kernels.Count - 1;
    }

    private static void PlaceValues(Graph graph, IReadOnlyList<Launch> launches, Dictionary<Stored, long> at, StoragePlan storage)
    {
        Dictionary<Stored, (int First, int Last)> lives = [];
        for (int i = 0; i < launches.Count; i++)
            foreach (Stored? b in launches[i].Bindings)
                if (b is { } s && !at.ContainsKey(s)) lives[s] = lives.TryGetValue(s, out (int First, int) l) ? (l.First, i) : (i, i);
        foreach (Node n in graph.Inputs) lives[new(n, 0)] = (0, lives.TryGetValue(new(n, 0), out (int, int Last) l) ? l.Last : 0);
        foreach (Node n in graph.Outputs) if (!at.ContainsKey(Stored.Of(n))) lives[Stored.Of(n)] = (lives.TryGetValue(Stored.Of(n), out (int First, int) l) ? l.First : 0, launches.Count);
        foreach ((Stored s, (int first, int last)) in lives.OrderByDescending(p => p.Key.Bytes).ThenBy(p => p.Value.First))
            at[s] = storage.Place(s.Bytes, first, last);
    }
}
