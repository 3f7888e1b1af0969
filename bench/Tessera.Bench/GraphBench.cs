using System.Diagnostics;
using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Bench;

/// <summary>A small graph on random inputs, compiled and ready to run over and over.</summary>
internal sealed class GraphBench : IDisposable
{
    private readonly Tensor[] _inputs;
    private readonly Tensor?[] _outputs;
    private readonly CpuExecutable _executable;
    private readonly int _threads;

    public GraphBench(Func<GraphBuilder, Node> build, int threads)
    {
        GraphBuilder g = new(CpuFolding.Fold);
        Node y = build(g);
        Graph graph = g.Build([y]);
        Random r = new(1);
        _threads = threads;
        _inputs = [.. graph.Inputs.Select(n => Random(r, n.Type, n.Shape))];
        _outputs = [Tensor.Empty(y.Type, y.Shape)];
        _executable = new(graph, new PrepareOptions(threads, MemoryPool.Shared, false));
    }

    public string Kernel => string.Join(" + ", _executable.Plan.Select(s => s.Kernel));

    public long Flops => _executable.Plan.Sum(s => s.Flops);

    public static Tensor Random(Random r, DType type, Shape shape)
    {
        Tensor t = Tensor.Empty(type, shape);
        if (type == DType.Float32) foreach (ref float v in t.Span<float>()) v = (float)(r.NextDouble() * 2 - 1);
        else r.NextBytes(t.RawBytes());
        return t;
    }

    /// <summary>Median and least seconds of one run.</summary>
    public (double Median, double Least) Time(double seconds = 0.3)
    {
        RunControl control = new(_threads);
        for (int i = 0; i < 3; i++) _executable.Run(_inputs, _outputs, control);
        List<double> times = [];
        long all = Stopwatch.GetTimestamp();
        do
        {
            long start = Stopwatch.GetTimestamp();
            _executable.Run(_inputs, _outputs, control);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        while (Stopwatch.GetElapsedTime(all).TotalSeconds < seconds || times.Count < 5);
        times.Sort();
        return (times[times.Count / 2], times[0]);
    }

    public void Dispose()
    {
        _executable.Dispose();
        foreach (Tensor t in _inputs) t.Dispose();
        _outputs[0]?.Dispose();
    }
}
