using System.Diagnostics.CodeAnalysis;

namespace Tessera;

/// <summary>A block of native memory shared by tensors and views by reference count. The last release gives it back.</summary>
/// <remarks>
/// Whoever made or rented the block holds one reference and disposes it exactly once; a pool may hand the same object out again afterwards.
/// What is never disposed is given back by the <see cref="System.Runtime.InteropServices.SafeHandle"/> under it, once nothing refers to the block.
/// </remarks>
public abstract unsafe class MemoryBlock : IDisposable
{
    private int _references = 1;

    protected MemoryBlock(nint address, long bytes) => (Address, Bytes) = (address, bytes);

    /// <summary>First byte; 64-byte aligned for blocks of a pool.</summary>
    public nint Address { get; }

    public long Bytes { get; private protected set; }

    /// <summary>Whether the last reference has been released.</summary>
    public bool IsClosed => Volatile.Read(ref _references) <= 0;

    /// <summary>Some of the bytes, no copy; valid while the caller holds the block.</summary>
    /// <exception cref="TesseraException">InvalidArgument when they lie outside the block.</exception>
    public Span<byte> Span(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        return offset >= 0 && length >= 0 && length <= Bytes - offset ? new((byte*)Address + offset, length)
            : throw new TesseraException(ErrorCode.InvalidArgument, $"{length} bytes at {offset} lie outside a block of {Bytes} bytes.");
    }

    /// <summary>Releases the reference of whoever made or rented the block.</summary>
    [SuppressMessage("Usage", "CA1816", Justification = "No block has a finaliser: the handle under it does.")]
    public void Dispose()
    {
        if (!IsClosed) Release();
    }

    /// <summary>Adds a reference.</summary>
    internal MemoryBlock Share()
    {
        if (Interlocked.Increment(ref _references) > 1) return this;
        Interlocked.Decrement(ref _references);
        throw new ObjectDisposedException(ToString());
    }

    internal void Release()
    {
        int left = Interlocked.Decrement(ref _references);
        if (left == 0) Free();
        else ObjectDisposedException.ThrowIf(left < 0, this);
    }

    /// <summary>How often the block has been handed out: its content is another's when this differs.</summary>
    internal int Life { get; private set; }

    /// <summary>Starts without a holder.</summary>
    private protected void Close() => _references = 0;

    /// <summary>Makes the block live again for another renter.</summary>
    private protected void Revive()
    {
        Life++;
        Volatile.Write(ref _references, 1);
    }

    /// <summary>The last reference is gone: gives the memory back.</summary>
    protected abstract void Free();
}
