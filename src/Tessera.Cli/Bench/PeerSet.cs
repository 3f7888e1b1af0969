using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>The peers of one bench: those that started, and why the others are absent.</summary>
internal sealed class PeerSet : IDisposable
{
    private PeerSet(IReadOnlyList<PeerProcess> running, IReadOnlyList<PeerReport> reports) => (Running, Reports) = (running, reports);

    public IReadOnlyList<PeerProcess> Running { get; }

    public IReadOnlyList<PeerReport> Reports { get; }

    public static PeerSet Start(PeerStore store, IReadOnlyList<Peer> peers, int threads, bool fetch, BrowserSide? browser = null)
    {
        List<PeerProcess> running = [];
        List<PeerReport> reports = [];
        foreach (Peer peer in peers)
        {
            try
            {
                running.Add(store.Start(peer, threads, fetch, browser));
                reports.Add(new(peer.Name(), true, running[^1].Detail));
            }
            catch (PeerAbsentException e) { reports.Add(new(peer.Name(), false, $"absent, because {e.Message}")); }
        }
        return new(running, reports);
    }

    /// <summary>Those that have a call for the job.</summary>
    public IReadOnlyList<PeerProcess> For(BenchJob job) => [.. Running.Where(p => p.Peer.Takes("onnx") || job.Native is { } n && p.Peer.Takes(n.Kind))];

    public void Dispose()
    {
        foreach (PeerProcess p in Running) p.Dispose();
    }
}

/// <param name="Detail">Name and version, or why it is absent.</param>
internal sealed record PeerReport(string Peer, bool Present, string Detail);
