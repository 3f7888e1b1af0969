using System.Text.Json.Serialization;

namespace Tessera.Workers;

/// <summary>model.json; web/runtime/src/model/manifest.ts reads it.</summary>
internal sealed record Manifest(int Version, string Name, IReadOnlyList<ManifestSpec> Inputs, IReadOnlyList<ManifestSpec> Outputs, IReadOnlyList<ManifestFile> Programs, IReadOnlyList<ManifestFile> Weights);

internal sealed record ManifestSpec(string Name, string Type, IReadOnlyList<long> Shape);

/// <param name="Target">Of a program: what it is for.</param>
/// <param name="Weights">Of a program: numbers of the files of weights in which its constants lie. Their places count over those files, one after the other.</param>
internal sealed record ManifestFile(string File, string Hash, long Bytes, string? Target = null, IReadOnlyList<int>? Weights = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ExportJson : JsonSerializerContext;
