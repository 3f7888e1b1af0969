using System.CommandLine;
using System.Text.Json;
using Tessera.Cli.Bench;

namespace Tessera.Lab.Tests;

public sealed class CommandTests
{
    [Fact]
    public void Words_become_options()
    {
        BenchOptions o = Parse("suite", "a", "b", "--threads", "1", "--peer", "onnxruntime", "--peer", "fftw", "--rounds", "5", "--runs", "7", "--filter", "x", "--suite", "folder", "--fetch", "--markdown");
        Assert.Equal(["suite", "a", "b"], o.Target);
        Assert.Equal([Peer.OnnxRuntime, Peer.Fftw], o.PeersOrDefault);
        Assert.Equal((1, 5, 7, "folder", true, true, false), (o.ThreadCount, o.Rounds, o.Runs, o.Suite, o.Fetch, o.Markdown, o.Json));
        Assert.Equal(["x"], o.Filter);
        Assert.Equal("bench suite a b --threads 1", o.Section);
    }

    [Fact]
    public void Peers_are_chosen_by_what_is_timed()
    {
        Assert.Equal([Peer.OnnxRuntime, Peer.OpenBlas, Peer.OneDnn, Peer.Fftw], Parse("ops").PeersOrDefault);
        Assert.Equal([Peer.OnnxRuntime], Parse("suite").PeersOrDefault);
        Assert.Equal([Peer.OnnxRuntimeWeb], Parse("suite", "--engine", "wasm").PeersOrDefault);
        Assert.Equal([Peer.OnnxRuntimeWeb], Parse("ops", "--engine", "wasm:chromium").PeersOrDefault);
        Assert.Equal([Peer.OnnxRuntime], Parse("ocr").PeersOrDefault);
        Assert.Empty(Parse("model.onnx").PeersOrDefault);
        Assert.Equal([Peer.OnnxRuntime], Parse("model.onnx", "--load").PeersOrDefault);
        Assert.Empty(Parse("ops", "--peer", "none").PeersOrDefault);
    }

    [Fact]
    public void Peers_that_do_not_exist_or_contradict_are_refused()
    {
        Assert.Throws<TesseraException>(() => Parse("ops", "--peer", "numpy"));
        Assert.Throws<TesseraException>(() => Parse("ops", "--peer", "none", "--peer", "fftw"));
    }

    [Fact]
    public void The_cpu_engine_is_timed_unless_another_is_asked_for()
    {
        Assert.Equal("cpu", Parse("ops").EngineName);
        Assert.Equal("reference", Parse("ops", "--engine", "reference").EngineName);
        Assert.Equal(Environment.ProcessorCount, Parse("ops").ThreadCount);
    }

    [Fact]
    public void Geometric_means_count_only_rows_that_the_peer_was_timed_on()
    {
        MeanReport m = MeanReport.Of("fftw", [Row("a", 0.5), Row("b", 2), Row("c", null)]);
        Assert.Equal(("fftw", 2, 1.0, "b", 2.0), (m.Peer, m.Count, m.Ratio, m.WorstName, m.Worst));
        Assert.Equal(0, MeanReport.Of("onnxruntime", [Row("a", 1)]).Count);
    }

    [Fact]
    public void Tables_show_absence_errors_and_gates()
    {
        BenchOptions o = Parse("ops", "--threads", "1");
        Ceilings made = new(1, 100e9, 400e9, [new(1 << 20, 20e9)]);
        BenchResult missed = Row("missed", 0.5) with { Gate = new(0.001, Verdict.Missed) }, absent = Row("absent", null), wrong = Row("wrong", 1) with { Error = "not as fftw: y" };
        PeerReport[] peers = [new("fftw", true, "fftw-3"), new("onednn", false, "absent, because it is not installed")];
        string table = BenchMarkdown.Table(BenchReport.Of(o, peers, made, [missed, absent, wrong]));
        Assert.Contains("onednn absent, because it is not installed.", table, StringComparison.Ordinal);
        Assert.Contains("| MISSED | 0.50 (0.50) |", table, StringComparison.Ordinal);
        Assert.Contains("not run, because no such call", table, StringComparison.Ordinal);
        Assert.Contains("Error: wrong: not as fftw: y", table, StringComparison.Ordinal);
        string[] rows = [.. table.Split('\n').Where(l => l.StartsWith('|'))];
        Assert.Equal(5, rows.Length);
        Assert.Single(rows.Select(r => r.Count(c => c == '|')).Distinct());
        Assert.Contains("MISMATCH", BenchText.Line(wrong), StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_are_written_as_JSON()
    {
        BenchReport r = BenchReport.Of(Parse("ops"), [], null, [Row("a", 1)]);
        using JsonDocument json = JsonDocument.Parse(JsonSerializer.Serialize(r, BenchJson.Default.BenchReport));
        JsonElement row = json.RootElement.GetProperty("results")[0];
        Assert.Equal("a", row.GetProperty("name").GetString());
        Assert.Equal(1, row.GetProperty("peers")[0].GetProperty("ratio").GetProperty("of_quickest").GetDouble());
    }

    /// <summary>The peer's script reads these names.</summary>
    [Fact]
    public void Requests_have_the_names_that_peers_read()
    {
        PeerRequest request = new(PeerTask.Load, new("onnx", "m.onnx", [new("x", "Float32", [1, 2], "x.bin")], "out", 2, new() { ["m"] = 3 }), 4, 5);
        string line = JsonSerializer.Serialize(request, PeerJson.Default.PeerRequest);
        Assert.DoesNotContain('\n', line);
        Assert.Equal("""{"task":"Load","job":{"kind":"onnx","model":"m.onnx","inputs":[{"name":"x","type":"Float32","dims":[1,2],"file":"x.bin"}],"folder":"out","threads":2,"numbers":{"m":3}},"runs":4,"inner":5}""", line);
        PeerReply reply = JsonSerializer.Deserialize("""{"outputs":[{"name":"y","type":"Int64","dims":[],"file":"f"}]}""", PeerJson.Default.PeerReply)!;
        Assert.Equal("y", Assert.Single(reply.Outputs!).Name);
        Assert.Null(reply.Error);
    }

    private static BenchResult Row(string name, double? ratio) => new(name, "f", new(1, 1), 1e6, 1000, false, 0.1, Bound.Compute, 10, null,
        [ratio is { } r ? new("fftw", null, new(1, 1), new(r, r, r, r), Agreement.Nothing, null) : new("fftw", "no such call", null, null, null, null)], null);

    private static BenchOptions Parse(params string[] words)
    {
        BenchOptions? options = null;
        Command c = BenchOptions.Declare("", o =>
        {
            options = o;
            return 0;
        });
        Assert.Equal(0, c.Parse(words).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
        return options!;
    }
}
