using System.Text;
using Tessera.Kernels;

namespace Tessera.Devices.OpenCl;

/// <summary>The kernels of a program as OpenCL's driver compiled them, one object with its arguments for each step.</summary>
internal sealed unsafe class OpenClProgram : DeviceProgram
{
    private readonly OpenClDevice _device;
    private readonly Program _program;
    private readonly Step[] _steps;
    private readonly Dictionary<int, nint> _parts = [];
    private readonly OpenClModules.Entry[] _kernels = [];
    private bool _disposed;

    public OpenClProgram(OpenClDevice device, Program program, IReadOnlyList<DeviceRange> values)
    {
        (_device, _program) = (device, program);
        _steps = new Step[program.Steps.Length];
        try
        {
            _kernels = device.Modules.Rent(program);
            for (int i = 0; i < _steps.Length; i++) _steps[i] = Bound(program, program.Steps[i], values);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Launch(Span<long> nanoseconds)
    {
        nint[] events = nanoseconds.IsEmpty ? [] : new nint[nanoseconds.Length];
        for (int i = 0; i < _steps.Length; i++)
        {
            nuint global = _steps[i].Global, local = _steps[i].Group;
            nint done = 0;
            int error = OpenClApi.Launch(_device.Queue, _steps[i].Kernel, 1, null, &global, &local, 0, null, events.Length > 0 ? &done : null);
            if (error == OpenClCodes.Success && _device.Debug) error = OpenClApi.Finish(_device.Queue);
            if (error != OpenClCodes.Success) _device.Check(error, $"run {_program.Describe(i)}");
            if (events.Length > 0) events[i] = done;
        }
        if (events.Length == 0) return;
        _device.Synchronise();
        for (int i = 0; i < events.Length; i++)
        {
            ulong start, end;
            _device.Check(OpenClApi.GetProfilingInfo(events[i], OpenClCodes.Start, sizeof(ulong), &start, null), "tell times");
            _device.Check(OpenClApi.GetProfilingInfo(events[i], OpenClCodes.End, sizeof(ulong), &end, null), "tell times");
            nanoseconds[i] = (long)(end - start);
            _ = OpenClApi.ReleaseEvent(events[i]);
        }
    }

    private Step Bound(Program program, ProgramStep step, IReadOnlyList<DeviceRange> values)
    {
        int group = program.Kernels[step.Kernel].Group;
        nint kernel;
        int error;
        fixed (byte* name = Encoding.UTF8.GetBytes(_kernels[step.Kernel].Name + '\0')) kernel = OpenClApi.CreateKernel(_kernels[step.Kernel].Module.Code, name, out error);
        _device.Check(error, $"find kernel {step.Kernel}, {program.Kernels[step.Kernel].Name}");
        for (int i = 0; i < step.Values.Length; i++)
        {
            nint buffer = Part(step.Values[i], values[step.Values[i]]);
            _device.Check(OpenClApi.SetArgument(kernel, (uint)i, (nuint)sizeof(nint), &buffer), $"bind buffer {i} of {program.Kernels[step.Kernel].Name}");
        }
        return new(kernel, (nuint)((step.Items + group - 1) / group * group), (nuint)group);
    }

    /// <summary>The buffer that is a range of another one.</summary>
    private nint Part(int value, DeviceRange range)
    {
        if (_parts.TryGetValue(value, out nint known)) return known;
        nuint* region = stackalloc nuint[2] { (nuint)range.At, (nuint)Math.Max(4, range.Bytes) };
        nint part = OpenClApi.CreateSubBuffer(OpenClDevice.Of(range.Buffer), OpenClCodes.ReadWrite, OpenClCodes.Region, region, out int error);
        _device.Check(error, $"take a part of a buffer at {range.At}");
        return _parts[value] = part;
    }

    public override void Dispose()
    {
        foreach (Step s in _steps)
            if (s.Kernel != 0) _ = OpenClApi.ReleaseKernel(s.Kernel);
        Array.Clear(_steps);
        foreach (nint part in _parts.Values) _ = OpenClApi.ReleaseBuffer(part);
        _parts.Clear();
        if (_disposed) return;
        _disposed = true;
        _device.Modules.Return(_kernels);
    }

    private readonly record struct Step(nint Kernel, nuint Global, nuint Group);
}
