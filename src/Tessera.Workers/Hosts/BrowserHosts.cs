using System.Diagnostics;
using System.Net.WebSockets;

namespace Tessera.Workers;

/// <summary>A browser with a fresh profile and one page, whose worker connects back.</summary>
internal abstract class BrowserHost : Host
{
    // Ends the browser when standard input ends: by order, and also when the process at its other end was killed, alone or with its group.
    private const string Watch = """
        profile=$1; shift
        trap : HUP INT TERM
        if command -v setsid >/dev/null; then setsid "$@" </dev/null >"$profile/log" 2>&1 & group=-; else "$@" </dev/null >"$profile/log" 2>&1 & group=; fi
        browser=$!
        echo $browser
        cat >/dev/null
        kill -KILL $group$browser 2>/dev/null
        wait $browser 2>/dev/null
        rm -rf "$profile" || { sleep 1; rm -rf "$profile"; }
        """;

    public override TimeSpan Patience => TimeSpan.FromSeconds(45);

    /// <summary>What the browser is called with, besides the page.</summary>
    protected abstract IEnumerable<string> Options(string profile);

    protected virtual void WriteSettings(string profile) { }

    public override async Task<WorkerConnection> StartAsync(int threads, CancellationToken cancel)
    {
        PageServer server = new(threads);
        HostedBrowser? browser = null;
        try
        {
            browser = Open(server.Url, server);
            WebSocket socket = await server.SocketAsync(cancel).ConfigureAwait(false);
            Stream stream = WebSocketStream.Create(socket, WebSocketMessageType.Binary, ownsWebSocket: true);
            return new WorkerConnection(stream, stream, browser);
        }
        catch (Exception e)
        {
            string words = browser?.LastWords ?? "";
            browser?.Dispose();
            server.Dispose();
            throw e is OperationCanceledException && words.Length > 0 ? new OperationCanceledException($"{Title} says: {words}", e, cancel) : e;
        }
    }

    /// <summary>Starts the browser on a page, with a fresh profile.</summary>
    /// <param name="url">What it opens.</param>
    /// <param name="server">Disposed together with the browser.</param>
    public HostedBrowser Open(string url, IDisposable? server = null)
    {
        string profile = Directory.CreateTempSubdirectory($"tessera-{Name}-").FullName;
        try
        {
            WriteSettings(profile);
            return new(Begin(profile, [Found(), .. Options(profile), url]), server, profile);
        }
        catch
        {
            Folders.Delete(profile);
            throw;
        }
    }

    private static Process Begin(string profile, string[] command)
    {
        ProcessStartInfo start = OperatingSystem.IsWindows() ? new(command[0], command[1..]) : new("/bin/sh", ["-c", Watch, "sh", profile, .. command]);
        start.RedirectStandardInput = start.RedirectStandardOutput = true;
        start.UseShellExecute = false;
        // Nothing of the user's own browser is read or written.
        start.Environment["HOME"] = start.Environment["XDG_CONFIG_HOME"] = start.Environment["XDG_CACHE_HOME"] = start.Environment["XDG_RUNTIME_DIR"] = profile;
        return Process.Start(start) ?? throw new TesseraException(ErrorCode.EngineUnavailable, $"{command[0]} did not start.");
    }
}

internal sealed class ChromiumHost : BrowserHost
{
    public override string Name => "chromium";

    public override string Title => "Chromium";

    public override string Remedy => "Install Chromium or Chrome (Debian: apt-get install chromium).";

    protected override IReadOnlyList<string> Programs => ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "Chromium", "Google Chrome", "msedge"];

    protected override IEnumerable<string> Options(string profile) =>
    [
        "--headless", $"--user-data-dir={profile}", "--enable-unsafe-webgpu", "--no-first-run", "--no-default-browser-check", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage", "--disable-gpu-watchdog", "--disable-background-timer-throttling", "--disable-renderer-backgrounding",
        // Its sandbox does not work for root.
        .. Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? new[] { "--no-sandbox" } : [],
    ];
}

internal sealed class FirefoxHost : BrowserHost
{
    private static readonly (string Name, string Value)[] Settings =
    [
        ("dom.webgpu.enabled", "true"), ("dom.webgpu.workers.enabled", "true"), ("gfx.webgpu.ignore-blocklist", "true"), ("dom.allow_scripts_to_close_windows", "true"),
        // A profile of a run's steps needs clocks that tell microseconds apart.
        ("privacy.reduceTimerPrecision", "false"), ("dom.max_script_run_time", "0"),
        // A fresh profile greets, reports and updates otherwise.
        ("browser.shell.checkDefaultBrowser", "false"), ("browser.aboutwelcome.enabled", "false"), ("browser.startup.homepage_override.mstone", "\"ignore\""), ("datareporting.policy.dataSubmissionEnabled", "false"),
        ("toolkit.telemetry.enabled", "false"), ("app.normandy.enabled", "false"), ("app.update.enabled", "false"), ("extensions.update.enabled", "false"), ("extensions.getAddons.cache.enabled", "false"),
        ("network.captive-portal-service.enabled", "false"), ("network.connectivity-service.enabled", "false"), ("services.settings.server", "\"data:,\""),
        ("browser.safebrowsing.malware.enabled", "false"), ("browser.safebrowsing.phishing.enabled", "false"), ("browser.search.update", "false"), ("media.gmp-manager.updateEnabled", "false"),
    ];

    public override string Name => "firefox";

    public override string Title => "Firefox";

    public override string Remedy => "Install Firefox (Debian: apt-get install firefox-esr). WebGPU in it needs a Vulkan driver; without a GPU, Debian's mesa-vulkan-drivers.";

    protected override IReadOnlyList<string> Programs => ["firefox", "firefox-esr"];

    protected override void WriteSettings(string profile) => File.WriteAllLines(Path.Combine(profile, "user.js"), Settings.Select(s => $"user_pref(\"{s.Name}\", {s.Value});"));

    protected override IEnumerable<string> Options(string profile) => ["--headless", "--no-remote", "--new-instance", "--profile", profile];
}
