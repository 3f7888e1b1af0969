using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu;

/// <summary>Offsets of all temporaries in one arena: values whose lives do not overlap share memory; elementwise results overwrite an operand that dies.</summary>
internal sealed class MemoryPlan
{
    private readonly StepBuilder _b;
    private readonly int[] _shared;
    private readonly int[] _first;
    private readonly int[] _last;
    private readonly bool[] _holds;

    private MemoryPlan(StepBuilder b)
    {
        _b = b;
        int n = b.Slots.Count;
        (_shared, _first, _last, _holds) = (new int[n], new int[n], new int[n], new bool[n]);
        for (int i = 0; i < n; i++) (_shared[i], _first[i], _last[i]) = (i, int.MaxValue, -1);
    }

    /// <summary>Sets <see cref="Slot.Address"/> of arena slots to offsets; returns the arena's size.</summary>
    public static long Run(StepBuilder b)
    {
        MemoryPlan p = new(b);
        p.Live();
        for (int i = 0; i < b.Slots.Count; i++) if (b.Slots[i].AliasOf >= 0) p.Alias(i, b.Resolve(i).Slot);
        p.ShareInPlace();
        return p.Place();
    }

    private void Live()
    {
        for (int i = 0; i < _b.Steps.Count; i++)
        {
            Step s = _b.Steps[i];
            foreach (Operand o in s.Reads) Touch(o.Slot, i);
            foreach (Operand o in s.Writes) Touch(o.Slot, i);
            foreach (int slot in _b.Scratches[i]) Touch(slot, i);
        }
    }

    private void Touch(int slot, int step)
    {
        _first[slot] = Math.Min(_first[slot], step);
        _last[slot] = Math.Max(_last[slot], step);
    }

    private void ShareInPlace()
    {
        for (int i = 0; i < _b.Steps.Count; i++)
        {
            if (_b.Steps[i].Overwrites() is not { } pair) continue;
            int from = Root(pair.From), to = Root(pair.To);
            // A slot that holds parts may be read under their names by the same step.
            if (from == to || _holds[from] || _holds[to] || _b.Slots[from].Kind != SlotKind.Arena || _b.Slots[to].Kind != SlotKind.Arena || _b.Slots[from].Bytes != _b.Slots[to].Bytes) continue;
            if (_last[from] != i || _first[to] != i) continue;
            _shared[to] = from;
            _last[from] = _last[to];
        }
    }

    private void Alias(int slot, int of)
    {
        _shared[slot] = of;
        _holds[of] |= _b.Slots[slot].Bytes != _b.Slots[of].Bytes || _b.Slots[slot].AliasOffset != 0;
        _first[of] = Math.Min(_first[of], _first[slot]);
        _last[of] = Math.Max(_last[of], _last[slot]);
    }

    private int Root(int slot)
    {
        while (_shared[slot] != slot) slot = _shared[slot];
        return slot;
    }

    private long Place()
    {
        List<int> order = [];
        for (int i = 0; i < _shared.Length; i++) if (_b.Slots[i].Kind == SlotKind.Arena && _shared[i] == i && _last[i] >= 0) order.Add(i);
        // Largest first; then by first use, then by number, so that equal graphs get equal plans.
        order.Sort((i, j) => _b.Slots[j].Bytes.CompareTo(_b.Slots[i].Bytes) is not 0 and int bytes ? bytes : _first[i] != _first[j] ? _first[i].CompareTo(_first[j]) : i.CompareTo(j));
        List<(long Start, long End, int Slot)> placed = [];
        long size = 0;
        foreach (int slot in order)
        {
            long bytes = Math.Max(64, (_b.Slots[slot].Bytes + 63) & ~63L), at = 0, best = -1, waste = long.MaxValue;
            // placed is sorted by start: the gaps between blocks alive at the same time are the candidates.
            foreach ((long start, long end, int other) in placed)
            {
                if (_first[other] > _last[slot] || _last[other] < _first[slot]) continue;
                long gap = start - at;
                if (gap >= bytes && gap - bytes < waste) (best, waste) = (at, gap - bytes);
                at = Math.Max(at, end);
            }
            if (best < 0) best = at;
            _b.Slots[slot].Address = (nint)best;
            size = Math.Max(size, best + bytes);
            int index = placed.FindIndex(p => p.Start > best);
            placed.Insert(index < 0 ? placed.Count : index, (best, best + bytes, slot));
        }
        for (int i = 0; i < _shared.Length; i++) if (_shared[i] != i && _b.Slots[i].Kind == SlotKind.Arena) _b.Slots[i].Address = _b.Slots[Root(i)].Address;
        return size;
    }
}
