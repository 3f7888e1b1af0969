using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera;

/// <summary>Runs models on the processor with managed SIMD kernels; needs nothing but .NET.</summary>
public sealed class CpuEngine(EngineOptions? options = null) : Engine("cpu", options)
{
    public override ValueTask<Compatibility> CheckCompatibilityAsync(CancellationToken cancel = default) => new(Compatibility.Yes($"{RuntimeInformation.ProcessArchitecture} with {Simd()}"));

    protected internal override bool IsHost => true;

    protected internal override Executable Prepare(Graph graph, PrepareOptions options) => new CpuExecutable(graph, options);

    protected internal override Tensor[]? Fold(Node node) => CpuFolding.Fold(node);

    protected override EngineCapabilities Probe()
    {
        int threads = Options.Threads > 0 ? Math.Min(Options.Threads, ThreadTeam.Shared.Size) : ThreadTeam.Shared.Size;
        ImmutableSortedDictionary<string, string> features = ImmutableSortedDictionary<string, string>.Empty
            .Add("simd", Simd())
            .Add("architecture", Architecture())
            .Add("fused multiply-add", (System.Runtime.Intrinsics.X86.Fma.IsSupported || System.Runtime.Intrinsics.Arm.AdvSimd.IsSupported).ToString(CultureInfo.InvariantCulture));
        return new(Parallel: threads > 1, Gpu: false, Distributed: false, Streaming: false, threads, Pool.Budget, DTypes.All, MaxBatch: 0, features);
    }

    // Names of enums that .NET makes are found by reflection, which costs a start more than all else here.
    private static string Architecture() => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "X64",
        System.Runtime.InteropServices.Architecture.Arm64 => "Arm64",
        System.Runtime.InteropServices.Architecture other => other.ToString(),
    };

    private static string Simd() => Vector512.IsHardwareAccelerated ? "512-bit vectors" : Vector256.IsHardwareAccelerated ? "256-bit vectors" : Vector128.IsHardwareAccelerated ? "128-bit vectors" : "no vectors";
}
