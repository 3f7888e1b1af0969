using System.Diagnostics;
using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

/// <summary>Damaged files are refused in words: no crash, no other exception, no hang, no memory that the file's size does not justify.</summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int LargestBase = 1 << 20;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Fact]
    public void Damaged_models_are_refused_or_read() => Run("models", [.. Models.All().Select(m => m.ToBytes()), .. FromCorpus("model.onnx")], bytes =>
    {
        using OnnxModel m = OnnxModel.Load(bytes);
        using OnnxModel again = OnnxModel.Load(m.ToBytes());
        SameTree.Check(m, again);
    });

    [Fact]
    public void Damaged_values_are_refused_or_read()
    {
        OnnxType.Tensor element = new(DType.Float32, null);
        OnnxType[] types = [element, new OnnxType.Sequence(element), new OnnxType.Optional(element), new OnnxType.Optional(new OnnxType.Sequence(element)), new OnnxType.SparseTensor(DType.Float32, null)];
        Value sequence = new SequenceValue([Tensor.Scalar(1f), Tensor.FromStrings(["a", "bc"], [2])]);
        byte[][] bases = [OnnxTensor.ToBytes(Tensor.Zeros(DType.Float32, [2, 3])), OnnxValue.ToBytes(sequence), OnnxValue.ToBytes(new OptionalValue(sequence)), .. FromCorpus("input_0.pb")];
        Run("values", bases, bytes => OnnxValue.Read(bytes, types[bytes[^1] % types.Length]).Dispose());
    }

    private void Run(string what, byte[][] bases, Action<byte[]> read)
    {
        output.WriteLine($"{bases.Length} {what}");
        Random random = Seeds.Random();
        Mutation mutation = new(random);
        long used = MemoryPool.Shared.Used;
        Stopwatch clock = Stopwatch.StartNew();
        int cases = 0, refused = 0;
        for (; clock.Elapsed < TimeSpan.FromSeconds(Knobs.FuzzSeconds.Integer(0)); cases++)
        {
            byte[] bytes = mutation.Apply(bases[random.Next(bases.Length)]);
            if (bytes.Length == 0) continue;
            if (!Survives(bytes, read, $"case {cases}")) refused++;
        }
        output.WriteLine($"{cases} cases, {refused} refused");
        // What earlier tests forgot may be finalised meanwhile; nothing may be added.
        Assert.InRange(MemoryPool.Shared.Used, 0, used);
    }

    /// <summary>Whether the bytes were read; false when they were refused as they should be.</summary>
    private static bool Survives(byte[] bytes, Action<byte[]> read, string which)
    {
        long before = GC.GetAllocatedBytesForCurrentThread(), started = Stopwatch.GetTimestamp();
        bool whole = true;
        try { read(bytes); }
        catch (TesseraException e) when (IsRefusal(e)) { whole = false; }
        catch (Exception e) { throw new InvalidOperationException($"{which}: {bytes.Length} bytes, {Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)))}", e); }
        TimeSpan took = Stopwatch.GetElapsedTime(started);
        Assert.True(took < Longest, $"{which}: took {took} for {bytes.Length} bytes");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < 1_000_000 + 400L * bytes.Length, $"{which}: allocated {allocated} for {bytes.Length} bytes");
        return whole;
    }

    private static bool IsRefusal(TesseraException e) => e.Code is ErrorCode.MalformedModel or ErrorCode.Unsupported or ErrorCode.InvalidArgument;

    private static IEnumerable<byte[]> FromCorpus(string name) => Corpus.Folders
        .SelectMany(f => Directory.EnumerateFiles(f, name, SearchOption.AllDirectories)).Where(f => new FileInfo(f).Length < LargestBase).Select(File.ReadAllBytes);
}
