using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>OpenBLAS through its C interface.</summary>
internal sealed partial class OpenBlas : INativeLibrary
{
    private const string Library = "libopenblas.so.0";
    private const int RowMajor = 101, Plain = 111, Transposed = 112;

    public string Version { get; } = Marshal.PtrToStringUTF8(openblas_get_config())!;

    public NativeCall Prepare(PeerJob job)
    {
        openblas_set_num_threads(job.Threads);
        return new Product(job);
    }

    private sealed class Product : NativeCall
    {
        private readonly int _m, _n, _k, _batch;
        private readonly Buffer _a, _b;

        public Product(PeerJob job)
        {
            (_m, _n, _k, _batch) = ((int)job.Numbers["m"], (int)job.Numbers["n"], (int)job.Numbers["k"], (int)job.Numbers["batch"]);
            (_a, _b, Output) = (Buffer.Read(job.Inputs[0], 4), Buffer.Read(job.Inputs[1], 4), Buffer.Floats(_batch, _m, _n));
        }

        public override Buffer Output { get; }

        // A row times a matrix is a product of matrix and vector: what a user of BLAS would call.
        public override void Run()
        {
            for (int i = 0; i < _batch; i++)
            {
                nint a = _a.Address + (nint)4 * i * _m * _k, b = _b.Address + (nint)4 * i * _k * _n, c = Output.Address + (nint)4 * i * _m * _n;
                if (_m == 1) cblas_sgemv(RowMajor, Transposed, _k, _n, 1, b, _n, a, 1, 0, c, 1);
                else cblas_sgemm(RowMajor, Plain, Plain, _m, _n, _k, 1, a, _k, b, _n, 0, c, _n);
            }
        }

        public override void Dispose()
        {
            _a.Dispose();
            _b.Dispose();
            Output.Dispose();
        }
    }

    [LibraryImport(Library)] private static partial nint openblas_get_config();

    [LibraryImport(Library)] private static partial void openblas_set_num_threads(int threads);

    [LibraryImport(Library)] private static partial void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, nint a, int lda, nint b, int ldb, float beta, nint c, int ldc);

    [LibraryImport(Library)] private static partial void cblas_sgemv(int order, int trans, int m, int n, float alpha, nint a, int lda, nint x, int incx, float beta, nint y, int incy);
}
