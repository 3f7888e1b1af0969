using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>Native memory of one operand.</summary>
internal sealed unsafe class Buffer : IDisposable
{
    private readonly string _type;
    private readonly long[] _dims;

    public Buffer(string type, int elementBytes, params long[] dims)
    {
        (_type, _dims, Bytes) = (type, dims, dims.Aggregate(1L, (a, b) => a * b) * elementBytes);
        Address = (nint)NativeMemory.AlignedAlloc((nuint)Math.Max(64, Bytes), 64);
        NativeMemory.Clear((void*)Address, (nuint)Bytes);
    }

    public nint Address { get; }

    public long Bytes { get; }

    public static Buffer Floats(params long[] dims) => new("Float32", 4, dims);

    /// <summary>The elements that a job's input holds.</summary>
    public static Buffer Read(PeerTensor tensor, int elementBytes)
    {
        byte[] bytes = File.ReadAllBytes(tensor.File);
        Buffer b = new(tensor.Type, elementBytes, tensor.Dims);
        if (bytes.LongLength != b.Bytes)
        {
            b.Dispose();
            throw new NativeCallException($"{tensor.File} holds {bytes.LongLength} bytes, not the {b.Bytes} of its dims");
        }
        bytes.CopyTo(new Span<byte>((void*)b.Address, bytes.Length));
        return b;
    }

    public PeerTensor Save(string file)
    {
        File.WriteAllBytes(file, new ReadOnlySpan<byte>((void*)Address, checked((int)Bytes)));
        return new("", _type, _dims, file);
    }

    public void Dispose() => NativeMemory.AlignedFree((void*)Address);
}
