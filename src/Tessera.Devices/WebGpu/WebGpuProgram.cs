using System.Diagnostics;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Devices.WebGpu;

/// <summary>A program's kernels as pipelines, and a bind group for each step.</summary>
internal sealed unsafe class WebGpuProgram : DeviceProgram
{
    private const uint WgslModule = 2;
    private const int MostGroups = 65535;
    // Bindings of vectors need a whole one.
    private const long LeastBinding = 16;

    private readonly WebGpuDevice _device;
    private readonly Program _program;
    private readonly nint[] _pipelines;
    private readonly Step[] _steps;

    public WebGpuProgram(WebGpuDevice device, Program program, IReadOnlyList<DeviceRange> values)
    {
        (_device, _program) = (device, program);
        _pipelines = new nint[program.Kernels.Length];
        _steps = new Step[program.Steps.Length];
        try
        {
            for (int i = 0; i < _pipelines.Length; i++) _pipelines[i] = Pipeline(program, program.Kernels[i]);
            for (int i = 0; i < _steps.Length; i++) _steps[i] = Bound(i, program.Steps[i], values);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override void Launch(Span<long> nanoseconds)
    {
        if (!_device.Debug && nanoseconds.IsEmpty) Submit(_steps);
        else if (!_device.Debug && _device.HasTimes) Timed(nanoseconds);
        else
        {
            for (int i = 0; i < _steps.Length; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                if (_device.Debug) Debugged(i);
                else Submit(_steps.AsSpan(i, 1));
                _device.Synchronise();
                if (!nanoseconds.IsEmpty) nanoseconds[i] = (Stopwatch.GetTimestamp() - begin) * 1_000_000_000 / Stopwatch.Frequency;
            }
        }
    }

    /// <summary>Runs a step in a group of its name, so that errors are its own.</summary>
    private void Debugged(int step)
    {
        string name = _program.Describe(step);
        try
        {
            string? refused = _device.Refused(() => Named(step, name));
            if (refused is not null) throw new TesseraException(ErrorCode.Internal, $"{_device.Info.Name} ({_device.Info.Driver}) refuses {name}: {refused}");
            _device.Synchronise();
        }
        catch (TesseraException e) when (e.Code == ErrorCode.DeviceLost) { throw new TesseraException(e.Code, $"{e.Message} It ran {name}.", e); }
    }

    private void Named(int step, string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        fixed (byte* t = text)
        {
            StringView label = new(t, (nuint)text.Length);
            PassDescriptor d = new() { Label = label };
            nint encoder = WebGpuApi.CreateEncoder(_device.Handle, 0);
            Clear(encoder, _steps[step]);
            nint pass = WebGpuApi.BeginPass(encoder, (nint)(&d));
            WebGpuApi.PushGroup(pass, label);
            Dispatch(pass, _steps[step]);
            WebGpuApi.PopGroup(pass);
            WebGpuApi.EndPass(pass);
            WebGpuApi.ReleasePass(pass);
            _device.Submit(encoder);
        }
    }

    /// <summary>What a step does outside of a pass.</summary>
    private static void Clear(nint encoder, Step s)
    {
        if (s.Pipeline == 0) WebGpuApi.Clear(encoder, s.Cleared, (ulong)s.At, (ulong)s.Bytes);
    }

    private static void Dispatch(nint pass, Step s)
    {
        if (s.Pipeline == 0) return;
        WebGpuApi.SetPipeline(pass, s.Pipeline);
        WebGpuApi.SetBindGroup(pass, 0, s.Bindings, 0, null);
        WebGpuApi.Dispatch(pass, s.X, s.Y, 1);
    }

    private void Timed(Span<long> nanoseconds)
    {
        for (int from = 0; from < _steps.Length; from += WebGpuTimes.Capacity)
        {
            nint encoder = WebGpuApi.CreateEncoder(_device.Handle, 0);
            int count = Math.Min(WebGpuTimes.Capacity, _steps.Length - from);
            for (int i = 0; i < count; i++)
            {
                Step s = _steps[from + i];
                Clear(encoder, s);
                nint pass = _device.Times.Begin(encoder, i);
                Dispatch(pass, s);
                WebGpuApi.EndPass(pass);
                WebGpuApi.ReleasePass(pass);
            }
            _device.Times.End(encoder, nanoseconds.Slice(from, count));
        }
    }

    private void Submit(ReadOnlySpan<Step> steps)
    {
        nint encoder = WebGpuApi.CreateEncoder(_device.Handle, 0), pass = 0, last = 0;
        foreach (Step s in steps)
        {
            if (s.Pipeline == 0)
            {
                End(ref pass);
                Clear(encoder, s);
                continue;
            }
            if (pass == 0) (pass, last) = (WebGpuApi.BeginPass(encoder, 0), 0);
            if (s.Pipeline != last) WebGpuApi.SetPipeline(pass, s.Pipeline);
            last = s.Pipeline;
            WebGpuApi.SetBindGroup(pass, 0, s.Bindings, 0, null);
            WebGpuApi.Dispatch(pass, s.X, s.Y, 1);
        }
        End(ref pass);
        _device.Submit(encoder);
    }

    private static void End(ref nint pass)
    {
        if (pass == 0) return;
        WebGpuApi.EndPass(pass);
        WebGpuApi.ReleasePass(pass);
        pass = 0;
    }

    private nint Pipeline(Program program, ProgramKernel kernel)
    {
        nint pipeline;
        fixed (byte* code = program.Code.Span.Slice((int)kernel.At, (int)kernel.Bytes), name = Encoding.UTF8.GetBytes(kernel.Name), main = "main"u8)
        {
            WgslSource source = new() { Chain = new() { Kind = WgslModule }, Code = new(code, (nuint)kernel.Bytes) };
            StringView label = new(name, (nuint)Encoding.UTF8.GetByteCount(kernel.Name));
            ModuleDescriptor m = new() { Next = (nint)(&source), Label = label };
            nint module = WebGpuApi.CreateModule(_device.Handle, &m);
            PipelineDescriptor p = new() { Label = label, Compute = new() { Module = module, EntryPoint = new(main, 4) } };
            pipeline = WebGpuApi.CreatePipeline(_device.Handle, &p);
            WebGpuApi.ReleaseModule(module);
        }
        return pipeline;
    }

    private Step Bound(int number, ProgramStep step, IReadOnlyList<DeviceRange> values)
    {
        if (step.Kernel == ProgramStep.Clear && values[step.Values[0]] is var cleared)
            return new(0, 0, 0, 0) { Cleared = WebGpuDevice.Of(cleared.Buffer), At = cleared.At, Bytes = (cleared.Bytes + 3) / 4 * 4 };
        BindEntry* entries = stackalloc BindEntry[step.Values.Length];
        for (int i = 0; i < step.Values.Length; i++)
        {
            DeviceRange r = values[step.Values[i]];
            entries[i] = new() { Binding = (uint)i, Buffer = WebGpuDevice.Of(r.Buffer), Offset = (ulong)r.At, Size = (ulong)Math.Min((Math.Max(r.Bytes, LeastBinding) + 15) / 16 * 16, r.Buffer.Bytes - r.At) };
        }
        nint pipeline = _pipelines[step.Kernel], layout = WebGpuApi.GetLayout(pipeline, 0);
        byte[] label = _device.Debug ? Encoding.UTF8.GetBytes(_program.Describe(number)) : [];
        nint bindings;
        fixed (byte* text = label)
        {
            BindGroupDescriptor d = new() { Label = new(text, (nuint)label.Length), Layout = layout, Count = (nuint)step.Values.Length, Entries = entries };
            bindings = WebGpuApi.CreateBindGroup(_device.Handle, &d);
        }
        WebGpuApi.ReleaseLayout(layout);
        int group = _program.Kernels[step.Kernel].Group;
        long groups = (step.Items + group - 1) / group, x = Math.Min(groups, MostGroups);
        return new(pipeline, bindings, (uint)x, (uint)((groups + x - 1) / Math.Max(1, x)));
    }

    public override void Dispose()
    {
        foreach (Step s in _steps)
            if (s.Bindings != 0) WebGpuApi.ReleaseBindGroup(s.Bindings);
        foreach (nint p in _pipelines)
            if (p != 0) WebGpuApi.ReleasePipeline(p);
        Array.Clear(_steps);
        Array.Clear(_pipelines);
    }

    /// <summary>A launch; without a pipeline a part of a buffer is filled with zeros.</summary>
    private readonly record struct Step(nint Pipeline, nint Bindings, uint X, uint Y)
    {
        public nint Cleared { get; init; }

        public long At { get; init; }

        public long Bytes { get; init; }
    }
}
