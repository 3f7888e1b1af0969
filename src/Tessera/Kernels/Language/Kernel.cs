using System.Collections.Immutable;

namespace Tessera.Kernels;

public enum BufferAccess { Read, Write, ReadWrite }

/// <summary>One buffer that a kernel is bound to.</summary>
/// <param name="Name">For people, and for names in rendered source.</param>
/// <param name="Type">Elements in memory.</param>
/// <param name="Access">What the kernel does with it.</param>
/// <param name="Count">Elements that it has, where code for them in particular is better code; 0: any.</param>
public sealed record KernelBuffer(string Name, DType Type, BufferAccess Access, long Count = 0);

/// <summary>An array that the items of a workgroup share.</summary>
public sealed record SharedArray(KernelType Type, int Count);

/// <summary>A function run once for each of <paramref name="Items"/> work items, independent of each other except inside a workgroup.</summary>
/// <param name="Name">Template and what it was made for.</param>
/// <param name="Buffers">What Load and Store number.</param>
/// <param name="Shared">What LoadShared and StoreShared number.</param>
/// <param name="Items">Work items of a launch.</param>
/// <param name="GroupSize">Items of a workgroup.</param>
/// <param name="Body">What an item does.</param>
public sealed record Kernel(string Name, ImmutableArray<KernelBuffer> Buffers, ImmutableArray<SharedArray> Shared, long Items, int GroupSize, Block Body)
{
    /// <summary>The result that it was made for, for people: a kernel may serve others that are computed alike.</summary>
    public string Result { get; init; } = "";

    /// <summary>Every instruction, outer ones first.</summary>
    public IEnumerable<Instruction> Instructions => Walk(Body);

    private static IEnumerable<Instruction> Walk(Block block)
    {
        foreach (Instruction i in block.Instructions)
        {
            yield return i;
            foreach (Block b in i.Bodies)
                foreach (Instruction inner in Walk(b)) yield return inner;
        }
    }
}
