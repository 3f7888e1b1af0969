using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Host: a managed function on tensors over the run's memory.</summary>
internal static class HostKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) =>
        b.Add(new HostStep(((Arg.Host)n.Arg!).Function, [.. x.Select(b.Contiguous)], y));
}

/// <summary>Memory that somebody else owns.</summary>
internal sealed class BorrowedBlock(nint address, long bytes) : MemoryBlock(address, bytes)
{
    protected override void Free()
    {
    }
}

internal sealed unsafe class HostStep(HostFunction function, Operand[] x, Operand[] y) : Step($"host {function.Name}", x, y, 0, "no tensor primitive expresses it")
{
    public override void Run(RunContext c)
    {
        Tensor[] inputs = new Tensor[Reads.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = Lend(c, Reads[i]);
        Tensor[] results = function.Run(inputs);
        for (int i = 0; i < Writes.Length; i++) Take(c, results[i], Writes[i], i);
        foreach (Tensor t in results) if (!inputs.Contains(t)) t.Dispose();
        foreach (Tensor t in inputs) t.Dispose();
    }

    private static Tensor Lend(RunContext c, Operand x)
    {
        if (x.Type == DType.String) return Tensor.FromStrings(x.Offset == 0 && c.Strings(x.Slot).Length == x.Count ? c.Strings(x.Slot) : c.Strings(x.Slot)[(int)x.Offset..(int)(x.Offset + x.Count)], x.Shape);
        nint address = (nint)(c.Base(x.Slot) + x.Offset * x.Size);
        if (x.Type.Bits() == 4)
        {
            Tensor packed = Tensor.Empty(x.Type, x.Shape);
            Nibbles.Pack(new ReadOnlySpan<byte>((void*)address, checked((int)x.Count)), packed.RawBytes());
            return packed;
        }
        using BorrowedBlock block = new(address, x.Bytes);
        return Tensor.Over(block, 0, x.Type, x.Shape);
    }

    private void Take(RunContext c, Tensor result, Operand y, int index)
    {
        if (result.Type != y.Type || result.Shape != y.Shape) throw new TesseraException(ErrorCode.Internal, $"{Kernel} gave {result} as output {index}; it declared {y.Type}{y.Shape}.");
        using Tensor t = result.Contiguous();
        if (y.Type == DType.String) t.Strings.CopyTo(c.Strings(y.Slot), y.Offset);
        else if (y.Type.Bits() == 4) UnpackStep.Unpack(y.Type, (byte*)t.Address, c.Ptr<byte>(y), y.Count);
        else Buffer.MemoryCopy((void*)t.Address, c.Base(y.Slot) + y.Offset * y.Size, y.Bytes, y.Bytes);
    }
}
