using Tessera.Kernels;

namespace Tessera.Engines.Devices;

/// <summary>A program on an open device: its arena, its constants and its bound kernels.</summary>
internal sealed class LoadedProgram : IDisposable
{
    private readonly OpenDevice _on;
    private readonly Program _program;
    private readonly DeviceBuffer _arena;
    private readonly List<ProgramConstant> _constants = [];
    private readonly DeviceProgram? _kernels;
    private readonly DeviceRange[] _values;
    private readonly DeviceRange[] _reads;
    private readonly Tensor[] _targets;
    private readonly Tensor _fault = Tensor.Zeros(DType.Int32, [1]);

    public LoadedProgram(OpenDevice on, Program program)
    {
        (_on, _program) = (on, program);
        _arena = on.Device.Memory.Rent(program.Memory, "A program's arena");
        try
        {
            DeviceBuffer[] constants = new DeviceBuffer[program.ConstantTable.Length];
            for (int i = 0; i < constants.Length; i++)
            {
                _constants.Add(program.ConstantTable[i]);
                constants[i] = on.Constants.Rent(program, program.ConstantTable[i]);
            }
            _values = [.. program.Values.Select(v => v.Constant is { } c ? new DeviceRange(constants[c], 0, v.Bytes) : new DeviceRange(_arena, v.At, v.Bytes))];
            _reads = [new(_arena, program.Fault, sizeof(int)), .. program.Outputs.Where(o => o.Bytes > 0).Select(o => _values[o.Value])];
            _targets = new Tensor[_reads.Length];
            _targets[0] = _fault;
            _kernels = on.Device.Load(program, _values);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether the device was lost and opened again since.</summary>
    public bool IsStale => _on.IsLost;

    /// <returns>Whether every index lay inside its axis.</returns>
    /// <exception cref="TesseraException">DeviceLost.</exception>
    public bool Run(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor?> outputs, Span<long> nanoseconds)
    {
        lock (_on.Gate)
        {
            // Lost while this run waited for its turn, and given up by another.
            if (_on.IsLost) throw new TesseraException(ErrorCode.DeviceLost, $"{_on.Device.Info.Name} ({_on.Device.Info.Driver}) was lost and is opened again.");
            Device d = _on.Device;
            for (int i = 0; i < inputs.Length; i++)
            {
                DeviceRange to = _values[_program.Inputs[i].Value];
                if (to.Bytes > 0) d.Upload(to.Buffer, to.At, inputs[i].RawBytes());
            }
            d.Upload(_arena, _program.Fault, [0, 0, 0, 0]);
            _kernels!.Launch(nanoseconds);
            int k = 1;
            for (int i = 0; i < outputs.Length; i++)
                if (_program.Outputs[i].Bytes > 0) _targets[k++] = outputs[i]!;
            d.Download(_reads, _targets);
            Array.Clear(_targets, 1, _targets.Length - 1);
        }
        return _fault.Span<int>()[0] == 0;
    }

    public void Dispose()
    {
        _fault.Dispose();
        lock (_on.Gate)
        {
            // With a lost device, all that it held is gone.
            if (_on.IsLost) return;
            _kernels?.Dispose();
            foreach (ProgramConstant c in _constants) _on.Constants.Return(c);
            _on.Device.Memory.Return(_arena);
        }
    }
}

/// <summary>A device while it is open.</summary>
internal sealed class OpenDevice(Device device) : IDisposable
{
    public Device Device { get; } = device;

    public DeviceConstants Constants { get; } = new(device);

    /// <summary>Held around calls of the device.</summary>
    public Lock Gate { get; } = new();

    public bool IsLost { get; private set; }

    public void Dispose()
    {
        lock (Gate)
        {
            if (IsLost) return;
            IsLost = true;
            Device.Dispose();
        }
    }
}
