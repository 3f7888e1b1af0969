using Tessera.Kernels;

namespace Tessera.Engines.Devices;

/// <summary>Constants on a device, once for all programs that have them.</summary>
internal sealed class DeviceConstants(Device device)
{
    private readonly Dictionary<string, (DeviceBuffer Buffer, int Users)> _buffers = [];

    /// <summary>The buffer that holds a constant of a program, filled when it is new. Give it back with <see cref="Return"/>.</summary>
    public DeviceBuffer Rent(Program program, ProgramConstant constant)
    {
        if (_buffers.TryGetValue(constant.Hash, out (DeviceBuffer Buffer, int Users) known)) _buffers[constant.Hash] = (known.Buffer, known.Users + 1);
        else
        {
            known = (device.Memory.Rent(constant.Bytes, "A constant"), 1);
            device.Upload(known.Buffer, 0, program.Constants.Span.Slice((int)constant.At, (int)constant.Bytes));
            _buffers[constant.Hash] = known;
        }
        return known.Buffer;
    }

    public void Return(ProgramConstant constant)
    {
        (DeviceBuffer buffer, int users) = _buffers[constant.Hash];
        if (users > 1) { _buffers[constant.Hash] = (buffer, users - 1); return; }
        _buffers.Remove(constant.Hash);
        device.Memory.Return(buffer);
    }
}
