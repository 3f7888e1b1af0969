using System.Text.Json.Serialization;

namespace Tessera.Cli.Output;

/// <summary>Milliseconds of a stage: the first picture, with plans being made; the same again, unless the first took too long; and the part of the latest inside the model.</summary>
internal sealed record DemoStage(string Name, double FirstMs, double? AgainMs, double ModelMs);

/// <summary>The box's corners as x, y pairs, clockwise from where the text begins.</summary>
internal sealed record DemoLine(string Text, double Confidence, bool UpsideDown, float[] Box);

internal sealed record DemoDifference(string? Written, string? Read, int Edits);

internal sealed record DemoEngine(string Engine, bool Available, string Reason, double LoadMs, DemoStage[] Stages, DemoLine[] Lines, double? Accuracy, DemoDifference[] Differences);

/// <summary>Passed is absent for a picture whose text nobody told.</summary>
internal sealed record DemoReport(string Picture, int Width, int Height, string? Annotated, bool? Passed, double RequiredAccuracy, DemoEngine[] Engines);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
