using System.Diagnostics;
using Tessera.Ir;

namespace Tessera.Engines.Devices;

/// <summary>Measures what <see cref="DeviceSpeed"/> says: the best of a few runs of each, a second or so in all once kernels are compiled.</summary>
internal static class SpeedMeter
{
    private const int Runs = 5, Chain = 64;

    public static DeviceSpeed Run(DeviceEngine engine)
    {
        // What a processor needs seconds for, a GPU does before a timer ticks.
        bool slow = engine.Device.IsSoftware;
        long most = Math.Min(engine.FreeMemory / 8, engine.Device.MaxBufferBytes) / sizeof(float), elements = Math.Min(slow ? 1 << 22 : 1 << 26, most);
        int side = slow ? 256 : 2048;
        (double upload, double download) = Transfers(engine, elements * sizeof(float));
        return new(2.0 * elements * sizeof(float) / Steps(engine, g => g.Add(g.Input("x", DType.Float32, [elements]), 1)), upload, download,
            2.0 * side * side * side / Steps(engine, g => g.MatMul(g.Input("x", DType.Float32, [side, side]), g.Input("y", DType.Float32, [side, side]))), Launch(engine));
    }

    /// <summary>Seconds of all steps of a graph, by the device's clock where it has one.</summary>
    private static double Steps(DeviceEngine engine, Func<GraphBuilder, Node> build)
    {
        using Prepared p = new(engine, build);
        double best = double.PositiveInfinity;
        for (int i = 0; i < Runs; i++)
        {
            long ticks = 0;
            p.Run((_, t) => ticks += t);
            best = Math.Min(best, (double)ticks / Stopwatch.Frequency);
        }
        return Math.Max(best, 1e-9);
    }

    private static double Launch(DeviceEngine engine)
    {
        // Each softmax is a step that waits for the one before.
        double Wall(int steps)
        {
            using Prepared p = new(engine, g =>
            {
                Node x = g.Input("x", DType.Float32, [16]);
                for (int i = 0; i < steps; i++) x = g.Softmax(x, 0);
                return x;
            });
            double best = double.PositiveInfinity;
            for (int i = 0; i < 2 * Runs; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                p.Run(null);
                best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
            return best;
        }
        return Math.Max(0, Wall(Chain + 1) - Wall(1)) / Chain;
    }

    private static (double Upload, double Download) Transfers(DeviceEngine engine, long bytes)
    {
        double up = double.PositiveInfinity, down = up;
        using Tensor host = Tensor.Zeros(DType.UInt8, [Math.Min(bytes, 1 << 28)]);
        engine.Use(device =>
        {
            DeviceBuffer b = device.Memory.Rent(host.Bytes, "A measurement");
            for (int i = 0; i < Runs; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                device.Upload(b, 0, host.RawBytes());
                device.Synchronise();
                up = Math.Min(up, Stopwatch.GetElapsedTime(begin).TotalSeconds);
                begin = Stopwatch.GetTimestamp();
                device.Download([new(b, 0, host.Bytes)], [host]);
                down = Math.Min(down, Stopwatch.GetElapsedTime(begin).TotalSeconds);
            }
            device.Memory.Return(b);
        });
        return (host.Bytes / up, host.Bytes / down);
    }

    private sealed class Prepared : IDisposable
    {
        private readonly Executable _executable;
        private readonly Tensor[] _inputs;
        private readonly Tensor?[] _output = [null];

        public Prepared(DeviceEngine engine, Func<GraphBuilder, Node> build)
        {
            GraphBuilder g = new();
            Graph graph = g.Build([build(g)]);
            _executable = engine.Prepare(graph, new PrepareOptions(1, engine.Pool, Deterministic: false));
            _inputs = [.. graph.Inputs.Select(n => Tensor.Zeros(n.Type, n.Shape))];
            Run(null);
        }

        public void Run(Action<int, long>? report) => _executable.Run(_inputs, _output, new RunControl(0, report, default));

        public void Dispose()
        {
            _executable.Dispose();
            foreach (Tensor t in _inputs) t.Dispose();
            _output[0]?.Dispose();
        }
    }
}
