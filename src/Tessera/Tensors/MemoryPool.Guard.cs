namespace Tessera;

public sealed partial class MemoryPool
{
    private const long GuardBytes = 64;
    private const byte GuardByte = 0xA5;

    private readonly bool _guard = Knobs.PoolGuard.On;

    private static unsafe Span<byte> Behind(PooledBlock block) => new((void*)(block.Address + (nint)block.Bytes), (int)Math.Min(block.Size - block.Bytes, 4096));

    /// <summary>Ends the process with the renter's name when somebody wrote behind the block: going on would only hide where.</summary>
    private static void CheckGuard(PooledBlock block)
    {
        int at = Behind(block).IndexOfAnyExcept(GuardByte);
        if (at >= 0) Environment.FailFast($"'{block.Renter}' or a step that used its memory wrote {at} bytes behind its {block.Bytes} bytes.");
    }
}
