using System.Buffers.Binary;

namespace Tessera.Workers;

/// <summary>Kinds of frames; see docs/worker-protocol.md.</summary>
internal enum FrameKind { Error = 0, Load = 1, Run = 2, Drop = 3, Profile = 4, Constant = 5, Cancel = 6, Hello = 7, Time = 8 }

/// <summary>What precedes a frame's payload: its length with the two words after, its kind, and the number that it is about.</summary>
internal readonly record struct FrameHead(FrameKind Kind, int Id, long Bytes)
{
    public const int Size = 12;

    public static FrameHead Read(Stream s)
    {
        Span<byte> head = stackalloc byte[Size];
        s.ReadExactly(head);
        return new((FrameKind)BinaryPrimitives.ReadInt32LittleEndian(head[4..]), BinaryPrimitives.ReadInt32LittleEndian(head[8..]), BinaryPrimitives.ReadUInt32LittleEndian(head) - 8L);
    }

    /// <exception cref="TesseraException">OutOfMemory: more than 4 GiB.</exception>
    public void Write(Stream s)
    {
        if (Bytes > uint.MaxValue - 8) throw new TesseraException(ErrorCode.OutOfMemory, $"{Bytes} bytes are more than a worker takes at once; use smaller inputs.");
        Span<byte> head = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(head, (uint)(Bytes + 8));
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], (int)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], Id);
        s.Write(head);
    }
}
