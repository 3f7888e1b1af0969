using System.Diagnostics;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Examples.Device;

/// <summary>Memory of the host as a device: everything runs at once, so there is nothing to wait for.</summary>
public sealed class HostDevice(DeviceInfo info, IReadOnlyDictionary<string, Kernel> kernels) : Tessera.Device
{
    private bool _lost;

    public override DeviceInfo Info => info;

    /// <summary>Pulls the plug: from now on every call says that the device is lost.</summary>
    public void Lose() => _lost = true;

    protected override DeviceBuffer Create(long bytes) => new HostBuffer(Tensor.Empty(DType.UInt8, [bytes]));

    public override void Upload(DeviceBuffer to, long at, ReadOnlySpan<byte> bytes)
    {
        Check();
        bytes.CopyTo(Of(to).RawBytes(at, bytes.Length));
    }

    public override void Download(ReadOnlySpan<DeviceRange> from, ReadOnlySpan<Tensor> to)
    {
        Check();
        for (int i = 0; i < from.Length; i++) Of(from[i].Buffer).RawBytes(from[i].At, (int)from[i].Bytes).CopyTo(to[i].RawBytes());
    }

    public override void Copy(DeviceRange from, DeviceBuffer to, long at)
    {
        Check();
        Of(from.Buffer).RawBytes(from.At, (int)from.Bytes).CopyTo(Of(to).RawBytes(at, (int)from.Bytes));
    }

    public override DeviceProgram Load(Program program, IReadOnlyList<DeviceRange> values)
    {
        Check();
        Kernel[] known = [.. program.Kernels.Select(k => kernels[Encoding.UTF8.GetString(program.Code.Span.Slice((int)k.At, (int)k.Bytes))])];
        return new Loaded(this, [.. program.Steps.Select(s => new Step(known[s.Kernel], [.. s.Values.Select((v, i) => Elements(known[s.Kernel].Buffers[i].Type, values[v]))]))]);
    }

    public override void Synchronise() => Check();

    protected override void Dispose(bool disposing) { }

    private void Check()
    {
        if (_lost) throw new TesseraException(ErrorCode.DeviceLost, $"{info.Name} was lost.");
    }

    private static Tensor Of(DeviceBuffer b) => ((HostBuffer)b).Memory;

    private static KernelMemory Elements(DType type, DeviceRange range) => new(Of(range.Buffer), type, range.At, range.Bytes * 8 / type.Bits());

    private sealed record Step(Kernel Kernel, KernelMemory[] Buffers);

    private sealed class Loaded(HostDevice device, Step[] steps) : DeviceProgram
    {
        public override void Launch(Span<long> nanoseconds)
        {
            for (int i = 0; i < steps.Length; i++)
            {
                device.Check();
                long begin = Stopwatch.GetTimestamp();
                KernelInterpreter.Run(steps[i].Kernel, steps[i].Buffers);
                if (nanoseconds.Length > 0) nanoseconds[i] = (long)Stopwatch.GetElapsedTime(begin).TotalNanoseconds;
            }
        }

        public override void Dispose() { }
    }

    private sealed class HostBuffer(Tensor memory) : DeviceBuffer(memory.Bytes)
    {
        public Tensor Memory { get; } = memory;

        public override void Dispose() => Memory.Dispose();
    }
}
