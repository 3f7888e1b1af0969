namespace Tessera.Devices.Cuda;

/// <summary>Pinned memory of the host through which bytes go to and from a device: the copy engine reads and writes it while the processor fills or empties the next piece.</summary>
internal sealed unsafe class CudaStaging : IDisposable
{
    private const int Pieces = 4, PieceBytes = 4 << 20, Alignment = 256;

    private readonly CudaDevice _device;
    private readonly nint[] _done = new nint[Pieces];
    private readonly bool[] _busy = new bool[Pieces];
    private readonly List<Part> _parts = [];
    private byte* _memory;
    private int _piece, _used;

    /// <summary>Bytes of a download: where they are staged and where they go.</summary>
    private readonly record struct Part(int Piece, int From, int Target, long At, int Bytes);

    public CudaStaging(CudaDevice device)
    {
        _device = device;
        void* memory;
        device.Check(device.Driver.AllocateHost(&memory, Pieces * PieceBytes, 0), $"pin {Pieces * PieceBytes} bytes of the host");
        _memory = (byte*)memory;
        for (int i = 0; i < Pieces; i++)
        {
            nint done;
            device.Check(device.Driver.CreateEvent(&done, 0), "make an event");
            _done[i] = done;
        }
    }

    /// <summary>Queues a copy of bytes that may change as soon as this returns.</summary>
    public void Upload(ulong to, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int n = Place(bytes.Length), at = _used;
            bytes[..n].CopyTo(new Span<byte>(Staged(at), n));
            _device.Check(_device.Driver.CopyToDevice(to, Staged(at), (nuint)n, _device.Stream), $"upload {n} bytes");
            Take(n);
            to += (ulong)n;
            bytes = bytes[n..];
        }
    }

    /// <summary>Copies ranges into tensors and waits for all.</summary>
    public void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to)
    {
        _parts.Clear();
        for (int i = 0; i < from.Length; i++)
            for (long at = 0; at < from[i].Bytes;)
            {
                int before = _piece, n = Place(from[i].Bytes - at);
                // What the piece still held for a tensor was waited for, and leaves it now.
                if (_piece != before) Empty(_piece, to);
                _device.Check(_device.Driver.CopyToHost(Staged(_used), CudaDevice.Of(from[i].Buffer) + (ulong)(from[i].At + at), (nuint)n, _device.Stream), $"download {n} bytes");
                _parts.Add(new(_piece, _used, i, at, n));
                Take(n);
                at += n;
            }
        _device.Synchronise();
        foreach (Part p in _parts) Deliver(p, to);
        _parts.Clear();
    }

    /// <summary>All that was queued is done: every piece is free.</summary>
    public void Reset()
    {
        Array.Clear(_busy);
        _used = 0;
    }

    private byte* Staged(int at) => _memory + (long)_piece * PieceBytes + at;

    /// <returns>How many of so many bytes fit in the piece that is being filled, or else the next one, once the device is done with it.</returns>
    private int Place(long bytes)
    {
        if (_used == PieceBytes)
        {
            _device.Check(_device.Driver.RecordEvent(_done[_piece], _device.Stream), "mark a copy");
            _busy[_piece] = true;
            _piece = (_piece + 1) % Pieces;
            _used = 0;
            if (_busy[_piece]) _device.Check(_device.Driver.SynchroniseEvent(_done[_piece]), "finish a copy");
            _busy[_piece] = false;
        }
        return (int)Math.Min(bytes, PieceBytes - _used);
    }

    private void Take(int bytes) => _used = Math.Min(PieceBytes, (_used + bytes + Alignment - 1) / Alignment * Alignment);

    private void Empty(int piece, ReadOnlySpan<Tensor> to)
    {
        for (int i = _parts.Count - 1; i >= 0; i--)
        {
            if (_parts[i].Piece != piece) continue;
            Deliver(_parts[i], to);
            _parts.RemoveAt(i);
        }
    }

    private void Deliver(Part p, ReadOnlySpan<Tensor> to) => new ReadOnlySpan<byte>(_memory + (long)p.Piece * PieceBytes + p.From, p.Bytes).CopyTo(to[p.Target].RawBytes(p.At, p.Bytes));

    public void Dispose()
    {
        foreach (nint done in _done)
            if (done != 0) _ = _device.Driver.DestroyEvent(done);
        Array.Clear(_done);
        if (_memory != null) _ = _device.Driver.FreeHost(_memory);
        _memory = null;
    }
}
