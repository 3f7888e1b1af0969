using System.Diagnostics;
using System.Globalization;

namespace Tessera.Workers;

/// <summary>A browser under its watch, what serves its page, and its profile.</summary>
internal sealed class HostedBrowser(Process watch, IDisposable? server, string profile) : IHosted
{
    private readonly int _browser = OperatingSystem.IsWindows() ? watch.Id : int.Parse(watch.StandardOutput.ReadLine() ?? "0", CultureInfo.InvariantCulture);
    private int _disposed;

    public int ProcessId => _browser;

    public string LastWords
    {
        get
        {
            try
            {
                return string.Join(" | ", File.ReadLines(Path.Combine(profile, "log")).Where(l => l.Length > 0).TakeLast(6));
            }
            catch (IOException)
            {
                return "";
            }
        }
    }

    /// <summary>Has the browser's page embed another one.</summary>
    public void Show(Uri page) => (server as PageServer)?.Show(page);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        server?.Dispose();
        try
        {
            if (OperatingSystem.IsWindows()) watch.Kill(entireProcessTree: true);
            else watch.StandardInput.Close();
            if (!watch.WaitForExit(TimeSpan.FromSeconds(5))) watch.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            // It has ended already.
        }
        watch.Dispose();
        Folders.Delete(profile);
    }
}
