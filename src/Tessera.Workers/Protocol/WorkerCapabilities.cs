using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tessera.Workers;

/// <summary>What a worker says of itself when it starts; see docs/worker-protocol.md.</summary>
/// <param name="Format">Version of the program format that it reads.</param>
/// <param name="Host">What runs it, with its version.</param>
/// <param name="Processors">Processors that its host sees.</param>
/// <param name="Wasm">WebAssembly.</param>
/// <param name="Webgpu">WebGPU's adapter, or why there is none.</param>
/// <param name="Webnn">WebNN's context, or why there is none.</param>
public sealed record WorkerCapabilities(int Format, string Host, int Processors, WasmReport Wasm, AdapterReport Webgpu, WebNnReport Webnn);

/// <param name="Simd">128-bit vectors.</param>
/// <param name="RelaxedSimd">Vectors whose rounding the processor chooses.</param>
/// <param name="Threads">Whether threads can share memory.</param>
public sealed record WasmReport(bool Simd, bool RelaxedSimd, bool Threads);

/// <param name="Available">Whether there is an adapter.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="Vendor">Who makes it.</param>
/// <param name="Software">Whether it computes on the processor.</param>
/// <param name="Features">Names of WebGPU's features.</param>
/// <param name="Limits">WebGPU's limits that matter to kernels and buffers.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record AdapterReport(bool Available, string? Name = null, string? Vendor = null, bool Software = false, IReadOnlyList<string>? Features = null, IReadOnlyDictionary<string, double>? Limits = null, string? Reason = null);

/// <param name="Available">Whether there is a context.</param>
/// <param name="Limits">What it says of its operators.</param>
/// <param name="Reason">Why there is none, in the browser's words.</param>
public sealed record WebNnReport(bool Available, JsonElement? Limits = null, string? Reason = null);

/// <summary>What a worker answers when something fails.</summary>
internal sealed record WorkerError(string Code, string Message);

/// <summary>What a worker answers to a program: constants that it has not.</summary>
internal sealed record WorkerMissing(IReadOnlyList<string> Missing);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(WorkerCapabilities))]
[JsonSerializable(typeof(WorkerError))]
[JsonSerializable(typeof(WorkerMissing))]
internal sealed partial class ProtocolJson : JsonSerializerContext;
