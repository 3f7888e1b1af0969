using System.Diagnostics;
using System.Reflection;

namespace Tessera.Workers;

/// <summary>A host that runs the worker as a script, over standard input and output.</summary>
internal abstract class ScriptHost : Host
{
    protected abstract IEnumerable<string> Options { get; }

    public override Task<WorkerConnection> StartAsync(int threads, CancellationToken cancel)
    {
        string folder = Directory.CreateTempSubdirectory("tessera-worker-").FullName;
        try
        {
            string script = Path.Combine(folder, "worker.mjs");
            using (FileStream to = File.Create(script)) RuntimeFiles.Open("worker.js").CopyTo(to);
            ProcessStartInfo start = new(Found()) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            foreach (string o in Options) start.ArgumentList.Add(o);
            foreach (string a in new[] { script, "--serve", $"{threads}", "--temporary" }) start.ArgumentList.Add(a);
            Process p = Process.Start(start) ?? throw new TesseraException(ErrorCode.EngineUnavailable, $"{Title} did not start.");
            return Task.FromResult(new WorkerConnection(p.StandardOutput.BaseStream, p.StandardInput.BaseStream, new HostedProcess(p, folder)));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }
}

internal sealed class NodeHost : ScriptHost
{
    public override string Name => "node";

    public override string Title => "Node";

    public override string Remedy => "Install Node 18 or later, from https://nodejs.org or the system's packages.";

    protected override IReadOnlyList<string> Programs => ["node", "nodejs"];

    protected override IEnumerable<string> Options => ["--no-warnings"];
}

internal sealed class DenoHost : ScriptHost
{
    public override string Name => "deno";

    public override string Title => "Deno";

    public override string Remedy => "Install Deno 2 or later: npm install -g deno, or https://deno.com. WebGPU in it needs a Vulkan driver; without a GPU, Debian's mesa-vulkan-drivers.";

    protected override IReadOnlyList<string> Programs => ["deno"];

    // Older versions have WebGPU behind the flag; later ones take it and need it not.
    protected override IEnumerable<string> Options => ["run", "--quiet", "--allow-all", "--no-config", "--no-lock", "--unstable-webgpu"];
}

/// <summary>The built runtime of web/runtime, which this assembly carries.</summary>
internal static class RuntimeFiles
{
    public static Stream Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new TesseraException(ErrorCode.Internal, $"This build carries no {name}.");

    public static byte[] Read(string name)
    {
        using Stream s = Open(name);
        byte[] bytes = new byte[s.Length];
        s.ReadExactly(bytes);
        return bytes;
    }
}
