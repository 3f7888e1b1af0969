using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>CLBlast on the first device of the first OpenCL platform. A call moves the operands to the device and the result back, as a run of a session does.</summary>
internal sealed unsafe partial class ClBlast : INativeLibrary, IDisposable
{
    private const string Library = "libclblast.so.1", OpenCl = "libOpenCL.so.1";
    private const int RowMajor = 101, Plain = 111;
    private const uint DeviceName = 0x102B;

    private readonly nint _context, _queue;

    public ClBlast()
    {
        nint platform, device;
        uint count;
        if (clGetPlatformIDs(1, &platform, &count) != 0 || count == 0) throw new NativeCallException("no OpenCL platform; install pocl-opencl-icd or your GPU's driver");
        Check(clGetDeviceIDs(platform, 0xFFFFFFFF, 1, &device, &count), "list devices");
        _context = clCreateContext(null, 1, &device, 0, 0, out int error);
        Check(error, "make a context");
        _queue = clCreateCommandQueue(_context, device, 0, out error);
        Check(error, "make a queue");
        byte* name = stackalloc byte[256];
        Check(clGetDeviceInfo(device, DeviceName, 256, name, null), "name the device");
        Version = $"CLBlast on {Marshal.PtrToStringUTF8((nint)name)}";
    }

    public string Version { get; }

    // The device decides on threads; pocl takes POCL_MAX_PTHREAD_COUNT.
    public NativeCall Prepare(PeerJob job) => new Product(this, job);

    public void Dispose()
    {
        _ = clReleaseCommandQueue(_queue);
        _ = clReleaseContext(_context);
    }

    private static void Check(int error, string what)
    {
        if (error != 0) throw new NativeCallException($"OpenCL could not {what}: error {error}");
    }

    private sealed class Product : NativeCall
    {
        private readonly ClBlast _on;
        private readonly nuint _m, _n, _k, _batch;
        private readonly Buffer _a, _b;
        private readonly nint[] _memory;

        public Product(ClBlast on, PeerJob job)
        {
            _on = on;
            (_m, _n, _k, _batch) = ((nuint)job.Numbers["m"], (nuint)job.Numbers["n"], (nuint)job.Numbers["k"], (nuint)job.Numbers["batch"]);
            (_a, _b, Output) = (Buffer.Read(job.Inputs[0], 4), Buffer.Read(job.Inputs[1], 4), Buffer.Floats((long)_batch, (long)_m, (long)_n));
            _memory = [.. new[] { _a, _b, Output }.Select(b =>
            {
                nint made = clCreateBuffer(on._context, 1, (nuint)b.Bytes, 0, out int error);
                Check(error, "take memory");
                return made;
            })];
        }

        public override Buffer Output { get; }

        public override void Run()
        {
            nint queue = _on._queue;
            Check(clEnqueueWriteBuffer(queue, _memory[0], 1, 0, (nuint)_a.Bytes, _a.Address, 0, null, null), "upload");
            Check(clEnqueueWriteBuffer(queue, _memory[1], 1, 0, (nuint)_b.Bytes, _b.Address, 0, null, null), "upload");
            for (nuint i = 0; i < _batch; i++)
            {
                int error = CLBlastSgemm(RowMajor, Plain, Plain, _m, _n, _k, 1, _memory[0], i * _m * _k, _k, _memory[1], i * _k * _n, _n, 0, _memory[2], i * _m * _n, _n, &queue, null);
                if (error != 0) throw new NativeCallException($"CLBlast refuses the product: {error}");
            }
            Check(clEnqueueReadBuffer(queue, _memory[2], 1, 0, (nuint)Output.Bytes, Output.Address, 0, null, null), "download");
        }

        public override void Dispose()
        {
            foreach (nint m in _memory) _ = clReleaseMemObject(m);
            _a.Dispose();
            _b.Dispose();
            Output.Dispose();
        }
    }

    [LibraryImport(Library)] private static partial int CLBlastSgemm(int layout, int transA, int transB, nuint m, nuint n, nuint k, float alpha, nint a, nuint aAt, nuint lda, nint b, nuint bAt, nuint ldb, float beta, nint c, nuint cAt, nuint ldc, nint* queue, nint* done);

    [LibraryImport(OpenCl)] private static partial int clGetPlatformIDs(uint capacity, nint* platforms, uint* count);

    [LibraryImport(OpenCl)] private static partial int clGetDeviceIDs(nint platform, ulong types, uint capacity, nint* devices, uint* count);

    [LibraryImport(OpenCl)] private static partial int clGetDeviceInfo(nint device, uint what, nuint size, void* value, nuint* needed);

    [LibraryImport(OpenCl)] private static partial nint clCreateContext(nint* properties, uint count, nint* devices, nint notify, nint data, out int error);

    [LibraryImport(OpenCl)] private static partial nint clCreateCommandQueue(nint context, nint device, ulong properties, out int error);

    [LibraryImport(OpenCl)] private static partial nint clCreateBuffer(nint context, ulong flags, nuint size, nint host, out int error);

    [LibraryImport(OpenCl)] private static partial int clEnqueueWriteBuffer(nint queue, nint buffer, uint blocking, nuint at, nuint size, nint from, uint waits, nint* waitFor, nint* done);

    [LibraryImport(OpenCl)] private static partial int clEnqueueReadBuffer(nint queue, nint buffer, uint blocking, nuint at, nuint size, nint to, uint waits, nint* waitFor, nint* done);

    [LibraryImport(OpenCl)] private static partial int clReleaseMemObject(nint memory);

    [LibraryImport(OpenCl)] private static partial int clReleaseCommandQueue(nint queue);

    [LibraryImport(OpenCl)] private static partial int clReleaseContext(nint context);
}
