using System.Collections.Immutable;
using System.ComponentModel;
using System.Diagnostics;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Runs models as WebAssembly with 128-bit vectors, in a Node process.</summary>
public sealed class WasmEngine(EngineOptions? options = null) : Engine("wasm", options)
{
    private NodeHost? _host;

    internal NodeHost? Host => _host;

    public override async ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default)
    {
        try
        {
            using Process p = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
            string version = (await p.StandardOutput.ReadToEndAsync(cancel).ConfigureAwait(false)).Trim();
            return int.TryParse(version.TrimStart('v').Split('.')[0], out int major) && major >= 18 ? Compatibility.Yes($"Node {version}")
                : Compatibility.No($"Node is {version}, and 18 is the first that runs its vectors", "Install Node 18 or later.");
        }
        catch (Win32Exception)
        {
            return Compatibility.No("no program 'node' was found", "Install Node 18 or later, from https://nodejs.org or the system's packages.");
        }
    }

    protected override ValueTask AcquireAsync(CancellationToken cancel)
    {
        _host = new NodeHost();
        return default;
    }

    protected override ValueTask ReleaseAsync()
    {
        _host?.Dispose();
        _host = null;
        return default;
    }

    protected override Executable Prepare(Graph graph, PrepareOptions options) => new WasmExecutable(graph, _host ?? throw new TesseraException(ErrorCode.EngineUnavailable, "The engine was not initialised."), options.Pool);

    protected override Tensor[]? Fold(Node node) => ConstantFolding.Fold(node);

    protected override string? Refusal(Node node) => Programs.Refusal(node, KernelTarget.Wasm);

    protected override EngineCapabilities Probe() =>
        new(Parallel: false, Gpu: false, Distributed: false, Streaming: false, 1, Pool.Budget, [.. Enum.GetValues<DType>().Where(t => KernelType.Reads(t) is not null)], MaxBatch: 0,
            ImmutableSortedDictionary<string, string>.Empty.Add("simd", "128-bit vectors").Add("host", "Node"));
}
