using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Conformance.Tests.Cuda;

/// <summary>
/// A driver of CUDA without a GPU: devices whose memory is the host's. What is queued runs only when it is waited for, so that memory which is used again too early shows; kernels are compiled for the processor.
/// </summary>
internal static unsafe partial class FakeCuda
{
    public const int Version = 12040, Devices = 8;

    private const int InvalidValue = 1, OutOfMemory = 2, InvalidContext = 201, InvalidHandle = 400, IllegalAddress = 700;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, object> Handles = [];
    private static nint _next = 0x1000;

    [ThreadStatic]
    private static Stack<Context>? _current;

    /// <summary>The devices of the machine.</summary>
    public static IReadOnlyList<State> Machine { get; } = [.. Enumerable.Range(0, Devices).Select(_ => new State())];

    /// <summary>What a test may ask of a device and do to it.</summary>
    internal sealed class State
    {
        /// <summary>Bytes that may be taken.</summary>
        public long Limit { get; set; } = 1L << 32;

        /// <summary>What the next wait for the device finds; the context stays broken.</summary>
        public int Fault { get; set; }

        /// <summary>Contexts made so far.</summary>
        public int Contexts { get; set; }

        public ConcurrentDictionary<string, int> Calls { get; } = [];

        /// <summary>Contexts, streams, events, modules, graphs and memory that were made and not given back.</summary>
        public int Live => Handles.Values.Count(h => h is Owned o && o.On.Device == this) + Handles.Values.OfType<Context>().Count(c => c.Device == this);

        internal long Used { get; set; }

        public int Count(string call) => Calls.GetValueOrDefault(call);
    }

    internal sealed class Context(State device)
    {
        public State Device => device;

        public int Broken { get; set; }

        public List<Stream> Streams { get; } = [];
    }

    internal record Owned(Context On);

    internal sealed record Stream(Context Owner) : Owned(Owner)
    {
        public Queue<Action> Work { get; } = [];

        public List<Action>? Captured { get; set; }

        public void Add(Action work)
        {
            if (Captured is { } c) c.Add(work);
            else Work.Enqueue(work);
        }

        public void Run(Func<bool> until)
        {
            while (!until() && Work.TryDequeue(out Action? work)) work();
        }
    }

    private sealed record Event(Context Owner) : Owned(Owner)
    {
        public Stream? Stream { get; set; }

        public bool Done { get; set; } = true;

        public long At { get; set; }
    }

    private sealed record Memory(Context Owner, nint Address, long Bytes, bool Pinned) : Owned(Owner);

    private sealed record Module(Context Owner, HostKernel Kernel) : Owned(Owner);

    private sealed record Graph(Context Owner, List<Action> Work) : Owned(Owner);

    /// <summary>The address of a function of the driver.</summary>
    public static nint Find(string name)
    {
        MethodInfo? m = typeof(FakeCuda).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static);
        return m is null ? 0 : m.MethodHandle.GetFunctionPointer();
    }

    private static int On(string call, Func<Context, int> what)
    {
        lock (Gate)
        {
            if (_current is not { Count: > 0 }) return InvalidContext;
            Context c = _current.Peek();
            c.Device.Calls.AddOrUpdate(call, 1, (_, n) => n + 1);
            return c.Broken != 0 ? c.Broken : what(c);
        }
    }

    private static nint Add(object made)
    {
        Handles[_next] = made;
        return _next++;
    }

    private static int With<T>(string call, nint handle, Func<Context, T, int> what) => On(call, c => Handles.GetValueOrDefault(handle) is T t && (t is not Owned o || o.On == c) ? what(c, t) : InvalidHandle);

    private static int Gone<T>(string call, nint handle) => With<T>(call, handle, (_, _) => Handles.Remove(handle) ? 0 : InvalidHandle);

    /// <summary>Runs what was queued; a fault that a test asked for breaks the context.</summary>
    private static int Wait(Context c, Stream s, Func<bool> until)
    {
        s.Run(until);
        if (c.Device.Fault != 0) (c.Broken, c.Device.Fault) = (c.Device.Fault, 0);
        return c.Broken;
    }

    /// <summary>The block of memory in which a range lies; null when it lies in none.</summary>
    private static Memory? Block(Context c, ulong at, nuint bytes) => Handles.Values.OfType<Memory>().FirstOrDefault(m => m.On == c && !m.Pinned && (ulong)m.Address <= at && at + bytes <= (ulong)m.Address + (ulong)m.Bytes);

    [UnmanagedCallersOnly]
    private static int cuCtxCreate_v2(nint* context, uint flags, int device)
    {
        lock (Gate)
        {
            Context c = new(Machine[device]);
            c.Device.Contexts++;
            (_current ??= []).Push(c);
            *context = Add(c);
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int cuCtxDestroy_v2(nint context)
    {
        lock (Gate)
        {
            if (!Handles.Remove(context, out object? found) || found is not Context c) return InvalidContext;
            foreach ((nint handle, Memory m) in Handles.Where(h => h.Value is Memory m && m.On == c).Select(h => (h.Key, (Memory)h.Value)).ToArray()) Release(handle, m);
            foreach (nint handle in Handles.Where(h => h.Value is Owned o && o.On == c).Select(h => h.Key).ToArray()) Handles.Remove(handle);
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int cuCtxPushCurrent_v2(nint context)
    {
        lock (Gate)
        {
            if (Handles.GetValueOrDefault(context) is not Context c) return InvalidContext;
            (_current ??= []).Push(c);
            return 0;
        }
    }

    [UnmanagedCallersOnly]
    private static int cuCtxPopCurrent_v2(nint* context) => _current is { Count: > 0 } stack && stack.Pop() is not null ? 0 : InvalidContext;

    [UnmanagedCallersOnly]
    private static int cuMemGetInfo_v2(nuint* free, nuint* all) => On("cuMemGetInfo", c =>
    {
        (*free, *all) = ((nuint)(c.Device.Limit - c.Device.Used), (nuint)c.Device.Limit);
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuMemAlloc_v2(ulong* address, nuint bytes) => On("cuMemAlloc", c =>
    {
        if (c.Device.Used + (long)bytes > c.Device.Limit) return OutOfMemory;
        nint memory = (nint)NativeMemory.AlignedAlloc(bytes, 256);
        // Nothing may be taken for zero that was not written.
        new Span<byte>((void*)memory, (int)Math.Min(bytes, 1 << 20)).Fill(0xA5);
        Handles[~memory] = new Memory(c, memory, (long)bytes, Pinned: false);
        c.Device.Used += (long)bytes;
        *address = (ulong)memory;
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuMemFree_v2(ulong address) => On("cuMemFree", c =>
    {
        if (Handles.GetValueOrDefault(~(nint)address) is not Memory m || m.On != c) return InvalidValue;
        foreach (Stream s in c.Streams) s.Run(() => false);
        Release(~(nint)address, m);
        return 0;
    });

    private static void Release(nint handle, Memory m)
    {
        Handles.Remove(handle);
        if (!m.Pinned) m.On.Device.Used -= m.Bytes;
        NativeMemory.AlignedFree((void*)m.Address);
    }

    [UnmanagedCallersOnly]
    private static int cuMemHostAlloc(void** address, nuint bytes, uint flags) => On("cuMemHostAlloc", c =>
    {
        *address = NativeMemory.AlignedAlloc(bytes, 4096);
        Handles[~(nint)(*address)] = new Memory(c, (nint)(*address), (long)bytes, Pinned: true);
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuMemFreeHost(void* address) => On("cuMemFreeHost", c =>
    {
        if (Handles.GetValueOrDefault(~(nint)address) is not Memory m) return InvalidValue;
        Release(~(nint)address, m);
        return 0;
    });

    private static int Copy(string call, nint stream, bool inside, nint from, nint to, nuint bytes) => With<Stream>(call, stream, (c, s) =>
    {
        if (!inside) return InvalidValue;
        s.Add(() => Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuMemcpyHtoDAsync_v2(ulong to, void* from, nuint bytes, nint stream) => Copy("cuMemcpyHtoDAsync", stream, Inside(to, bytes), (nint)from, (nint)to, bytes);

    [UnmanagedCallersOnly]
    private static int cuMemcpyDtoHAsync_v2(void* to, ulong from, nuint bytes, nint stream) => Copy("cuMemcpyDtoHAsync", stream, Inside(from, bytes), (nint)from, (nint)to, bytes);

    [UnmanagedCallersOnly]
    private static int cuMemcpyDtoDAsync_v2(ulong to, ulong from, nuint bytes, nint stream) => Copy("cuMemcpyDtoDAsync", stream, Inside(to, bytes) && Inside(from, bytes), (nint)from, (nint)to, bytes);

    private static bool Inside(ulong at, nuint bytes)
    {
        lock (Gate) return _current is { Count: > 0 } && Block(_current.Peek(), at, bytes) is not null;
    }

    [UnmanagedCallersOnly]
    private static int cuStreamCreate(nint* stream, uint flags) => On("cuStreamCreate", c =>
    {
        Stream s = new(c);
        c.Streams.Add(s);
        *stream = Add(s);
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuStreamDestroy_v2(nint stream) => Gone<Stream>("cuStreamDestroy", stream);

    [UnmanagedCallersOnly]
    private static int cuStreamSynchronize(nint stream) => With<Stream>("cuStreamSynchronize", stream, (c, s) => Wait(c, s, () => false));

    [UnmanagedCallersOnly]
    private static int cuEventCreate(nint* made, uint flags) => On("cuEventCreate", c =>
    {
        *made = Add(new Event(c));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuEventDestroy_v2(nint done) => Gone<Event>("cuEventDestroy", done);

    [UnmanagedCallersOnly]
    private static int cuEventRecord(nint done, nint stream) => With<Event>("cuEventRecord", done, (_, e) =>
    {
        if (Handles.GetValueOrDefault(stream) is not Stream s) return InvalidHandle;
        (e.Stream, e.Done) = (s, false);
        s.Add(() => (e.Done, e.At) = (true, Stopwatch.GetTimestamp()));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuEventSynchronize(nint done) => With<Event>("cuEventSynchronize", done, (c, e) => e.Done ? 0 : Wait(c, e.Stream!, () => e.Done));

    [UnmanagedCallersOnly]
    private static int cuEventElapsedTime(float* milliseconds, nint from, nint to) => With<Event>("cuEventElapsedTime", from, (_, a) =>
    {
        if (Handles.GetValueOrDefault(to) is not Event b || !a.Done || !b.Done) return InvalidHandle;
        *milliseconds = (float)Stopwatch.GetElapsedTime(a.At, b.At).TotalMilliseconds;
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuModuleLoadDataEx(nint* module, void* image, uint options, int* names, void** values) => On("cuModuleLoadDataEx", c =>
    {
        if (FakeNvrtc.Source(image) is not { } source) return 200;
        try { *module = Add(new Module(c, HostKernel.Of(source))); }
        catch (InvalidOperationException e)
        {
            Write((byte*)values[0], (int)(nint)values[1], e.Message[..Math.Min(e.Message.Length, 4000)]);
            return 218;
        }
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuModuleUnload(nint module) => Gone<Module>("cuModuleUnload", module);

    [UnmanagedCallersOnly]
    private static int cuModuleGetFunction(nint* function, nint module, byte* name) => With<Module>("cuModuleGetFunction", module, (_, _) =>
    {
        *function = module;
        return Marshal.PtrToStringUTF8((nint)name) == "run" ? 0 : InvalidHandle;
    });

    [UnmanagedCallersOnly]
    private static int cuLaunchKernel(nint function, uint x, uint y, uint z, uint group, uint groupY, uint groupZ, uint shared, nint stream, void** arguments, void** more) => With<Module>("cuLaunchKernel", function, (c, m) =>
    {
        if (Handles.GetValueOrDefault(stream) is not Stream s || z != 1 || groupY != 1 || groupZ != 1 || x is 0 or > 65535 || y is 0 or > 65535 || group is 0 or > 1024) return InvalidValue;
        // Arguments are read when a kernel is launched; every one must be memory of the device.
        ulong[] values = [.. Enumerable.Range(0, m.Kernel.Arguments).Select(i => *(ulong*)arguments[i])];
        if (values.Any(v => Block(c, v, 1) is null)) return InvalidValue;
        s.Add(() => m.Kernel.Run(values, x, y, group));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuStreamBeginCapture_v2(nint stream, uint mode) => With<Stream>("cuStreamBeginCapture", stream, (_, s) =>
    {
        s.Captured = [];
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuStreamEndCapture(nint stream, nint* graph) => With<Stream>("cuStreamEndCapture", stream, (c, s) =>
    {
        if (s.Captured is not { } work) return InvalidValue;
        s.Captured = null;
        *graph = Add(new Graph(c, work));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags) => With<Graph>("cuGraphInstantiate", graph, (c, g) =>
    {
        *executable = Add(new Graph(c, g.Work));
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuGraphLaunch(nint executable, nint stream) => With<Graph>("cuGraphLaunch", executable, (_, g) =>
    {
        if (Handles.GetValueOrDefault(stream) is not Stream s) return InvalidHandle;
        foreach (Action work in g.Work) s.Add(work);
        return 0;
    });

    [UnmanagedCallersOnly]
    private static int cuGraphDestroy(nint graph) => Gone<Graph>("cuGraphDestroy", graph);

    [UnmanagedCallersOnly]
    private static int cuGraphExecDestroy(nint executable) => Gone<Graph>("cuGraphExecDestroy", executable);
}
