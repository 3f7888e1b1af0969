using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace Tessera.Lab;

/// <summary>A peer in a process of its own, asked by lines of JSON on its standard input and answering on its standard output.</summary>
public sealed class PeerProcess : IDisposable
{
    /// <summary>No request takes longer; a plan that a library measures, or a large model's load, takes seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private PeerProcess(Peer peer, Process process, string detail) => (Peer, _process, Detail) = (peer, process, detail);

    public Peer Peer { get; }

    /// <summary>Name and version, as the peer tells them.</summary>
    public string Detail { get; }

    /// <param name="open">Opens a page in a browser, for a peer that runs in one.</param>
    /// <exception cref="PeerAbsentException">It cannot be started, or says that it cannot work.</exception>
    public static PeerProcess Start(Peer peer, ProcessStartInfo how, Action<Uri>? open = null)
    {
        how.RedirectStandardInput = how.RedirectStandardOutput = true;
        how.UseShellExecute = false;
        Process process;
        try { process = Process.Start(how)!; }
        catch (Win32Exception e) { throw new PeerAbsentException(peer, $"{how.FileName} cannot be started: {e.Message}"); }
        try
        {
            PeerReply hello = Ask(peer, process, new(PeerTask.Hello));
            if (hello.Page is { } page)
            {
                (open ?? throw new PeerAbsentException(peer, "it runs in a browser, and there is none"))(new(page));
                hello = Ask(peer, process, new(PeerTask.Hello));
            }
            return new(peer, process, hello.Detail ?? peer.Name());
        }
        catch
        {
            End(process);
            throw;
        }
    }

    /// <summary>Takes a job and runs it once; its outputs, and where the peer tells them, the milliseconds that it took.</summary>
    /// <param name="limit">Seconds that this may take in a browser; 0: any number.</param>
    /// <exception cref="PeerAbsentException">The peer cannot do it.</exception>
    public (PeerTensor[] Outputs, double? FirstMs) Load(PeerJob job, double limit)
    {
        PeerReply reply = Ask(Peer, _process, new(PeerTask.Load, job, LimitS: limit));
        return (reply.Outputs ?? [], reply.FirstMs);
    }

    /// <summary>Milliseconds of one run of the loaded job, <paramref name="runs"/> times, each the mean of <paramref name="inner"/> in a row.</summary>
    public Round Time(int runs, int inner) => new(Ask(Peer, _process, new(PeerTask.Time, null, runs, inner)).Ms!);

    public void Dispose() => End(_process);

    private static PeerReply Ask(Peer peer, Process process, PeerRequest request)
    {
        string? line;
        try
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(request, PeerJson.Default.PeerRequest));
            process.StandardInput.Flush();
            line = process.StandardOutput.ReadLineAsync().WaitAsync(Patience).GetAwaiter().GetResult();
        }
        catch (TimeoutException) { throw new PeerAbsentException(peer, $"it did not answer within {Patience.TotalMinutes} minutes"); }
        catch (IOException e) { throw new PeerAbsentException(peer, $"its process ended: {e.Message}"); }
        if (line is null) throw new PeerAbsentException(peer, "its process ended");
        PeerReply reply;
        try { reply = JsonSerializer.Deserialize(line, PeerJson.Default.PeerReply)!; }
        catch (JsonException e) { throw new PeerAbsentException(peer, $"it answered '{line}': {e.Message}"); }
        return reply.Error is null ? reply : throw new PeerAbsentException(peer, reply.Error);
    }

    private static void End(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            if (!process.WaitForExit(2000)) process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>A peer is not there, or cannot do what was asked; never an error of ours.</summary>
public sealed class PeerAbsentException(Peer peer, string reason) : Exception(reason)
{
    public Peer Peer { get; } = peer;
}
