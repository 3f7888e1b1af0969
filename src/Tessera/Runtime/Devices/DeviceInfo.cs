using System.Collections.Immutable;

namespace Tessera;

/// <summary>What a device says of itself, asked once when devices are listed.</summary>
/// <param name="Id">Number of the device among those that its library lists, or "platform:device".</param>
/// <param name="Name">As its driver calls it.</param>
/// <param name="Driver">Name and version of the driver.</param>
/// <param name="IsSoftware">Whether it computes on the processor of the machine.</param>
/// <param name="MemoryBytes">Memory of the device; for one that shares the machine's, what it may use of that.</param>
/// <param name="MaxBufferBytes">Largest single buffer.</param>
/// <param name="MaxGroup">Most work items of a workgroup.</param>
/// <param name="Units">Compute units.</param>
/// <param name="Alignment">What offsets of parts of a buffer must be multiples of, in bytes.</param>
/// <param name="Features">Named facts, e.g. "fp16" → "yes".</param>
public sealed record DeviceInfo(string Id, string Name, string Vendor, string Driver, bool IsSoftware, long MemoryBytes, long MaxBufferBytes, int MaxGroup, int Units, int Alignment,
    ImmutableSortedDictionary<string, string> Features)
{
    /// <summary>Features that devices are chosen by: "gpu", "cpu" or "accelerator"; memory of its "own" or "shared" with the processor; what tells it from all others; where it is built in.</summary>
    public const string Kind = "type", Memory = "memory", Uuid = "uuid", Pci = "pci";

    public override string ToString() => $"{Id}: {Name} ({Vendor}, {Driver})";
}

/// <summary>What a device is chosen for.</summary>
public enum PowerPreference
{
    /// <summary>The first one.</summary>
    None,
    /// <summary>One with memory of its own and the most compute units.</summary>
    High,
    /// <summary>One that shares the processor's memory, with the fewest compute units.</summary>
    Low,
}

/// <summary>How an engine that runs on devices picks one and sets it up.</summary>
public sealed record DeviceOptions
{
    /// <summary>
    /// Which device: its <see cref="DeviceInfo.Id"/>, its number in the engine's list, its UUID or PCI address, "gpu", "cpu" or "accelerator", or a part of its name; null for the first that is no software and has what
    /// <see cref="Power"/> asks for, else the first. An engine's name may say it as well: "opencl:1".
    /// </summary>
    public string? Device { get; init; }

    /// <summary>Which device is chosen when none is named and there are several.</summary>
    public PowerPreference Power { get; init; }

    /// <summary>Work items of a workgroup where kernels leave the choice; 0: 64, fewer for small launches.</summary>
    public int GroupSize { get; init; }

    /// <summary>Whether compiled kernels are kept on disk for the next process, in <see cref="CacheFolder"/>.</summary>
    public bool KeepKernels { get; init; } = true;

    /// <summary>Largest single buffer in bytes, where that is less than the device takes; 0: what it takes.</summary>
    public long MaxBufferBytes { get; init; }

    /// <summary>
    /// Waits after each step, so that an error is of the step that it names, by the model's nodes as well; lets compilers of OpenCL take warnings for errors and leave code as it is written; labels all that Dawn knows
    /// and asks it after each step. Slow.
    /// </summary>
    public bool Debug { get; init; }
}
