using System.CommandLine;

namespace Tessera.Cli.Commands;

/// <summary>Options that several commands take.</summary>
internal static class Shared
{
    public static Argument<string> Model { get; } = new("MODEL") { Description = "An ONNX file" };

    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON instead of text" };

    public static Option<string> Engine { get; } = new("--engine") { Description = "Engine to use: auto, or a name that `tessera engines` lists", DefaultValueFactory = _ => "auto" };

    public static Option<string[]> Input { get; } = new("--input")
    {
        Description = "NAME=FILE (.npy, .npz, .pb, .json, .png) or NAME=SHAPE such as 1x3x224x224 for random values; repeat per input", AllowMultipleArgumentsPerToken = false,
    };

    public static Option<string?> Inputs { get; } = new("--inputs") { Description = "Folder with input_0.pb, input_1.pb … (ONNX's test_data_set layout)" };

    public static Option<bool> Strict { get; } = new("--strict") { Description = "Refuse a model of which the engine can't run every node, instead of leaving those to the CPU" };

    public static Option<int> Threads { get; } = new("--threads") { Description = "Upper bound on threads; 0: all" };

    public static Option<int> Seed { get; } = new("--seed") { Description = "Seed of random inputs" };
}
