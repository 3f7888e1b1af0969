using System.CommandLine;
using Tessera.Cli.Commands;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>What `tessera bench` was asked for.</summary>
internal sealed record BenchOptions(string[] Target, string[] Input, string? Inputs, string Engine, int Threads, IReadOnlyList<Peer>? Peers, bool Fetch, int Rounds, int Runs, string[] Filter, string Suite, bool Load, long Soak, int Sessions, double Limit, string? Roofline, bool Markdown, string? Into, bool Json)
{
    private static readonly Argument<string[]> TargetArgument = new("TARGET") { Description = "An ONNX file; ops; suite, and names of its models; or ocr", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string[]> PeerOption = new("--peer") { Description = "onnxruntime, onnxruntime-web, openblas, onednn, fftw, clblast or none; repeat for several. Without it: all native ones for ops (clblast beside engine opencl), onnxruntime for suite and ocr, none for a model; onnxruntime-web beside engine wasm and beside browsers, in the same host", AllowMultipleArgumentsPerToken = false };
    private static readonly Option<bool> FetchOption = new("--fetch") { Description = "Fetch peers and models that are missing: with npm into tessera's cache, or as root with apt-get" };
    private static readonly Option<int> RoundsOption = new("--rounds") { Description = "Turns that each side takes", DefaultValueFactory = _ => 3 };
    private static readonly Option<int> RunsOption = new("--runs") { Description = "Timed samples per turn; 0: as many as fit a tenth of a second, at least 3" };
    private static readonly Option<string[]> FilterOption = new("--filter") { Description = "Only rows of ops, or models of the suite, whose name contains this; repeat for several", AllowMultipleArgumentsPerToken = false };
    private static readonly Option<string?> SuiteOption = new("--suite") { Description = "Folder of the suite, instead of TESSERA_SUITE" };
    private static readonly Option<bool> LoadOption = new("--load") { Description = "Instead of runs: time from file to first result, and peak memory, in fresh processes" };
    private static readonly Option<long> SoakOption = new("--soak") { Description = "Instead of timing: so many runs, and what memory grew by" };
    private static readonly Option<int> SessionsOption = new("--sessions") { Description = "With --soak: sessions that run at once and share the runs", DefaultValueFactory = _ => 1 };
    private static readonly Option<double> LimitOption = new("--limit") { Description = "Seconds that onnxruntime-web in a browser may take to its first result; a model that takes longer is not run", DefaultValueFactory = _ => 240 };
    private static readonly Option<string?> RooflineOption = new("--roofline") { Description = "With ops: write a roofline picture to this SVG file" };
    private static readonly Option<bool> MarkdownOption = new("--markdown") { Description = "Print a Markdown table" };
    private static readonly Option<string?> IntoOption = new("--into") { Description = "Write the Markdown table into this file, between `<!-- tessera bench … -->` with the same words and `<!-- end -->`" };

    public static Command Declare(string description, Func<BenchOptions, int> run)
    {
        Command c = new("bench", description)
        {
            TargetArgument, Shared.Input, Shared.Inputs, Shared.Engine, Shared.Threads, PeerOption, FetchOption, RoundsOption, RunsOption, FilterOption, SuiteOption, LoadOption, SoakOption, SessionsOption, LimitOption, RooflineOption, MarkdownOption, IntoOption, Shared.Json,
        };
        c.SetAction(p => run(Of(p)));
        return c;
    }

    /// <summary>The engine's name; a bench is of the CPU engine unless another is asked for.</summary>
    public string EngineName => Engine == "auto" ? "cpu" : Engine;

    /// <summary>Threads of both sides.</summary>
    public int ThreadCount => Threads > 0 ? Threads : Environment.ProcessorCount;

    public IReadOnlyList<Peer> PeersOrDefault => Peers ?? Target[0] switch
    {
        "ops" => OfTheWeb ? [Peer.OnnxRuntimeWeb] : [.. Enum.GetValues<Peer>().Where(p => p != Peer.OnnxRuntimeWeb && (p != Peer.ClBlast || Kind == "opencl"))],
        "suite" or "ocr" => [OfTheWeb ? Peer.OnnxRuntimeWeb : Peer.OnnxRuntime],
        _ => Load ? [Peer.OnnxRuntime] : [],
    };

    /// <summary>"wasm" or "webgpu"; another engine's name without its host.</summary>
    public string Kind => EngineName.Split(':')[0];

    private bool OfTheWeb => Kind == "wasm" || EngineName is "webgpu:chromium" or "webgpu:firefox";

    /// <summary>What stands between `tessera` and the section's end in the marker of <see cref="Into"/>.</summary>
    public string Section => $"bench {string.Join(' ', Target.Select(Path.GetFileName))}{(Engine is "auto" or "cpu" ? "" : $" --engine {Engine}")}{(Load ? " --load" : "")}{(Soak > 0 ? $" --soak {Soak}" : "")}{(Sessions > 1 ? $" --sessions {Sessions}" : "")} --threads {ThreadCount}";

    private static BenchOptions Of(ParseResult p)
    {
        string[]? peers = p.GetValue(PeerOption) is { Length: > 0 } given ? given : null;
        if (peers is not null && peers.Contains("none") && peers.Length > 1) throw new TesseraException(ErrorCode.InvalidArgument, "--peer none goes with no other peer.");
        return new(p.GetValue(TargetArgument)!, p.GetValue(Shared.Input) ?? [], p.GetValue(Shared.Inputs), p.GetValue(Shared.Engine)!, p.GetValue(Shared.Threads), peers is null ? null : [.. peers.Where(n => n != "none").Select(Lab.Peers.Parse).Distinct()],
            p.GetValue(FetchOption), Math.Max(1, p.GetValue(RoundsOption)), Math.Max(0, p.GetValue(RunsOption)), p.GetValue(FilterOption) ?? [], p.GetValue(SuiteOption) ?? Knobs.Suite.Value, p.GetValue(LoadOption), p.GetValue(SoakOption), Math.Max(1, p.GetValue(SessionsOption)), p.GetValue(LimitOption), p.GetValue(RooflineOption), p.GetValue(MarkdownOption), p.GetValue(IntoOption), p.GetValue(Shared.Json));
    }
}
