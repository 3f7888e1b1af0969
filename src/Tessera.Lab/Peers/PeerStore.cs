using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Tessera.Lab;

/// <summary>The browser that our engine runs in, for a peer beside it.</summary>
/// <param name="Provider">"wasm" or "webgpu": what the peer is to compute with.</param>
/// <param name="Open">Opens a page in it.</param>
public sealed record BrowserSide(string Provider, Action<Uri> Open);

/// <summary>Where peers lie, how they are fetched and started.</summary>
/// <param name="script">bench/peers/onnxruntime.mjs.</param>
/// <param name="self">Command that starts this program; `peer NAME` after it serves a native peer.</param>
public sealed class PeerStore(string script, IReadOnlyList<string> self)
{
    public const string OnnxRuntimeVersion = "1.30.0";

    /// <summary>A script that does nothing but tell its own memory.</summary>
    private const string Bare = "console.log(JSON.stringify({ first_ms: 0, peak_bytes: process.resourceUsage().maxRSS * 1024 }))";

    /// <summary>Folder of an npm package.</summary>
    public static string Folder(string package) => Path.Combine(CacheFolder.Path, "peers", $"{package}-{OnnxRuntimeVersion}");

    /// <summary>Starts a peer; fetches it first when it is missing and <paramref name="fetch"/> says so.</summary>
    /// <param name="browser">Where a peer of the web is to run; null: in Node.</param>
    /// <exception cref="PeerAbsentException">With the reason and what to do.</exception>
    public PeerProcess Start(Peer peer, int threads, bool fetch, BrowserSide? browser = null)
    {
        if (peer.Npm() is { } package && !Directory.Exists(Path.Combine(Folder(package), "node_modules", package)))
        {
            if (!fetch) throw new PeerAbsentException(peer, $"{package} {OnnxRuntimeVersion} is not in {Folder(package)}; --fetch installs it there with npm");
            FetchNpm(peer, package);
        }
        try { return PeerProcess.Start(peer, Command(peer, threads, browser), browser?.Open); }
        catch (PeerAbsentException e) when (peer.Debian() is { } debian)
        {
            if (!fetch) throw new PeerAbsentException(peer, $"{e.Message}; install Debian's {debian.Package}, as root with --fetch");
            FetchDebian(peer, debian.Package);
            return PeerProcess.Start(peer, Command(peer, threads, browser), browser?.Open);
        }
    }

    /// <summary>Command of a process that loads a model in onnxruntime, runs it once, tells a <see cref="OnceReply"/> and ends; without a job, one that only starts.</summary>
    public ProcessStartInfo Once(string? jobFile) => Node(jobFile is null ? ["-e", Bare] : [script, "--once", Folder("onnxruntime-node"), jobFile]);

    private ProcessStartInfo Command(Peer peer, int threads, BrowserSide? browser)
    {
        if (peer == Peer.OnnxRuntimeWeb && browser is { } b) return Node([Path.Combine(Path.GetDirectoryName(script)!, "onnxruntime-page.mjs"), Folder(peer.Npm()!), b.Provider, threads.ToString(CultureInfo.InvariantCulture)]);
        if (peer.Npm() is { } package) return Node([script, "--serve", Folder(package), package]);
        ProcessStartInfo own = new(self[0], [.. self.Skip(1), "peer", peer.Name()]);
        // These libraries read their number of threads when they are loaded.
        foreach (string name in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS" }) own.Environment[name] = threads.ToString(CultureInfo.InvariantCulture);
        return own;
    }

    private static ProcessStartInfo Node(string[] arguments) => new("node", arguments) { RedirectStandardOutput = true };

    // The install script of onnxruntime-node fetches GPU libraries only; the CPU library is in the package.
    private static void FetchNpm(Peer peer, string package)
    {
        Directory.CreateDirectory(Folder(package));
        Run(peer, OperatingSystem.IsWindows() ? "npm.cmd" : "npm", "install", "--prefix", Folder(package), "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", $"{package}@{OnnxRuntimeVersion}");
    }

    private static void FetchDebian(Peer peer, string package)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/apt-get")) throw new PeerAbsentException(peer, $"there is no apt-get here to install {package} with");
        if (!Environment.IsPrivilegedProcess) throw new PeerAbsentException(peer, $"installing {package} needs root: apt-get install {package}");
        Run(peer, "apt-get", "install", "-y", "-qq", package);
    }

    private static void Run(Peer peer, string program, params string[] arguments)
    {
        ProcessStartInfo how = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        how.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        try
        {
            using Process p = Process.Start(how)!;
            p.StandardInput.Close();
            Task<string> error = p.StandardError.ReadToEndAsync();
            string said = p.StandardOutput.ReadToEnd();
            p.WaitForExit();
            if (p.ExitCode != 0) throw new PeerAbsentException(peer, $"{program} {string.Join(' ', arguments)} ended with {p.ExitCode}: {(error.Result + said).Trim()}");
        }
        catch (Win32Exception e) { throw new PeerAbsentException(peer, $"{program} cannot be started: {e.Message}"); }
    }
}
