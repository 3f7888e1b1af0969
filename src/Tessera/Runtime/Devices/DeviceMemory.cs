namespace Tessera;

/// <summary>Memory of a device as its engine accounts for it.</summary>
/// <param name="Budget">Most bytes that may be held.</param>
/// <param name="Used">Bytes of buffers in use.</param>
/// <param name="Kept">Bytes of buffers kept for reuse.</param>
/// <param name="Peak">Most bytes held at once, in use or kept.</param>
/// <param name="Buffers">Buffers in use.</param>
/// <param name="Created">Buffers that the device was asked for so far.</param>
/// <param name="Reused">Requests that a kept buffer answered.</param>
public sealed record DeviceMemoryStatistics(long Budget, long Used, long Kept, long Peak, int Buffers, long Created, long Reused)
{
    /// <summary>Share of the held bytes that no one uses, 0…1.</summary>
    public double Fragmentation => Used + Kept == 0 ? 0 : (double)Kept / (Used + Kept);
}

/// <summary>Buffers of a device by size class: given back ones are kept and handed out again until the budget needs them or <see cref="Trim"/> is called.</summary>
/// <remarks>Buffers are never moved: what a device's library addresses stays where it is, so there is no compaction; trimming gives back whole buffers.</remarks>
public sealed class DeviceMemory : IDisposable
{
    private const int Alignment = 256;

    private readonly Device _device;
    private readonly long _maxBuffer;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Stack<DeviceBuffer>> _kept = [];
    private long _used, _keptBytes, _peak, _created, _reused;
    private int _buffers;

    internal DeviceMemory(Device device, long budget, long maxBuffer) => (_device, Budget, _maxBuffer) = (device, budget, maxBuffer);

    public long Budget { get; }

    public DeviceMemoryStatistics Statistics
    {
        get { lock (_lock) return new(Budget, _used, _keptBytes, _peak, _buffers, _created, _reused); }
    }

    /// <summary>A buffer of at least so many bytes; its content is undefined.</summary>
    /// <exception cref="TesseraException">OutOfMemory saying what was asked, what is free, and the budget. The device stays usable.</exception>
    public DeviceBuffer Rent(long bytes, string what)
    {
        long least = (Math.Max(bytes, 1) + Alignment - 1) / Alignment * Alignment, size = SizeClass.Bytes(SizeClass.Of(least));
        // A class above the device's largest buffer: as many bytes as are needed may still fit.
        if (size > _maxBuffer) size = least;
        lock (_lock)
        {
            if (_kept.TryGetValue(size, out Stack<DeviceBuffer>? stack) && stack.TryPop(out DeviceBuffer? known))
            {
                _keptBytes -= size;
                _reused++;
                return Count(known);
            }
            if (size > _maxBuffer) throw Full(bytes, what, $"its largest buffer is {_maxBuffer} bytes");
            if (_used + _keptBytes + size > Budget) Trim();
            if (_used + size > Budget) throw Full(bytes, what, "");
            _created++;
            try { return Count(_device.Create(size)); }
            catch (TesseraException e) when (e.Code == ErrorCode.OutOfMemory)
            {
                Trim();
                try { return Count(_device.Create(size)); }
                catch (TesseraException again) when (again.Code == ErrorCode.OutOfMemory) { throw Full(bytes, what, again.Message); }
            }
        }
    }

    /// <summary>Takes a buffer back; it is kept for the next request of its size.</summary>
    public void Return(DeviceBuffer buffer)
    {
        lock (_lock)
        {
            _used -= buffer.Bytes;
            _buffers--;
            _keptBytes += buffer.Bytes;
            if (!_kept.TryGetValue(buffer.Bytes, out Stack<DeviceBuffer>? stack)) _kept[buffer.Bytes] = stack = [];
            stack.Push(buffer);
        }
    }

    /// <summary>Gives back to the device what no one uses.</summary>
    /// <returns>Bytes given back.</returns>
    public long Trim()
    {
        lock (_lock)
        {
            long bytes = _keptBytes;
            foreach (DeviceBuffer b in _kept.Values.SelectMany(s => s)) b.Dispose();
            _kept.Clear();
            _keptBytes = 0;
            return bytes;
        }
    }

    private DeviceBuffer Count(DeviceBuffer b)
    {
        _used += b.Bytes;
        _buffers++;
        _peak = Math.Max(_peak, _used + _keptBytes);
        return b;
    }

    private TesseraException Full(long bytes, string what, string more) => new(ErrorCode.OutOfMemory,
        $"{what} needs {bytes} bytes on {_device.Info.Name} ({_device.Info.Driver}); {Budget - _used} are free of a budget of {Budget}{(more.Length > 0 ? $"; {more}" : "")}. Use smaller inputs, close other sessions, or raise the engine's memory limit.");

    public void Dispose() => Trim();
}
