using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>A convolution of oneDNN 2. Weights are put into the order that it prefers beforehand; input and output are reordered from and to row-major in every run, as a caller with such tensors must.</summary>
internal sealed unsafe partial class OneDnnConvolution : NativeCall
{
    // Numbers of oneDNN 2's headers; its structures are opaque here, in memory larger than they are.
    private const int Float32 = 3, Cpu = 1, InOrder = 1, Inference = 96, Auto = 3, TagAny = 1, Tag4 = 5, Tag5 = 7, SourceMd = 129, WeightsMd = 131, DestinationMd = 133;
    private const int ArgSource = 1, ArgDestination = 17, ArgWeights = 33, DescriptorBytes = 16384;

    private readonly nint _engine, _stream;
    private readonly List<Action> _release = [];
    private readonly List<(nint Primitive, nint Arguments, int Count)> _steps = [];

    public OneDnnConvolution(PeerJob job)
    {
        long c = job.Numbers["c"], h = job.Numbers["h"], w = job.Numbers["w"], m = job.Numbers["m"], kh = job.Numbers["kh"], kw = job.Numbers["kw"];
        long step = job.Numbers["step"], pad = job.Numbers["pad"], groups = job.Numbers["groups"], dilation = job.Numbers["dilation"];
        long oh = (h + 2 * pad - dilation * (kh - 1) - 1) / step + 1, ow = (w + 2 * pad - dilation * (kw - 1) - 1) / step + 1;
        Buffer x = Keep(Buffer.Read(job.Inputs[0], 4)), f = Keep(Buffer.Read(job.Inputs[1], 4));
        Output = Keep(Buffer.Floats(1, m, oh, ow));
        OneDnn.Check(dnnl_engine_create(out _engine, Cpu, 0));
        OneDnn.Check(dnnl_stream_create(out _stream, _engine, InOrder));
        long[] source = [1, c, h, w], weights = groups == 1 ? [m, c, kh, kw] : [groups, m / groups, c / groups, kh, kw], destination = [1, m, oh, ow];
        nint operation = Scratch(DescriptorBytes);
        OneDnn.Check(dnnl_dilated_convolution_forward_desc_init(operation, Inference, Auto, Descriptor(source, TagAny), Descriptor(weights, TagAny), 0, Descriptor(destination, TagAny), [step, step], [dilation - 1, dilation - 1], [pad, pad], [pad, pad]));
        OneDnn.Check(dnnl_primitive_desc_create(out nint made, operation, 0, _engine, 0));
        OneDnn.Check(dnnl_primitive_create(out nint convolution, made));
        nint sourceMd = dnnl_primitive_desc_query_md(made, SourceMd, 0), weightsMd = dnnl_primitive_desc_query_md(made, WeightsMd, 0), destinationMd = dnnl_primitive_desc_query_md(made, DestinationMd, 0);

        nint plainX = Memory(Descriptor(source, Tag4), x), plainF = Memory(Descriptor(weights, groups == 1 ? Tag4 : Tag5), f), plainY = Memory(Descriptor(destination, Tag4), Output);
        nint ownX = Same(sourceMd, Descriptor(source, Tag4)) ? plainX : Memory(sourceMd, null), ownF = Same(weightsMd, Descriptor(weights, groups == 1 ? Tag4 : Tag5)) ? plainF : Memory(weightsMd, null), ownY = Same(destinationMd, Descriptor(destination, Tag4)) ? plainY : Memory(destinationMd, null);
        if (ownF != plainF)
        {
            Reorder(plainF, Descriptor(weights, groups == 1 ? Tag4 : Tag5), ownF, weightsMd);
            Run();
            _steps.Clear();
        }
        if (ownX != plainX) Reorder(plainX, Descriptor(source, Tag4), ownX, sourceMd);
        Add(convolution, (ArgSource, ownX), (ArgWeights, ownF), (ArgDestination, ownY));
        if (ownY != plainY) Reorder(ownY, destinationMd, plainY, Descriptor(destination, Tag4));
    }

    public override Buffer Output { get; }

    public override void Run()
    {
        foreach ((nint primitive, nint arguments, int count) in _steps) OneDnn.Check(dnnl_primitive_execute(primitive, _stream, count, arguments));
        OneDnn.Check(dnnl_stream_wait(_stream));
    }

    public override void Dispose()
    {
        for (int i = _release.Count - 1; i >= 0; i--) _release[i]();
        _ = dnnl_stream_destroy(_stream);
        _ = dnnl_engine_destroy(_engine);
    }

    private Buffer Keep(Buffer b)
    {
        _release.Add(b.Dispose);
        return b;
    }

    private nint Scratch(int bytes)
    {
        nint p = (nint)NativeMemory.AllocZeroed((nuint)bytes);
        _release.Add(() => NativeMemory.Free((void*)p));
        return p;
    }

    private nint Descriptor(long[] dims, int tag)
    {
        nint d = Scratch(DescriptorBytes);
        OneDnn.Check(dnnl_memory_desc_init_by_tag(d, dims.Length, dims, Float32, tag));
        return d;
    }

    private static bool Same(nint a, nint b) => dnnl_memory_desc_equal(a, b) != 0;

    /// <summary>A memory over a buffer of ours; without one, over memory that oneDNN allocates.</summary>
    private nint Memory(nint descriptor, Buffer? buffer)
    {
        OneDnn.Check(dnnl_memory_create(out nint memory, descriptor, _engine, buffer?.Address ?? -1));
        _release.Add(() => _ = dnnl_memory_destroy(memory));
        return memory;
    }

    private void Reorder(nint from, nint fromMd, nint to, nint toMd)
    {
        OneDnn.Check(dnnl_reorder_primitive_desc_create(out nint made, fromMd, _engine, toMd, _engine, 0));
        OneDnn.Check(dnnl_primitive_create(out nint reorder, made));
        Add(reorder, (ArgSource, from), (ArgDestination, to));
    }

    private void Add(nint primitive, params ReadOnlySpan<(int Argument, nint Memory)> arguments)
    {
        nint list = Scratch(16 * arguments.Length);
        for (int i = 0; i < arguments.Length; i++)
        {
            Marshal.WriteInt32(list, 16 * i, arguments[i].Argument);
            Marshal.WriteIntPtr(list, 16 * i + 8, arguments[i].Memory);
        }
        _steps.Add((primitive, list, arguments.Length));
        _release.Add(() => _ = dnnl_primitive_destroy(primitive));
    }

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_engine_create(out nint engine, int kind, nuint index);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_engine_destroy(nint engine);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_stream_create(out nint stream, nint engine, uint flags);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_stream_wait(nint stream);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_stream_destroy(nint stream);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_memory_desc_init_by_tag(nint descriptor, int rank, long[] dims, int type, int tag);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_memory_desc_equal(nint a, nint b);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_memory_create(out nint memory, nint descriptor, nint engine, nint handle);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_memory_destroy(nint memory);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_dilated_convolution_forward_desc_init(nint operation, int propagation, int algorithm, nint source, nint weights, nint bias, nint destination, long[] steps, long[] dilations, long[] padLeft, long[] padRight);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_primitive_desc_create(out nint made, nint operation, nint attributes, nint engine, nint hint);

    [LibraryImport(OneDnn.Library)] private static partial nint dnnl_primitive_desc_query_md(nint made, int what, int index);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_reorder_primitive_desc_create(out nint made, nint from, nint fromEngine, nint to, nint toEngine, nint attributes);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_primitive_create(out nint primitive, nint made);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_primitive_execute(nint primitive, nint stream, int count, nint arguments);

    [LibraryImport(OneDnn.Library)] private static partial int dnnl_primitive_destroy(nint primitive);
}
