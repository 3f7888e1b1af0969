using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu;

/// <summary>What something known was made from: constant tensors as they lie in memory, and the form that they were brought into.</summary>
internal sealed class ConstantSource : IEquatable<ConstantSource>
{
    private readonly Part[] _parts;
    private readonly string _form;

    private ConstantSource(Part[] parts, string form) => (_parts, _form) = (parts, form);

    private sealed record Part(MemoryBlock Block, int Life, nint Address);

    /// <summary>Memory that the first part lies in.</summary>
    public MemoryBlock Block => _parts[0].Block;

    /// <summary>A constant, in a form of its own when one is given; null for strings.</summary>
    public static ConstantSource? Of(Tensor t, string form = "") => t.Block is { } b ? new([new(b, b.Life, t.Address)], form) : null;

    /// <summary>Known operands in a form that <paramref name="form"/> and their types, shapes and strides tell; null when one of them cannot be traced.</summary>
    public static ConstantSource? Of(StepBuilder b, string form, ReadOnlySpan<Operand> operands)
    {
        List<Part> parts = [];
        foreach (Operand o in operands)
        {
            if (b.Slots[o.Slot].Source is not { } s) return null;
            parts.AddRange(s._parts);
            form = $"{form} of ({s._form} {o.Type}{o.Shape}{o.Strides}+{o.Offset})";
        }
        return new(parts.ToArray(), form);
    }

    public bool Equals(ConstantSource? o) => o is not null && _form == o._form && _parts.AsSpan().SequenceEqual(o._parts);

    public override bool Equals(object? obj) => Equals(obj as ConstantSource);

    public override int GetHashCode() => HashCode.Combine(_form, _parts[0].Address);
}

/// <summary>Something made from constants, packed weights above all: made once and shared by all executables over the same constants, however many plans a model gets.</summary>
internal sealed class SharedConstant : IDisposable
{
    // Found through the memory of the constants, so that what was forgotten with them goes with them.
    private static readonly ConditionalWeakTable<MemoryBlock, Dictionary<Key, SharedConstant>> s_known = [];

    private sealed record Key(ConstantSource Source, MemoryPool Pool);

    private readonly Dictionary<Key, SharedConstant> _siblings;
    private readonly Key _key;
    private readonly MemoryBlock _block;
    private int _users = 1;

    private SharedConstant(Dictionary<Key, SharedConstant> siblings, Key key, MemoryBlock block) => (_siblings, _key, _block) = (siblings, key, block);

    public nint Address => _block.Address;

    /// <summary>The one that exists, or a new one. The caller disposes it.</summary>
    public static SharedConstant Rent(ConstantSource source, MemoryPool pool, Func<MemoryBlock> make)
    {
        Dictionary<Key, SharedConstant> siblings = s_known.GetOrCreateValue(source.Block);
        Key key = new(source, pool);
        // Held while it is made: whoever asks for the same at the same time waits for it.
        lock (siblings)
        {
            if (siblings.TryGetValue(key, out SharedConstant? known))
            {
                known._users++;
                return known;
            }
            return siblings[key] = new(siblings, key, make());
        }
    }

    public void Dispose()
    {
        lock (_siblings)
        {
            if (--_users != 0) return;
            _siblings.Remove(_key);
        }
        _block.Dispose();
    }
}
