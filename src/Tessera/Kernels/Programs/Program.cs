using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>A value that goes in or out.</summary>
/// <param name="At">Byte offset in the program's memory.</param>
public sealed record ProgramValue(string Name, DType Type, Shape Shape, long At)
{
    public long Bytes => Type.Bytes(Shape.Count);
}

/// <summary>A constant: <paramref name="Bytes"/> bytes at <paramref name="From"/> of the program's constants, which belong at <paramref name="At"/> of its memory.</summary>
public sealed record ProgramConstant(long At, long From, long Bytes);

/// <summary>One launch.</summary>
/// <param name="Kernel">Number of the kernel.</param>
/// <param name="Buffers">Byte offset in the program's memory of each of its buffers.</param>
/// <param name="Items">Work items.</param>
public sealed record ProgramStep(int Kernel, ImmutableArray<long> Buffers, long Items);

/// <summary>A graph compiled for one kind of device and one set of shapes: what runs it needs no compiler. See docs/program-format.md.</summary>
/// <param name="Target">What its code is for: "wasm".</param>
/// <param name="Memory">Bytes of memory that a run needs, constants included; every offset below lies in it.</param>
/// <param name="Fault">Byte offset of a 32-bit word that is not 0 after a run in which an index lay outside its axis.</param>
/// <param name="Inputs">Written before a run.</param>
/// <param name="Outputs">Read after it.</param>
/// <param name="ConstantTable">Where constants go.</param>
/// <param name="Kernels">Names of the kernels, in order.</param>
/// <param name="Steps">In order; each sees what those before it wrote.</param>
/// <param name="Code">The kernels as the target takes them.</param>
/// <param name="Constants">Bytes of all constants.</param>
public sealed record Program(string Target, long Memory, long Fault, ImmutableArray<ProgramValue> Inputs, ImmutableArray<ProgramValue> Outputs, ImmutableArray<ProgramConstant> ConstantTable,
    ImmutableArray<string> Kernels, ImmutableArray<ProgramStep> Steps, ReadOnlyMemory<byte> Code, ReadOnlyMemory<byte> Constants)
{
    public const int Version = 1;
}
