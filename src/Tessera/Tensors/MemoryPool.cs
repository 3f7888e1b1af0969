using System.Runtime.CompilerServices;

namespace Tessera;

/// <summary>Rents 64-byte-aligned native blocks of size classes; rent and return take constant time, from any thread.</summary>
/// <param name="budget">Bytes that the pool may hold from the system at once, rented and cached.</param>
/// <param name="name">Named in errors and reports.</param>
public sealed partial class MemoryPool(long budget = long.MaxValue, string name = "pool")
{
    /// <summary>Blocks of up to this many bytes are cut from slabs of this many, larger ones are a slab of their own.</summary>
    private const long SlabBytes = 64 << 10;

    private readonly PooledBlock?[] _free = new PooledBlock?[SizeClass.Count];
    private readonly HashSet<WeakReference<Slab>> _slabs = [];
    private readonly bool _trace = Knobs.PoolTrace.On;
    private int _gate;
    private long _used, _peak, _waste, _committed, _peakCommitted, _rents, _misses, _returns;

    /// <summary>The pool of tensors that name no other.</summary>
    public static MemoryPool Shared { get; } = new(name: "shared");

    public string Name => name;

    public long Budget => budget;

    /// <summary>Bytes that are rented, as asked for.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>A block of at least <paramref name="bytes"/> bytes with undefined content.</summary>
    /// <param name="renter">Who asks, e.g. the operator and node; named in errors and in the leak report.</param>
    /// <exception cref="TesseraException">OutOfMemory when the budget or the machine's memory does not suffice.</exception>
    public MemoryBlock Rent(long bytes, string renter = "")
    {
        if ((ulong)bytes > (ulong)SizeClass.MaxBytes) throw Refused(bytes, renter);
        int size = SizeClass.Of(_guard ? bytes + GuardBytes : bytes);
        string? stack = _trace ? Environment.StackTrace : null;
        while (true)
        {
            Enter();
            if (_free[size] is { } block)
            {
                _free[size] = block.Next;
                block.Slab.Rented++;
                _waste += block.Size - bytes;
                _rents++;
                long used = _used + bytes;
                _used = used;
                if (used > _peak) _peak = used;
                Exit();
                block.Start(bytes, renter, stack);
                if (_guard) Behind(block).Fill(GuardByte);
                return block;
            }
            Exit();
            Grow(size, bytes, renter);
        }
    }

    internal void Return(PooledBlock block)
    {
        int size = block.Slab.SizeClass;
        if (_guard && !block.Slab.IsClosed) CheckGuard(block);
        Enter();
        // A finaliser may release a tensor after its slab was given back.
        if (!block.Slab.IsClosed)
        {
            block.Slab.Rented--;
            _used -= block.Bytes;
            _waste -= block.Size - block.Bytes;
            _returns++;
            block.Next = _free[size];
            _free[size] = block;
        }
        Exit();
    }

    /// <summary>Adds free blocks of one class: a slab of them, or as many as the budget still allows.</summary>
    private void Grow(int size, long bytes, string renter)
    {
        long each = SizeClass.Bytes(size);
        int count = (int)Math.Max(1, SlabBytes / each);
        if (!Commit(each * count))
        {
            Trim();
            if (!Commit(each * count))
            {
                count = 1;
                if (!Commit(each)) throw Refused(bytes, renter);
            }
        }
        Slab slab;
        try
        {
            slab = new Slab(this, size, count);
        }
        catch (OutOfMemoryException)
        {
            Commit(-each * count);
            throw Refused(bytes, renter);
        }
        Enter();
        _slabs.Add(slab.Weak);
        _misses++;
        foreach (PooledBlock block in slab.Blocks)
        {
            block.Next = _free[size];
            _free[size] = block;
        }
        Exit();
    }

    private bool Commit(long bytes)
    {
        Enter();
        bool fits = bytes <= budget - _committed;
        if (fits)
        {
            _committed += bytes;
            _peakCommitted = Math.Max(_peakCommitted, _committed);
        }
        Exit();
        return fits;
    }

    private TesseraException Refused(long bytes, string renter)
    {
        PoolStatistics s = Statistics;
        string limit = budget == long.MaxValue ? "no budget, so the machine's memory does not suffice" : $"{ByteSize.Format(budget - s.Committed)} free of a budget of {ByteSize.Format(budget)}";
        return new(ErrorCode.OutOfMemory, $"'{renter}' asked memory pool '{name}' for {bytes} bytes ({ByteSize.Format(bytes)}); the pool has {limit}, {ByteSize.Format(s.Used)} in use by {s.Rented} blocks. Raise the budget, release tensors, or use a smaller batch.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Enter()
    {
        if (Interlocked.CompareExchange(ref _gate, 1, 0) != 0) Wait();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Exit() => Volatile.Write(ref _gate, 0);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Wait()
    {
        SpinWait spin = default;
        do
        {
            spin.SpinOnce(sleep1Threshold: -1);
        }
        while (Volatile.Read(ref _gate) != 0 || Interlocked.CompareExchange(ref _gate, 1, 0) != 0);
    }
}
