using System.Text;

namespace Tessera;

/// <summary>A pool's books at one moment; all in bytes unless said otherwise.</summary>
/// <param name="Used">Rented, as asked for.</param>
/// <param name="Peak">Highest <see cref="Used"/> so far.</param>
/// <param name="Waste">What rented blocks are larger than what was asked for.</param>
/// <param name="Cached">Held from the system but not rented.</param>
/// <param name="Committed">Held from the system: Used + Waste + Cached.</param>
/// <param name="PeakCommitted">Highest <see cref="Committed"/> so far.</param>
/// <param name="Budget">Limit of <see cref="Committed"/>.</param>
/// <param name="Rented">Blocks that are rented.</param>
/// <param name="Hits">Rents served from free blocks.</param>
/// <param name="Misses">Rents that asked the system.</param>
/// <param name="Abandoned">Blocks that nobody disposed and that the garbage collector gave back.</param>
public sealed record PoolStatistics(long Used, long Peak, long Waste, long Cached, long Committed, long PeakCommitted, long Budget, long Rented, long Hits, long Misses, long Abandoned)
{
    /// <summary>Internal fragmentation: the part of rented memory that nobody asked for, 0…1.</summary>
    public double Fragmentation => Used + Waste == 0 ? 0 : (double)Waste / (Used + Waste);
}

/// <summary>A block that is rented and not returned.</summary>
/// <param name="Renter">Who rented it.</param>
/// <param name="Stack">Where, when TESSERA_POOL_TRACE is on.</param>
public sealed record Rental(string Renter, long Bytes, string? Stack);

public sealed partial class MemoryPool
{
    private long _abandoned;

    public PoolStatistics Statistics
    {
        get
        {
            Enter();
            PoolStatistics s = new(_used, _peak, _waste, _committed - _used - _waste, _committed, _peakCommitted, budget, _rents - _returns, _rents - _misses, _misses, _abandoned);
            Exit();
            return s;
        }
    }

    /// <summary>Gives memory that no rented block lies in back to the system.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim()
    {
        HashSet<Slab> idle = [];
        Enter();
        for (int size = 0; size < _free.Length; size++)
        {
            PooledBlock? block = _free[size], kept = null;
            while (block is not null)
            {
                PooledBlock? next = block.Next;
                if (block.Slab.Rented == 0)
                {
                    idle.Add(block.Slab);
                    block.Next = null;
                }
                else
                {
                    (block.Next, kept) = (kept, block);
                }
                block = next;
            }
            _free[size] = kept;
        }
        Exit();
        long bytes = 0;
        foreach (Slab slab in idle)
        {
            bytes += slab.Bytes;
            slab.Dispose();
        }
        return bytes;
    }

    /// <summary>Every block that is rented, largest first.</summary>
    public IReadOnlyList<Rental> Rentals()
    {
        List<Slab> slabs = [];
        List<Rental> rentals = [];
        Enter();
        foreach (WeakReference<Slab> weak in _slabs)
            if (weak.TryGetTarget(out Slab? slab)) slabs.Add(slab);
        Exit();
        foreach (PooledBlock block in slabs.SelectMany(s => s.Blocks))
            if (!block.IsClosed) rentals.Add(new(block.Renter, block.Bytes, block.Stack));
        rentals.Sort((a, b) => b.Bytes.CompareTo(a.Bytes));
        return rentals;
    }

    /// <summary>Who rented what is not returned: a line per renter with blocks and bytes, and where it was rented when traced. Empty when nothing is.</summary>
    public string LeakReport()
    {
        IReadOnlyList<Rental> rentals = Rentals();
        if (rentals.Count == 0) return "";
        StringBuilder report = new($"{rentals.Count} blocks of memory pool '{name}' are not returned, {ByteSize.Format(rentals.Sum(r => r.Bytes))}:");
        foreach (var group in rentals.GroupBy(r => (r.Renter, r.Stack)).OrderByDescending(g => g.Sum(r => r.Bytes)))
        {
            report.Append('\n').Append($"  {group.Count()} × '{group.Key.Renter}', {ByteSize.Format(group.Sum(r => r.Bytes))}");
            if (group.Key.Stack is { } stack) report.Append('\n').Append(stack);
        }
        return report.ToString();
    }

    /// <summary>A slab's memory is gone: after a trim, or because nothing referred to its blocks any more.</summary>
    internal void Forget(Slab slab)
    {
        Enter();
        _slabs.Remove(slab.Weak);
        _committed -= slab.Bytes;
        if (slab.Rented > 0)
        {
            foreach (PooledBlock block in slab.Blocks)
            {
                if (block.IsClosed) continue;
                _used -= block.Bytes;
                _waste -= block.Size - block.Bytes;
                _returns++;
                _abandoned++;
            }
        }
        Exit();
    }
}
