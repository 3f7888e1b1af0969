using System.Runtime.InteropServices;

namespace Tessera;

/// <summary>One piece of native memory cut into equal blocks of a pool.</summary>
/// <remarks>The pool reaches a slab only through its free blocks and weakly, so a slab all of whose blocks were forgotten is collected and its memory given back.</remarks>
internal sealed unsafe class Slab : SafeHandle
{
    private readonly MemoryPool _pool;

    public Slab(MemoryPool pool, int sizeClass, int count) : base(0, ownsHandle: true)
    {
        (_pool, SizeClass, Blocks) = (pool, sizeClass, new PooledBlock[count]);
        long size = Tessera.SizeClass.Bytes(sizeClass);
        Bytes = size * count;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Bytes, Tessera.SizeClass.Alignment));
        for (int i = 0; i < count; i++) Blocks[i] = new(pool, this, handle + (nint)(i * size), size);
        Weak = new(this);
    }

    public int SizeClass { get; }

    public long Bytes { get; }

    public PooledBlock[] Blocks { get; }

    /// <summary>Blocks that are rented; guarded by the pool.</summary>
    public int Rented { get; set; }

    public WeakReference<Slab> Weak { get; }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        _pool.Forget(this);
        return true;
    }
}

/// <summary>A block of a slab: free in its pool's stack, or rented.</summary>
internal sealed class PooledBlock : MemoryBlock
{
    private readonly MemoryPool _pool;

    public PooledBlock(MemoryPool pool, Slab slab, nint address, long size) : base(address, 0)
    {
        (_pool, Slab, Size) = (pool, slab, size);
        Renter = "";
        Close();
    }

    public Slab Slab { get; }

    /// <summary>Bytes that the block has room for.</summary>
    public long Size { get; }

    /// <summary>Next in the stack of free blocks; guarded by the pool.</summary>
    public PooledBlock? Next { get; set; }

    public string Renter { get; private set; }

    /// <summary>Where it was rented, when the pool traces.</summary>
    public string? Stack { get; private set; }

    public void Start(long bytes, string renter, string? stack)
    {
        Bytes = bytes;
        if (!ReferenceEquals(renter, Renter)) Renter = renter;
        if (stack is not null || Stack is not null) Stack = stack;
        Revive();
    }

    public override string ToString() => $"block of {Bytes} bytes rented by '{Renter}'";

    protected override void Free() => _pool.Return(this);
}
