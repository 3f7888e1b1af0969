using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>Bytes that a kernel is bound to: a range of the arena at <paramref name="At"/>, or, when <paramref name="Constant"/> is not null, all of that constant.</summary>
public sealed record ProgramBuffer(int? Constant, long At, long Bytes);

/// <summary>A value that goes in or out, row-major.</summary>
/// <param name="Value">Number of the buffer that holds it.</param>
public sealed record ProgramValue(string Name, DType Type, Shape Shape, int Value)
{
    public long Bytes => Type.Bytes(Shape.Count);
}

/// <summary>A constant: <paramref name="Bytes"/> bytes at <paramref name="At"/> of the section of constants, and their SHA-256 in hexadecimal, by which programs share them.</summary>
public sealed record ProgramConstant(string Hash, long At, long Bytes);

/// <summary>A kernel.</summary>
/// <param name="Name">Template and what it was made for.</param>
/// <param name="At">Where its code begins in the section of code.</param>
/// <param name="Bytes">Length of its code. Kernels of one module all name that module.</param>
/// <param name="Group">Work items of a workgroup.</param>
public sealed record ProgramKernel(string Name, long At, long Bytes, int Group);

/// <summary>One launch, or a buffer that is filled with zeros.</summary>
/// <param name="Kernel">Number of the kernel; <see cref="Clear"/>: the one buffer is filled with zeros.</param>
/// <param name="Values">Numbers of the buffers that it is bound to, in its order.</param>
/// <param name="Items">Work items.</param>
public sealed record ProgramStep(int Kernel, ImmutableArray<int> Values, long Items)
{
    public const int Clear = -1;

    /// <summary>The step that fills a buffer with zeros.</summary>
    public static ProgramStep Cleared(int value) => new(Clear, [value], 0);
}

/// <summary>Kernels as a target takes them, and where each lies.</summary>
public sealed record ProgramCode(byte[] Bytes, ImmutableArray<ProgramKernel> Kernels);

/// <summary>A graph compiled for one kind of device and one set of shapes: what runs it needs no compiler. See docs/program-format.md.</summary>
/// <param name="Target">What its code is for: "wasm".</param>
/// <param name="Memory">Bytes of the arena, where everything but constants lies.</param>
/// <param name="Fault">Byte offset in the arena of a 32-bit word that is not 0 after a run in which an index lay outside its axis.</param>
/// <param name="Values">What inputs, outputs and steps number.</param>
/// <param name="Inputs">Written before a run.</param>
/// <param name="Outputs">Read after it.</param>
/// <param name="ConstantTable">What of the constants belongs together.</param>
/// <param name="Kernels">Distinct kernels.</param>
/// <param name="Steps">In order; each sees what those before it wrote.</param>
/// <param name="Code">The kernels as the target takes them.</param>
/// <param name="Constants">Bytes of all constants.</param>
public sealed record Program(string Target, long Memory, long Fault, ImmutableArray<ProgramBuffer> Values, ImmutableArray<ProgramValue> Inputs, ImmutableArray<ProgramValue> Outputs,
    ImmutableArray<ProgramConstant> ConstantTable, ImmutableArray<ProgramKernel> Kernels, ImmutableArray<ProgramStep> Steps, ReadOnlyMemory<byte> Code, ReadOnlyMemory<byte> Constants)
{
    public const int Version = 3;

    /// <summary>What each step computes, for people; may be empty. No part of the file.</summary>
    public ImmutableArray<string> StepNames { get; init; } = [];

    /// <summary>A step as errors name it.</summary>
    public string Describe(int step) => $"step {step}, {(!StepNames.IsEmpty ? StepNames[step] : Steps[step].Kernel == ProgramStep.Clear ? "Clear" : Kernels[Steps[step].Kernel].Name)}";

    /// <summary>Bytes that a device gives to it: the arena and the constants.</summary>
    public long Footprint => Memory + ConstantTable.Sum(c => c.Bytes);
}
