using System.Diagnostics;
using System.Text.Json;

namespace Tessera.Lab;

/// <summary>Processes that start, do one thing and end.</summary>
public static class FreshStart
{
    /// <summary>Loads the job's model, runs it once, and tells how long that took from opening the file, and the most memory this process held.</summary>
    public static OnceReply Here(PeerJob job)
    {
        Dictionary<string, Value> inputs = job.Inputs.ToDictionary(i => i.Name, i => (Value)PeerFiles.Read(i));
        long begin = Stopwatch.GetTimestamp();
        using Engine engine = EngineRegistry.Create("cpu", new() { Threads = job.Threads });
        using Session session = engine.Load(job.Model!);
        IReadOnlyDictionary<string, Value> results = session.Run(inputs);
        double ms = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        foreach (Value v in results.Values.Concat(inputs.Values)) v.Dispose();
        return new(ms, PeakBytes());
    }

    /// <summary>The most memory that this process held so far.</summary>
    public static long PeakBytes()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64;
    }

    /// <summary>Starts a command that prints an <see cref="OnceReply"/> and ends.</summary>
    /// <exception cref="InvalidDataException">It printed something else.</exception>
    public static StartFigures Measure(ProcessStartInfo how)
    {
        how.RedirectStandardOutput = how.RedirectStandardError = true;
        long begin = Stopwatch.GetTimestamp();
        using Process p = Process.Start(how)!;
        Task<string> error = p.StandardError.ReadToEndAsync();
        string said = p.StandardOutput.ReadToEnd();
        p.WaitForExit();
        double ms = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        try
        {
            OnceReply reply = JsonSerializer.Deserialize(said, PeerJson.Default.OnceReply)!;
            return new(reply.FirstMs, ms, reply.PeakBytes);
        }
        catch (JsonException) { throw new InvalidDataException($"{how.FileName} ended with {p.ExitCode} and said: {(said + error.Result).Trim()}"); }
    }
}

/// <summary>A fresh process.</summary>
/// <param name="FirstMs">From opening the model's file to its first result.</param>
/// <param name="ProcessMs">From the process's start to its end.</param>
/// <param name="PeakBytes">The most memory it held.</param>
public sealed record StartFigures(double FirstMs, double ProcessMs, long PeakBytes)
{
    /// <summary>Medians.</summary>
    public static StartFigures Of(IReadOnlyList<StartFigures> all) => new(Statistics.Median(all.Select(s => s.FirstMs)), Statistics.Median(all.Select(s => s.ProcessMs)), (long)Statistics.Median(all.Select(s => (double)s.PeakBytes)));
}

/// <summary>One model in fresh processes of ours and of the peer; Absent: why the peer has no figures.</summary>
public sealed record LoadResult(string Name, StartFigures? Tessera, StartFigures? Peer, string? Absent, string? Error);
