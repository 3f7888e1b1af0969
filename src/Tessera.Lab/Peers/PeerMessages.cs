using System.Text.Json.Serialization;

namespace Tessera.Lab;

/// <summary>What a bench asks of a peer: one line of JSON each, answered by one <see cref="PeerReply"/>.</summary>
public enum PeerTask
{
    /// <summary>Name and version.</summary>
    Hello,
    /// <summary>Take the job, run it once, leave its outputs in the job's folder.</summary>
    Load,
    /// <summary>Run the loaded job Runs times, each time Inner times in a row.</summary>
    Time,
}

/// <summary>A tensor in a file of its raw little-endian elements, row-major.</summary>
/// <param name="Type">A name of <see cref="DType"/>.</param>
public sealed record PeerTensor(string Name, string Type, long[] Dims, string File);

/// <summary>Work for a peer.</summary>
/// <param name="Kind">"onnx": the model. Else a call of the peer's library that the numbers describe, see <see cref="NativeJob"/>.</param>
/// <param name="Model">The ONNX file, for "onnx".</param>
/// <param name="Folder">Where outputs go.</param>
public sealed record PeerJob(string Kind, string? Model, PeerTensor[] Inputs, string Folder, int Threads, Dictionary<string, long> Numbers);

/// <param name="LimitS">For <see cref="PeerTask.Load"/>: seconds that the first run may take in a browser.</param>
public sealed record PeerRequest(PeerTask Task, PeerJob? Job = null, int Runs = 0, int Inner = 0, double? LimitS = null);

/// <param name="Error">Why the task could not be done; absent when it was.</param>
/// <param name="Detail">For <see cref="PeerTask.Hello"/>: name and version.</param>
/// <param name="Page">For <see cref="PeerTask.Hello"/>: a page that has to be opened in a browser before the peer can answer; ask again then.</param>
/// <param name="FirstMs">For <see cref="PeerTask.Load"/>, where the peer tells: from fetching the model to the first outputs.</param>
/// <param name="Outputs">For <see cref="PeerTask.Load"/>.</param>
/// <param name="Ms">For <see cref="PeerTask.Time"/>: milliseconds of one run, one per Runs.</param>
public sealed record PeerReply(string? Error = null, string? Detail = null, PeerTensor[]? Outputs = null, double[]? Ms = null, string? Page = null, double? FirstMs = null);

/// <summary>What a process that loads a model, runs it once and ends tells about itself.</summary>
/// <param name="FirstMs">From opening the file to the first result.</param>
/// <param name="PeakBytes">The most memory the process held.</param>
public sealed record OnceReply(double FirstMs, long PeakBytes);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PeerRequest))]
[JsonSerializable(typeof(PeerReply))]
[JsonSerializable(typeof(PeerJob))]
[JsonSerializable(typeof(OnceReply))]
public sealed partial class PeerJson : JsonSerializerContext;
