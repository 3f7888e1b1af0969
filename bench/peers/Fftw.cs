using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>FFTW in single precision, with plans that it measured, on one thread.</summary>
internal sealed partial class Fftw : INativeLibrary
{
    private const string Library = "libfftw3f.so.3";
    private const int Forward = -1;
    private const uint Measure = 0;

    public string Version
    {
        get
        {
            nint library = NativeLibrary.Load(Library);
            return Marshal.PtrToStringUTF8(NativeLibrary.GetExport(library, "fftwf_version"))!;
        }
    }

    public NativeCall Prepare(PeerJob job) => new Transform(job);

    private sealed class Transform : NativeCall
    {
        private readonly Buffer _x;
        private readonly nint _plan;

        public Transform(PeerJob job)
        {
            int rows = (int)job.Numbers["rows"], n = (int)job.Numbers["n"];
            bool real = job.Numbers["real"] != 0;
            int columns = real ? n / 2 + 1 : n;
            using Buffer input = Buffer.Read(job.Inputs[0], 4);
            _x = Buffer.Floats(rows, n, real ? 1 : 2);
            Output = Buffer.Floats(rows, columns, 2);
            _plan = real ? fftwf_plan_many_dft_r2c(1, [n], rows, _x.Address, 0, 1, n, Output.Address, 0, 1, columns, Measure)
                : fftwf_plan_many_dft(1, [n], rows, _x.Address, 0, 1, n, Output.Address, 0, 1, n, Forward, Measure);
            // Measuring overwrites both arrays.
            Copy(input, _x);
        }

        public override Buffer Output { get; }

        public override void Run() => fftwf_execute(_plan);

        public override void Dispose()
        {
            fftwf_destroy_plan(_plan);
            _x.Dispose();
            Output.Dispose();
        }

        private static unsafe void Copy(Buffer from, Buffer to)
        {
            if (from.Bytes != to.Bytes) throw new NativeCallException($"{from.Bytes} bytes are given for {to.Bytes}");
            System.Buffer.MemoryCopy((void*)from.Address, (void*)to.Address, to.Bytes, from.Bytes);
        }
    }

    [LibraryImport(Library)] private static partial nint fftwf_plan_many_dft_r2c(int rank, int[] n, int howmany, nint input, nint inembed, int istride, int idist, nint output, nint onembed, int ostride, int odist, uint flags);

    [LibraryImport(Library)] private static partial nint fftwf_plan_many_dft(int rank, int[] n, int howmany, nint input, nint inembed, int istride, int idist, nint output, nint onembed, int ostride, int odist, int sign, uint flags);

    [LibraryImport(Library)] private static partial void fftwf_execute(nint plan);

    [LibraryImport(Library)] private static partial void fftwf_destroy_plan(nint plan);
}
