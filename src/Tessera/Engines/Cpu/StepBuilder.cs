using System.Runtime.InteropServices;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>How the content of a slot comes about.</summary>
internal enum SlotKind { Input, Output, Constant, Arena, Text }

/// <summary>One entry of the pointer table.</summary>
internal sealed class Slot(SlotKind kind, long bytes)
{
    public SlotKind Kind { get; set; } = kind;

    public long Bytes { get; } = bytes;

    /// <summary>Input or Output: its number; −1 for a text that is no output.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Another slot that this one lies in; −1 when none.</summary>
    public int AliasOf { get; set; } = -1;

    /// <summary>Bytes from the start of <see cref="AliasOf"/>.</summary>
    public long AliasOffset { get; set; }

    /// <summary>Constant: where it lies. Arena: offset, once planned.</summary>
    public nint Address { get; set; }

    /// <summary>Constant strings.</summary>
    public string[]? Strings { get; set; }

    /// <summary>Constant: what it was made from; null when it cannot be told.</summary>
    public ConstantSource? Source { get; set; }
}

/// <summary>Collects the steps of an executable and the memory they need. What kernels' factories are handed.</summary>
internal sealed unsafe class StepBuilder(int workers, MemoryPool pool)
{
    private readonly List<int> _pending = [];

    public List<Slot> Slots { get; } = [];

    public List<Step> Steps { get; } = [];

    /// <summary>Per step, the slots that are its scratch.</summary>
    public List<int[]> Scratches { get; } = [];

    /// <summary>Memory that lives as long as the executable: packed weights, tables, constants.</summary>
    public List<IDisposable> Owned { get; } = [];

    /// <summary>Most workers that a fork will ever have.</summary>
    public int Workers { get; } = workers;

    public int NewSlot(SlotKind kind, long bytes)
    {
        Slots.Add(new Slot(kind, bytes));
        return Slots.Count - 1;
    }

    /// <summary>A contiguous value in the arena, to be written by a step.</summary>
    public Operand Temporary(DType type, Shape shape)
    {
        long bytes = shape.Count * Operand.SizeOf(type);
        return new(NewSlot(type == DType.String ? SlotKind.Text : SlotKind.Arena, bytes), type, shape, Strides.RowMajor(shape), 0);
    }

    /// <summary>Memory of <paramref name="bytes"/> per worker for the step that is being made.</summary>
    public Scratch Scratch(long bytes)
    {
        long stride = (Math.Max(1, bytes) + 63) & ~63L;
        int slot = NewSlot(SlotKind.Arena, stride * Workers);
        _pending.Add(slot);
        return new(slot, stride);
    }

    /// <summary>Memory of <paramref name="bytes"/> shared by all workers for the step that is being made.</summary>
    public Scratch SharedScratch(long bytes)
    {
        int slot = NewSlot(SlotKind.Arena, Math.Max(64, bytes));
        _pending.Add(slot);
        return new(slot, 0);
    }

    /// <summary>Memory that lives as long as the executable, zeroed; for packed weights and tables.</summary>
    public nint Own(long bytes)
    {
        MemoryBlock block = Zeroed(bytes);
        Owned.Add(block);
        return block.Address;
    }

    /// <summary>What <paramref name="fill"/> makes of known operands in zeroed memory; made once for all executables that ask for the same.</summary>
    /// <param name="form">Says all that the content depends on besides the operands.</param>
    /// <param name="bytes">How much of it there is.</param>
    /// <param name="fill">Is handed the address of the memory.</param>
    /// <param name="from">Known operands that it is made from.</param>
    public nint Own(string form, long bytes, Action<nint> fill, params ReadOnlySpan<Operand> from) => Own(ConstantSource.Of(this, form, from), bytes, fill);

    /// <summary>An operand over memory that lives as long as the executable.</summary>
    public Operand Constant(DType type, Shape shape, nint address)
    {
        int slot = NewSlot(SlotKind.Constant, shape.Count * Operand.SizeOf(type));
        Slots[slot].Address = address;
        return new(slot, type, shape, Strides.RowMajor(shape), 0);
    }

    /// <summary>An operand over what <paramref name="fill"/> makes of a known one; made once for all executables that ask for the same.</summary>
    public Operand Constant(DType type, Shape shape, string form, Action<nint> fill, Operand from) => Constant(type, shape, ConstantSource.Of(this, form, [from]), fill);

    /// <summary>An operand over memory that lives as long as the executable, or as all that share it.</summary>
    public Operand Constant(DType type, Shape shape, ConstantSource? source, Action<nint> fill)
    {
        int slot = NewSlot(SlotKind.Constant, shape.Count * Operand.SizeOf(type));
        (Slots[slot].Address, Slots[slot].Source) = (Own(source, Slots[slot].Bytes, fill), source);
        return new(slot, type, shape, Strides.RowMajor(shape), 0);
    }

    private nint Own(ConstantSource? source, long bytes, Action<nint> fill)
    {
        if (source is null)
        {
            nint own = Own(bytes);
            fill(own);
            return own;
        }
        SharedConstant shared = SharedConstant.Rent(source, pool, () =>
        {
            MemoryBlock block = Zeroed(bytes);
            fill(block.Address);
            return block;
        });
        Owned.Add(shared);
        return shared.Address;
    }

    private MemoryBlock Zeroed(long bytes)
    {
        MemoryBlock block = pool.Rent(Math.Max(64, bytes), "packed constants");
        NativeMemory.Clear((void*)block.Address, (nuint)Math.Max(64, bytes));
        return block;
    }

    /// <summary>Address of the first element of an operand that is known now.</summary>
    public T* Known<T>(Operand x) => (T*)Slots[x.Slot].Address + x.Offset;

    public bool IsKnown(Operand x) => Slots[x.Slot].Kind == SlotKind.Constant;

    /// <summary><paramref name="x"/> when contiguous, else a row-major copy of it; for kernels that take no strides.</summary>
    public Operand Contiguous(Operand x)
    {
        if (x.IsContiguous) return x;
        if (IsKnown(x) && x.Type != DType.String) return Constant(x.Type, x.Shape, "row-major", to => CopyNow(x, to), x);
        Operand y = Temporary(x.Type, x.Shape);
        Add(Movement.CopyStep.Create(x, y));
        return y;
    }

    private void CopyNow(Operand x, nint to)
    {
        Operand from = x with { Slot = 0 };
        RunContext c = new(2, ThreadTeam.Shared);
        c.Bind(0, Slots[x.Slot].Address);
        c.Bind(1, to);
        Movement.CopyStep.Create(from, new Operand(1, x.Type, x.Shape, Strides.RowMajor(x.Shape), 0)).Run(c);
    }

    /// <summary>Lets the steps that write <paramref name="value"/> write it to <paramref name="place"/> instead, a contiguous part of another value, so that no copy is needed.</summary>
    /// <returns>Whether they can: the value must be a whole temporary that lies nowhere else.</returns>
    public bool TryPlace(Operand value, Operand place)
    {
        Slot from = Slots[value.Slot];
        if (from.Kind != SlotKind.Arena || from.AliasOf >= 0 || from.Bytes != value.Bytes || value.Offset != 0 || !value.IsContiguous || !place.IsContiguous || value.Slot == place.Slot) return false;
        (from.AliasOf, from.AliasOffset) = (place.Slot, place.Offset * place.Size);
        return true;
    }

    /// <summary>The slot that <paramref name="slot"/> finally lies in, and where.</summary>
    public (int Slot, long Offset) Resolve(int slot)
    {
        long offset = 0;
        for (; Slots[slot].AliasOf >= 0; slot = Slots[slot].AliasOf) offset += Slots[slot].AliasOffset;
        return (slot, offset);
    }

    /// <summary>Gives <paramref name="step"/> an epilogue and moves it to the end, where all that the epilogue reads is known.</summary>
    /// <param name="step">A step that takes an epilogue.</param>
    /// <param name="program">The elementwise work.</param>
    /// <param name="y">What the epilogue writes.</param>
    /// <param name="value">What the step writes; shares memory with <paramref name="y"/> when sizes agree.</param>
    /// <param name="nodes">Nodes of the epilogue.</param>
    public void Extend(Step step, Elementwise.TileProgram program, Operand y, Operand value, IReadOnlyList<Node> nodes)
    {
        step.Extend(program, [.. program.Sources.Select(s => s.Operand).Where(o => o.Slot != value.Slot)], y);
        if (Slots[value.Slot].Bytes == Slots[y.Slot].Bytes) Slots[value.Slot].AliasOf = y.Slot;
        MoveToEnd(step, nodes);
    }

    /// <summary>Moves <paramref name="step"/> to the end, where all that has a step is known, and lets it cover <paramref name="nodes"/> too.</summary>
    public void MoveToEnd(Step step, IReadOnlyList<Node> nodes)
    {
        int at = Steps.IndexOf(step);
        foreach (int slot in Scratches[at]) _pending.Add(slot);
        Steps.RemoveAt(at);
        Scratches.RemoveAt(at);
        Add(step, [.. step.Nodes, .. nodes]);
    }

    /// <summary>Makes a slot the caller's output number <paramref name="index"/>.</summary>
    public void Bind(int slot, int index)
    {
        if (Slots[slot].Kind == SlotKind.Arena) Slots[slot].Kind = SlotKind.Output;
        Slots[slot].Index = index;
    }

    /// <summary>Appends a step; its scratches are those taken since the last one.</summary>
    public void Add(Step step, params IReadOnlyList<Node> nodes)
    {
        if (nodes.Count > 0) step.Nodes = nodes;
        Steps.Add(step);
        Scratches.Add([.. _pending]);
        _pending.Clear();
    }
}
