using System.Text.Json.Serialization;

namespace Tessera.Cli.Output;

internal sealed record OutputReport(string Name, string Type, long[] Shape, double? Min, double? Max, double? Mean, string[] First, string? File);

internal sealed record RunReport(string Model, string Engine, string EngineReason, double LoadMs, double[] RunMs, OutputReport[] Outputs);

internal sealed record ValueReport(string Name, string Type);

internal sealed record OperatorReport(string Name, int Count);

internal sealed record PassReport(string Pass, string Rule, int Applied, int NodesBefore, int NodesAfter);

internal sealed record InspectReport(string Model, long IrVersion, string Producer, Dictionary<string, long> Opsets, long FileBytes, long Parameters, long ParameterBytes, int Nodes,
    ValueReport[] Inputs, ValueReport[] Outputs, OperatorReport[] Operators, string[] Unsupported, PassReport[]? Passes, string[]? Plan, ValueReport[]? Shapes);

internal sealed record StepReport(int Step, string Engine, string Kernel, string[] Nodes, string[] Operators, long Bytes, long Flops, int Calls, double TimeMs, string Why);

internal sealed record ExplainReport(string Model, string Engine, string EngineReason, int Stages, long ArenaBytes, StepReport[] Steps, string[] BetweenStages);

internal sealed record EngineReport(string Name, bool Available, string Reason, string Remedy, int Threads, long MaxMemory, string[] Precisions, Dictionary<string, string> Features, string Health);

internal sealed record ExportReport(string Folder, Tessera.Workers.ExportedFile[] Files);

internal sealed record KnobReport(string Name, string Value, string Default, string Help, bool IsSet);

/// <param name="Speed">Absent when the device was never measured.</param>
internal sealed record DeviceReport(string Engine, string Name, string Vendor, string Driver, string Type, long MemoryBytes, int Units, Dictionary<string, string> Features, DeviceSpeed? Speed);

internal sealed record CheckReport(string Name, bool Present, string Detail, string Remedy);

internal sealed record DoctorReport(string System, string Runtime, string Processor, string Simd, int Threads, long MemoryBytes, CheckReport[] Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(InspectReport))]
[JsonSerializable(typeof(ExplainReport))]
[JsonSerializable(typeof(EngineReport[]))]
[JsonSerializable(typeof(DeviceReport[]))]
[JsonSerializable(typeof(KnobReport[]))]
[JsonSerializable(typeof(ExportReport))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
