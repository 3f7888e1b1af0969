using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu;

/// <summary>What one run needs: a pointer per slot, strings per slot, and how many threads it may use.</summary>
internal sealed unsafe class RunContext(int slots, ThreadTeam team)
{
    private readonly nint[] _pointers = GC.AllocateArray<nint>(Math.Max(1, slots), pinned: true);
    private readonly string[]?[] _strings = new string[slots][];

    public ThreadTeam Team { get; } = team;

    /// <summary>Upper bound on workers of a fork; worker numbers are 0 … Threads − 1.</summary>
    public int Threads { get; set; } = 1;

    public void Bind(int slot, nint address) => _pointers[slot] = address;

    public void Bind(int slot, string[]? strings) => _strings[slot] = strings;

    public void Alias(int slot, int of, long offset) => _pointers[slot] = _pointers[of] + (nint)offset;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Base(int slot) => (byte*)_pointers[slot];

    /// <summary>First element of <paramref name="operand"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Ptr<T>(Operand operand) => (T*)_pointers[operand.Slot] + operand.Offset;

    /// <summary>This worker's part of a scratch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Ptr<T>(Scratch scratch, int worker) => (T*)(_pointers[scratch.Slot] + (nint)(scratch.Stride * worker));

    public string[] Strings(int slot) => _strings[slot]!;

    /// <summary>Runs <see cref="Step.Part"/> for every part 0 … parts − 1 on up to <see cref="Threads"/> threads, this one included, and returns when all are done.</summary>
    public void Fork(Step step, int phase, int parts) => Team.Fork(step, this, phase, parts, Threads);

    /// <summary>How many threads work of this many nanoseconds (on one thread) is worth.</summary>
    public int Workers(double nanoseconds) => Workers(nanoseconds, Threads);

    /// <summary>Same, for at most <paramref name="threads"/>.</summary>
    public static int Workers(double nanoseconds, int threads) => (int)Math.Clamp(nanoseconds / ThreadTeam.ForkNanoseconds, 1, threads);
}
