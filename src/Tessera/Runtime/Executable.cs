using Tessera.Ir;

namespace Tessera;

/// <summary>A graph made ready by an engine. Safe to run from several threads at once.</summary>
public abstract class Executable : IDisposable
{
    /// <summary>Runs the graph.</summary>
    /// <param name="inputs">One contiguous tensor per graph input, of exactly its type and shape.</param>
    /// <param name="outputs">Per graph output either a contiguous tensor of its type and shape to write into, or null to be given a new one.</param>
    /// <param name="control">Cancellation and, when profiling, where to report times.</param>
    public abstract void Run(ReadOnlySpan<Tensor> inputs, Span<Tensor?> outputs, RunControl control);

    /// <summary>Runs over and over where the graph runs, and tells how long that took there: what an engine in another process takes without the way to it.</summary>
    /// <param name="inputs">As for <see cref="Run"/>.</param>
    /// <param name="samples">How many times to measure.</param>
    /// <param name="runs">Runs of one measurement, which is their mean.</param>
    /// <returns>Milliseconds of each sample; null where runs happen in this process.</returns>
    public virtual double[]? Time(ReadOnlySpan<Tensor> inputs, int samples, int runs) => null;

    /// <summary>What runs, in order: for `explain` and `profile`.</summary>
    public abstract IReadOnlyList<PlanStep> Plan { get; }

    /// <summary>Bytes held for a run besides inputs, outputs and constants.</summary>
    public abstract long ArenaBytes { get; }

    public abstract void Dispose();
}

/// <summary>One step of a plan: which kernel covers which nodes, and what it moves and computes.</summary>
/// <param name="Kernel">Name of the kernel or strategy.</param>
/// <param name="Nodes">Graph nodes that the step covers.</param>
/// <param name="Bytes">Bytes read and written at least.</param>
/// <param name="Flops">Floating or integer operations.</param>
/// <param name="Why">Why this kernel.</param>
public sealed record PlanStep(string Kernel, IReadOnlyList<Node> Nodes, long Bytes, long Flops, string Why)
{
    /// <summary>The engine that runs the step where a session uses two (<see cref="SessionOptions.Fallback"/>); null where there is one.</summary>
    public string? Engine { get; init; }
}

/// <summary>What a run obeys and reports to.</summary>
/// <param name="Cancel">Checked between steps.</param>
/// <param name="Threads">Upper bound on threads; 0 means the engine's own.</param>
/// <param name="Report">Called after each step with its number in <see cref="Executable.Plan"/> and ticks of <see cref="System.Diagnostics.Stopwatch"/>; null when not profiling.</param>
public readonly record struct RunControl(int Threads = 0, Action<int, long>? Report = null, CancellationToken Cancel = default)
{
    /// <summary>As <see cref="Report"/>, with the step itself; what runs stages sets one from the other, and executables call Report only.</summary>
    internal Action<PlanStep, long>? Profile { get; init; }
}
