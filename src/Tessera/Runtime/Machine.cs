namespace Tessera.Runtime;

/// <summary>What the process may use of the machine.</summary>
internal static class Machine
{
    /// <summary>Bytes of memory available to the process; the runtime takes a container's limit into account.</summary>
    public static long MemoryLimit { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Processors available to the process, affinity and container quota taken into account.</summary>
    public static int Threads => Environment.ProcessorCount;
}
