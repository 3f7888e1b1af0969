using System.Runtime.InteropServices;
using Tessera.Kernels;

namespace Tessera.Devices.Cuda;

/// <summary>A program's kernels as functions of modules, and the addresses that each step is given. From the second run on the steps are one graph, which the driver launches at once.</summary>
internal sealed unsafe class CudaProgram : DeviceProgram
{
    private const int MostGroups = 65535;

    private readonly CudaDevice _device;
    private readonly CudaBuild _build;
    private readonly Step[] _steps;
    private readonly Program _program;
    private (string Key, nint Module)[] _modules = [];
    private void** _arguments;
    private nint _graph;
    private bool _ran;

    private readonly record struct Step(nint Function, uint X, uint Y, uint Group, int Arguments);

    public CudaProgram(CudaDevice device, CudaBuild build, Program program, IReadOnlyList<DeviceRange> values)
    {
        (_device, _build, _program) = (device, build, program);
        _steps = new Step[program.Steps.Length];
        try
        {
            _modules = build.Rent(program);
            // The driver takes pointers to arguments: first those, then the addresses that they point to.
            int count = program.Steps.Sum(s => s.Values.Length), at = 0;
            _arguments = (void**)NativeMemory.Alloc((nuint)Math.Max(1, 2 * count), (nuint)sizeof(void*));
            for (int i = 0; i < _steps.Length; i++)
            {
                ProgramStep s = program.Steps[i];
                ProgramKernel k = program.Kernels[s.Kernel];
                long groups = (s.Items + k.Group - 1) / k.Group, x = Math.Clamp(groups, 1, MostGroups);
                _steps[i] = new(Function(_modules[s.Kernel].Module, k.Name), (uint)x, (uint)((groups + x - 1) / x), (uint)k.Group, at);
                foreach (int v in s.Values)
                {
                    ulong* address = (ulong*)_arguments + count + at;
                    *address = CudaDevice.Of(values[v].Buffer) + (ulong)values[v].At;
                    _arguments[at++] = address;
                }
            }
        }
        catch
        {
            Release();
            throw;
        }
    }

    public override void Launch(Span<long> nanoseconds)
    {
        using CudaDevice.Entered context = _device.Enter();
        if (nanoseconds.Length > 0) { Timed(nanoseconds); return; }
        // The first run is without a graph: the driver may load a kernel's code when it is first launched, which a capture must not hold.
        if (_ran && _graph == 0 && _steps.Length > 1 && !_device.Debug) _graph = Captured();
        if (_graph != 0) _device.Check(_device.Driver.LaunchGraph(_graph, _device.Stream), $"launch {_steps.Length} steps");
        else for (int i = 0; i < _steps.Length; i++) Queue(i);
        _ran = true;
    }

    private void Timed(Span<long> nanoseconds)
    {
        Record(0);
        for (int i = 0; i < _steps.Length; i++)
        {
            Queue(i);
            Record(i + 1);
        }
        _device.Check(_device.Driver.SynchroniseEvent(_device.Event(_steps.Length)), "finish a run");
        for (int i = 0; i < _steps.Length; i++)
        {
            float milliseconds;
            _device.Check(_device.Driver.GetElapsed(&milliseconds, _device.Event(i), _device.Event(i + 1)), "tell times");
            nanoseconds[i] = (long)(milliseconds * 1e6);
        }
    }

    private void Record(int number) => _device.Check(_device.Driver.RecordEvent(_device.Event(number), _device.Stream), "mark a step");

    private void Queue(int step)
    {
        Step s = _steps[step];
        if (s.Y == 0) return;
        int error = _device.Driver.Launch(s.Function, s.X, s.Y, 1, s.Group, 1, 1, 0, _device.Stream, _arguments + s.Arguments, null);
        if (error == CudaCodes.Success && _device.Debug) error = _device.Driver.SynchroniseStream(_device.Stream);
        if (error != CudaCodes.Success) _device.Check(error, $"run {_program.Describe(step)}");
    }

    private nint Captured()
    {
        nint graph, executable;
        _device.Check(_device.Driver.BeginCapture(_device.Stream, CudaCodes.ForThisThread), "begin a graph");
        int error;
        try
        {
            for (int i = 0; i < _steps.Length; i++) Queue(i);
        }
        finally
        {
            // Also after an error: a stream that stays in capture takes nothing else.
            error = _device.Driver.EndCapture(_device.Stream, &graph);
        }
        _device.Check(error, "end a graph");
        error = _device.Driver.Instantiate(&executable, graph, 0);
        _ = _device.Driver.DestroyGraph(graph);
        _device.Check(error, $"prepare a graph of {_steps.Length} steps");
        return executable;
    }

    private nint Function(nint module, string name)
    {
        nint function;
        fixed (byte* run = "run\0"u8) _device.Check(_device.Driver.GetFunction(&function, module, run), $"find kernel {name}");
        return function;
    }

    private void Release()
    {
        if (_graph != 0) _ = _device.Driver.DestroyGraphExecutable(_graph);
        _graph = 0;
        foreach ((string key, _) in _modules) _build.Return(key);
        _modules = [];
        NativeMemory.Free(_arguments);
        _arguments = null;
    }

    public override void Dispose()
    {
        if (_device.TryEnter(out CudaDevice.Entered context))
            using (context) Release();
        NativeMemory.Free(_arguments);
        _arguments = null;
    }
}
