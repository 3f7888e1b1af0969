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
            // Held before it is filled, so that it is given back with the others when that fails.
            _buffers[constant.Hash] = known;
            device.Upload(known.Buffer, 0, program.Constants.Span.Slice((int)constant.At, (int)constant.Bytes));
        }
        return known.Buffer;
    }

    public void Return(ProgramConstant constant)
    {
        // One that memory did not suffice for was never held.
        if (!_buffers.TryGetValue(constant.Hash, out (DeviceBuffer, int) held)) return;
        (DeviceBuffer buffer, int users) = held;
        if (users > 1) { _buffers[constant.Hash] = (buffer, users - 1); return; }
        _buffers.Remove(constant.Hash);
        device.Memory.Return(buffer);
    }
}
