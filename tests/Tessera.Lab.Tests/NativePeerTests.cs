using System.Text.Json;
using Tessera.Peers;

namespace Tessera.Lab.Tests;

/// <summary>Native peers compute what our rows compute; skipped, with the reason, where a library is not installed.</summary>
public sealed class NativePeerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tessera-lab-");

    public static TheoryData<Peer, string> Jobs =>
        [.. from r in OpTable.Rows where r.Native is not null && r.Operations < 1e8 from p in Enum.GetValues<Peer>() where p.Takes(r.Native!.Kind) select new TheoryDataRow<Peer, string>(p, r.Name)];

    [Theory]
    [MemberData(nameof(Jobs))]
    public void A_peer_gives_what_we_give(Peer peer, string name)
    {
        OpRow row = OpTable.Rows.Single(r => r.Name == name);
        using BenchJob job = row.Job(_folder.FullName);
        PeerReply[] replies = Ask(peer, new(PeerTask.Hello), new(PeerTask.Load, PeerFiles.Of(job, _folder.FullName, 1, native: true)), new(PeerTask.Time, null, 3, 2));
        Assert.SkipWhen(replies[0].Error is not null, $"{peer.Name()} absent, because {replies[0].Error}");
        Assert.Null(replies[1].Error);
        Assert.Equal(3, replies[2].Ms!.Length);
        Assert.All(replies[2].Ms!, ms => Assert.True(ms > 0));
        using Engine engine = EngineRegistry.Create("cpu");
        using OwnSide own = new(engine, job);
        Tensor ours = Assert.IsType<TensorValue>(own.Results.Values.First()).Tensor;
        using Tensor theirs = PeerFiles.Read(Assert.Single(replies[1].Outputs!)), shaped = theirs.Reshape(ours.Shape);
        Agreement a = Agreement.Of(name, ours, shaped, row.Bound);
        Assert.True(a.Mismatch is null, a.Mismatch);
    }

    [Fact]
    public void A_job_that_a_peer_has_no_call_for_is_an_error_with_the_reason()
    {
        PeerReply[] replies = Ask(Peer.OneDnn, new(PeerTask.Hello), new(PeerTask.Load, new("dance", null, [], _folder.FullName, 1, [])));
        Assert.SkipWhen(replies[0].Error is not null, $"onednn absent, because {replies[0].Error}");
        Assert.Contains("dance", replies[1].Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_library_that_is_missing_is_an_error_with_its_name() => Assert.Contains("onnxruntime.mjs", Ask(Peer.OnnxRuntime, new PeerRequest(PeerTask.Hello))[0].Error, StringComparison.Ordinal);

    public void Dispose() => _folder.Delete(recursive: true);

    private static PeerReply[] Ask(Peer peer, params PeerRequest[] requests)
    {
        using StringWriter replies = new();
        NativePeer.Serve(peer, new StringReader(string.Join('\n', requests.Select(r => JsonSerializer.Serialize(r, PeerJson.Default.PeerRequest)))), replies);
        return [.. replies.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize(l, PeerJson.Default.PeerReply)!)];
    }
}
