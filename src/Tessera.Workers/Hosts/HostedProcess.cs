using System.Diagnostics;

namespace Tessera.Workers;

/// <summary>A child process, and a folder that goes with it.</summary>
internal sealed class HostedProcess : IHosted
{
    private const int Kept = 12;

    private readonly Process _process;
    private readonly string _folder;
    private readonly Queue<string> _words = [];
    private int _disposed;

    /// <param name="process">Started, with its errors redirected.</param>
    /// <param name="folder">Removed when the process is disposed of.</param>
    public HostedProcess(Process process, string folder)
    {
        (_process, _folder) = (process, folder);
        process.ErrorDataReceived += (_, e) => Remember(e.Data);
        process.BeginErrorReadLine();
    }

    public int ProcessId => _process.Id;

    public string LastWords
    {
        get
        {
            lock (_words) return string.Join(" | ", _words);
        }
    }

    private void Remember(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        lock (_words)
        {
            _words.Enqueue(line.Trim());
            if (_words.Count > Kept) _words.Dequeue();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
        _process.Dispose();
        Folders.Delete(_folder);
    }
}

internal static class Folders
{
    /// <summary>Removes a temporary folder; what a process that is just ending still writes there may need a second try.</summary>
    public static void Delete(string folder)
    {
        for (int i = 0; Directory.Exists(folder) && i < 20; i++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Thread.Sleep(50);
            }
        }
    }
}
