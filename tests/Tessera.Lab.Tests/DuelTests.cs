using System.Diagnostics;
using Tessera.Onnx;

namespace Tessera.Lab.Tests;

public sealed class DuelTests : IDisposable
{
    private static readonly Pace Quick = new(2, 3) { WarmLeast = TimeSpan.Zero, WarmMost = TimeSpan.FromMilliseconds(10) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-lab-");
    private readonly Engine _engine = EngineRegistry.Create("cpu", new() { Threads = 1 });

    [Fact]
    public void A_result_has_times_floor_and_gate()
    {
        Ceilings made = new(1, 100e9, 100e9, [new(1 << 20, 10e9)]);
        using Duel duel = new(_engine, 1, made, Quick);
        using BenchJob job = OpTable.Of(["MatMul 64"])[0].Job(_folder.FullName) with { Gates = [new(1, 1e9)] };
        BenchResult r = duel.Run(job, []);
        Assert.True(r.Passed, r.Error);
        Assert.True(r.Tessera!.LeastMs > 0 && r.Tessera.LeastMs <= r.Tessera.MedianMs);
        Assert.Equal(2.0 * 64 * 64 * 64 / 100e9 * 1e3, r.FloorMs!.Value, 1e-9);
        Assert.Equal(r.Tessera.LeastMs / r.FloorMs.Value, r.OfFloor!.Value, 1e-9);
        Assert.Equal(Verdict.Met, r.Gate!.Verdict);
    }

    [Fact]
    public void A_gate_that_no_machine_meets_is_missed()
    {
        using Duel duel = new(_engine, 1, null, Quick);
        using BenchJob job = OpTable.Of(["MatMul 64"])[0].Job(_folder.FullName) with { Gates = [new(2, 1e9), new(0, 1e-9)] };
        Assert.Equal(Verdict.Missed, duel.Run(job, []).Gate!.Verdict);
    }

    [Fact]
    public void Outputs_that_are_not_as_recorded_are_an_error()
    {
        using Duel duel = new(_engine, 1, null, Quick);
        using BenchJob job = OpTable.Of(["Relu 1000"])[0].Job(_folder.FullName) with { Expected = new Dictionary<string, Value> { ["y"] = Tensor.Zeros(DType.Float32, [1000]) } };
        BenchResult r = duel.Run(job, []);
        Assert.False(r.Passed);
        Assert.Contains("not as recorded", r.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_does_not_load_is_an_error_of_its_row()
    {
        string file = Path.Combine(_folder.FullName, "broken.onnx");
        File.WriteAllText(file, "this is no model");
        using Duel duel = new(_engine, 1, null, Quick);
        using BenchJob job = new("broken", "model", file, new Dictionary<string, Value>(), new(1e-3));
        BenchResult r = duel.Run(job, []);
        Assert.False(r.Passed);
        Assert.Null(r.Tessera);
    }

    [Fact]
    public void A_program_that_is_no_peer_is_absent_with_the_reason()
    {
        PeerAbsentException none = Assert.Throws<PeerAbsentException>(() => PeerProcess.Start(Peer.Fftw, new ProcessStartInfo("no-such-program-here")));
        Assert.Contains("no-such-program-here", none.Message, StringComparison.Ordinal);
        PeerAbsentException other = Assert.Throws<PeerAbsentException>(() => PeerProcess.Start(Peer.Fftw, new ProcessStartInfo("dotnet", ["--version"])));
        Assert.Contains("answered", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_a_job_hold_its_tensors()
    {
        using Tensor t = Tensor.From([1f, 2, 3, 4, 5, 6], [2, 3]), turned = t.Transpose(1, 0);
        using Tensor back = PeerFiles.Read(PeerFiles.Save(_folder.FullName, "x", turned));
        Assert.Equal([1f, 4, 2, 5, 3, 6], back.ToArray<float>());
        Assert.Throws<NotSupportedException>(() => PeerFiles.Save(_folder.FullName, "s", Tensor.FromStrings(["a"], [1])));
        PeerTensor wrong = PeerFiles.Save(_folder.FullName, "x", t) with { Dims = [7] };
        Assert.Throws<NotSupportedException>(() => PeerFiles.Read(wrong));
    }

    [Fact]
    public void A_fresh_start_tells_time_and_memory_or_fails_with_what_was_said()
    {
        using BenchJob job = OpTable.Of(["MLP"])[0].Job(_folder.FullName);
        OnceReply here = FreshStart.Here(PeerFiles.Of(job, _folder.FullName, 1, native: false));
        Assert.True(here.FirstMs > 0 && here.PeakBytes > 1 << 20, $"{here}");
        InvalidDataException e = Assert.Throws<InvalidDataException>(() => FreshStart.Measure(new ProcessStartInfo("dotnet", ["--info"])));
        Assert.Contains("dotnet", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_soak_leaves_the_pool_as_it_was(int sessions)
    {
        using BenchJob job = OpTable.Of(["MLP"])[0].Job(_folder.FullName);
        SoakResult r = Soak.Run(_engine, job, 1000, sessions);
        Assert.Equal(1000, r.Runs);
        Assert.Equal(0, r.PoolGrowth);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Delete(recursive: true);
    }
}
