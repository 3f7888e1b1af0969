using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>One kernel call of an executable. Holds no state of a run, so that several runs may share it.</summary>
/// <param name="kernel">Name of the kernel or strategy.</param>
/// <param name="reads">Operands read.</param>
/// <param name="writes">Operands written; contiguous.</param>
/// <param name="flops">Floating or integer operations.</param>
/// <param name="why">Why this kernel.</param>
internal abstract class Step(string kernel, Operand[] reads, Operand[] writes, long flops, string why)
{
    public string Kernel { get; } = kernel;

    public Operand[] Reads { get; private set; } = reads;

    public Operand[] Writes { get; private set; } = writes;

    public long Flops { get; } = flops;

    public string Why { get; } = why;

    /// <summary>Graph nodes that the step covers; set by the compiler.</summary>
    public IReadOnlyList<Node> Nodes { get; set; } = [];

    /// <summary>Whether the kernel calls <see cref="Finish"/> for every element of its first output.</summary>
    public virtual bool TakesEpilogue => false;

    /// <summary>Elementwise work on the first output; set by the compiler when <see cref="TakesEpilogue"/>.</summary>
    public IEpilogue? Epilogue { get; set; }

    /// <summary>Whether the kernel adds <see cref="Bias"/> to its first output, of Float32.</summary>
    public virtual bool TakesBias => false;

    /// <summary>The axis of the first output that <see cref="Bias"/> goes along: channels, unless a kernel says otherwise.</summary>
    public virtual int BiasAxis(int rank) => 1;

    /// <summary>One number per place on <see cref="BiasAxis"/>, or null; set by the compiler when <see cref="TakesBias"/>.</summary>
    public Operand? Bias { get; private set; }

    public void AddBias(Operand bias) => (Bias, Reads) = (bias, [.. Reads, bias]);

    /// <summary>Whether the kernel adds <see cref="Addend"/> to its first output, of Float32, and keeps that between <see cref="Low"/> and <see cref="High"/>.</summary>
    public virtual bool TakesAddend => false;

    /// <summary>A contiguous value of the output's shape, or null; set by the compiler when <see cref="TakesAddend"/>.</summary>
    public Operand? Addend { get; private set; }

    /// <summary>Bounds of the output, after the sum; NaN stays.</summary>
    public float Low { get; set; } = float.NegativeInfinity;

    public float High { get; set; } = float.PositiveInfinity;

    public void SetAddend(Operand addend) => (Addend, Reads) = (addend, [.. Reads, addend]);

    /// <summary>Adds an epilogue with what it reads and writes; the step's own operands keep their positions.</summary>
    public void Extend(IEpilogue epilogue, Operand[] reads, Operand write)
    {
        Epilogue = epilogue;
        Reads = [.. Reads, .. reads];
        Writes = [.. Writes, write];
    }

    /// <summary>Runs the step; large work is split with <see cref="RunContext.Fork"/>.</summary>
    public abstract void Run(RunContext c);

    /// <summary>Part number <paramref name="part"/> of a fork. Must not depend on which worker runs it, nor on the order.</summary>
    public virtual void Part(RunContext c, int phase, int part, int worker) => throw new InvalidOperationException($"{Kernel} has no parts.");

    /// <summary>An operand's slot whose memory the output may take over when the operand dies here; null when none.</summary>
    public virtual (int From, int To)? Overwrites() => null;

    /// <summary>Elements [start, start + count) of the first output are final: the epilogue runs on them while they are in cache.</summary>
    protected void Finish(RunContext c, long start, long count, int worker) => Epilogue?.Run(c, start, count, worker);
}

/// <summary>Elementwise work that a kernel runs on each finished range of its output.</summary>
internal interface IEpilogue
{
    void Run(RunContext c, long start, long count, int worker);
}

/// <summary>Memory that a step uses while it runs, once per worker.</summary>
/// <param name="Slot">Slot of the first worker's part.</param>
/// <param name="Stride">Bytes from one worker's part to the next.</param>
internal readonly record struct Scratch(int Slot, long Stride);
