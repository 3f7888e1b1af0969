namespace Tessera.Kernels;

/// <summary>Where values lie in one block of memory: values whose lives overlap lie apart, others may share.</summary>
/// <param name="alignment">What every place is a multiple of.</param>
internal sealed class StoragePlan(int alignment)
{
    private readonly List<(long At, long Bytes, int First, int Last)> _placed = [];

    /// <summary>Bytes needed so far.</summary>
    public long Bytes { get; private set; }

    /// <summary>The lowest place where <paramref name="bytes"/> are free from step <paramref name="first"/> to step <paramref name="last"/>.</summary>
    public long Place(long bytes, int first, int last)
    {
        bytes = (Math.Max(bytes, 1) + alignment - 1) / alignment * alignment;
        long at = 0;
        foreach ((long a, long size, _, _) in _placed.Where(p => p.First <= last && first <= p.Last).OrderBy(p => p.At))
        {
            if (a - at >= bytes) break;
            at = Math.Max(at, a + size);
        }
        _placed.Add((at, bytes, first, last));
        Bytes = Math.Max(Bytes, at + bytes);
        return at;
    }
}
