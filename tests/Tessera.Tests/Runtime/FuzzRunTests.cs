using System.Diagnostics;
using Tessera.Onnx;
using Tessera.Tests.Onnx;

namespace Tessera.Tests.Runtime;

/// <summary>Damaged models that still load are run: they give results or a refusal in words, within their budget of memory and time.</summary>
[Collection(nameof(Alone))]
public sealed class FuzzRunTests(ITestOutputHelper output)
{
    private const int LargestModel = 400_000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    [Fact]
    public async Task Damaged_models_run_or_are_refused()
    {
        Random random = Seeds.Random();
        Mutation bytesOnly = new(random);
        ModelMutation meaning = new(random);
        (byte[] Model, string Folder)[] bases = [.. Corpus.Folders.SelectMany(f => Directory.EnumerateFiles(f, "model.onnx", SearchOption.AllDirectories))
            .Where(f => new FileInfo(f).Length < LargestModel && Directory.Exists(Set(f))).Select(f => (File.ReadAllBytes(f), Set(f)))];
        Assert.SkipWhen(bases.Length == 0, "TESSERA_SUITE and TESSERA_ONNX_TESTDATA name no folder with models.");
        using CpuEngine engine = new(new EngineOptions { MemoryLimit = 64 << 20, Threads = 1 });
        Stopwatch clock = Stopwatch.StartNew();
        string kept = Path.Combine(Path.GetTempPath(), $"tessera-damaged-{Environment.ProcessId}.onnx");
        int cases = 0, refused = 0, ran = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(Knobs.FuzzSeconds.Integer(0)); cases++)
        {
            (byte[] model, string set) = bases[random.Next(bases.Length)];
            byte[] bytes = random.Next(4) == 0 ? bytesOnly.Apply(model) : Nonsense(meaning, model);
            // Kept before the run: a crash leaves it behind.
            File.WriteAllBytes(kept, bytes);
            // On a thread of its own, so that a hang fails the test instead of stopping it.
            Task run = Task.Run(() => Run(engine, bytes, set), TestContext.Current.CancellationToken);
            try
            {
                await run.WaitAsync(Longest, TestContext.Current.CancellationToken);
                ran++;
            }
            catch (TesseraException e) when (e.Code != ErrorCode.Internal) { refused++; }
            catch (Exception e)
            {
                throw new InvalidOperationException($"case {cases}, a damaged copy of {set}, kept as {kept}", e);
            }
        }
        File.Delete(kept);
        output.WriteLine($"{bases.Length} models, {cases} cases: {ran} ran, {refused} refused");
    }

    private static void Run(CpuEngine engine, byte[] bytes, string set)
    {
        using OnnxModel model = OnnxModel.Load(bytes);
        using Session session = engine.Compile(model);
        Dictionary<string, Value> inputs = [];
        for (int i = 0; i < session.Inputs.Length; i++)
        {
            string file = Path.Combine(set, $"input_{i}.pb");
            if (File.Exists(file)) inputs[session.Inputs[i].Name] = OnnxValue.Read(file, session.Inputs[i].Type);
        }
        try
        {
            foreach (Value v in session.Run(inputs, new RunOptions { Timeout = TimeSpan.FromSeconds(2) }).Values) v.Dispose();
        }
        finally
        {
            foreach (Value v in inputs.Values) v.Dispose();
        }
    }

    private static byte[] Nonsense(ModelMutation mutation, byte[] model)
    {
        using OnnxModel m = OnnxModel.Load(model);
        // What the writer refuses to write is tried as it was.
        try { return mutation.Apply(m).ToBytes(); }
        catch (TesseraException) { return model; }
    }

    private static string Set(string model) => Path.Combine(Path.GetDirectoryName(model)!, "test_data_set_0");
}
