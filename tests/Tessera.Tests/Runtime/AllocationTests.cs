using Tessera.Onnx;
using Tessera.Tests.Onnx;

namespace Tessera.Tests.Runtime;

/// <summary>A run of a warmed-up session whose model is one static graph allocates nothing on the managed heap.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    private const int WarmUp = 5, Runs = 5;

    [Fact]
    public void Models_of_one_static_graph_run_without_allocation()
    {
        string suite = Knobs.Suite.Value;
        Assert.SkipUnless(Directory.Exists(suite), "TESSERA_SUITE names no folder.");
        using CpuEngine engine = new();
        List<string> allocating = [];
        int still = 0;
        foreach (string folder in Directory.GetDirectories(suite).Order())
        {
            using Session s = engine.Load(Path.Combine(folder, "model.onnx"));
            Tensor[] inputs = [.. s.Inputs.Where(i => !i.HasDefault).Select((v, i) => ((TensorValue)OnnxValue.Read(Path.Combine(folder, "test_data_set_0", $"input_{i}.pb"), v.Type)).Tensor)];
            Tensor[] results = s.Run(inputs);
            Tensor?[] outputs = [.. results];
            bool isStatic = s.Stages.Count == 1 && s.Stages[0].Graph.Nodes.All(n => n.Op != Ir.GraphOp.Host);
            if (isStatic)
            {
                for (int i = 0; i < WarmUp; i++) s.Run(inputs, outputs);
                // The count is of the whole process: what a run allocates shows in every batch, what the runtime does aside in some.
                long bytes = long.MaxValue;
                for (int batch = 0; batch < 3 && bytes > 0; batch++)
                {
                    long before = GC.GetTotalAllocatedBytes(precise: true);
                    for (int i = 0; i < Runs; i++) s.Run(inputs, outputs);
                    bytes = Math.Min(bytes, GC.GetTotalAllocatedBytes(precise: true) - before);
                }
                still++;
                output.WriteLine($"{Path.GetFileName(folder)}: {bytes} bytes in {Runs} runs");
                if (bytes != 0) allocating.Add($"{Path.GetFileName(folder)} ({bytes} bytes in {Runs} runs)");
            }
            foreach (Tensor t in inputs.Concat(results)) t.Dispose();
        }
        Assert.True(still >= 15, $"only {still} models are static");
        Assert.Empty(allocating);
    }
}
