using System.Diagnostics;
using System.Text.Json;
using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <summary>This program as other processes start it.</summary>
internal static class ThisProgram
{
    /// <summary>`dotnet tessera-cli.dll`, or the executable itself.</summary>
    public static string[] Command { get; } = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [Environment.ProcessPath!, typeof(ThisProgram).Assembly.Location] : [Environment.ProcessPath!];

    public static PeerStore Peers { get; } = new(Path.Combine(AppContext.BaseDirectory, "peers", "onnxruntime.mjs"), Command);

    /// <summary>Command of a process of ours that runs a job once; without a job, one that only starts and tells its memory.</summary>
    public static ProcessStartInfo Once(string? jobFile) => new(Command[0], [.. Command.Skip(1), "once", .. jobFile is null ? Array.Empty<string>() : [jobFile]]);

    public static int RunOnce(string? jobFile)
    {
        OnceReply reply = jobFile is null ? new(0, FreshStart.PeakBytes()) : FreshStart.Here(JsonSerializer.Deserialize(File.ReadAllBytes(jobFile), PeerJson.Default.PeerJob)!);
        Console.WriteLine(JsonSerializer.Serialize(reply, PeerJson.Default.OnceReply));
        return 0;
    }
}
