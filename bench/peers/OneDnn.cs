using System.Runtime.InteropServices;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>oneDNN 2 through its C interface: products in row-major order, and convolutions.</summary>
internal sealed partial class OneDnn : INativeLibrary
{
    internal const string Library = "libdnnl.so.2";

    public string Version
    {
        get
        {
            // The structure begins with major, minor, patch.
            nint v = dnnl_version();
            return $"oneDNN {Marshal.ReadInt32(v)}.{Marshal.ReadInt32(v, 4)}.{Marshal.ReadInt32(v, 8)}";
        }
    }

    public NativeCall Prepare(PeerJob job) => job.Kind switch
    {
        "gemm" => new Product(job, int8: false),
        "gemm_int8" => new Product(job, int8: true),
        "conv" => new OneDnnConvolution(job),
        _ => throw new NativeCallException($"oneDNN has no call for '{job.Kind}'"),
    };

    /// <exception cref="NativeCallException">The status is not success.</exception>
    internal static void Check(int status, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(status))] string call = "")
    {
        if (status != 0) throw new NativeCallException($"{call[..call.IndexOf('(', StringComparison.Ordinal)]} gave status {status} ({(status switch { 1 => "out of memory", 2 => "invalid arguments", 3 => "unimplemented", _ => "failed" })})");
    }

    private sealed class Product : NativeCall
    {
        private readonly long _m, _n, _k, _batch;
        private readonly bool _int8;
        private readonly Buffer _a, _b, _offset = new("Int32", 4, 1);

        public Product(PeerJob job, bool int8)
        {
            (_m, _n, _k, _batch, _int8) = (job.Numbers["m"], job.Numbers["n"], job.Numbers["k"], job.Numbers.GetValueOrDefault("batch", 1), int8);
            (_a, _b) = (Buffer.Read(job.Inputs[0], int8 ? 1 : 4), Buffer.Read(job.Inputs[1], int8 ? 1 : 4));
            Output = new(int8 ? "Int32" : "Float32", 4, _batch, _m, _n);
        }

        public override Buffer Output { get; }

        public override void Run()
        {
            for (long i = 0; i < _batch; i++)
            {
                nint a = _a.Address, b = _b.Address, c = Output.Address + (nint)(4 * i * _m * _n);
                if (_int8) Check(dnnl_gemm_u8s8s32((byte)'N', (byte)'N', (byte)'F', _m, _n, _k, 1, a, _k, 0, b, _n, 0, 0, c, _n, _offset.Address));
                else Check(dnnl_sgemm((byte)'N', (byte)'N', _m, _n, _k, 1, a + (nint)(4 * i * _m * _k), _k, b + (nint)(4 * i * _k * _n), _n, 0, c, _n));
            }
        }

        public override void Dispose()
        {
            _a.Dispose();
            _b.Dispose();
            _offset.Dispose();
            Output.Dispose();
        }
    }

    [LibraryImport(Library)] private static partial nint dnnl_version();

    [LibraryImport(Library)] private static partial int dnnl_sgemm(byte transA, byte transB, long m, long n, long k, float alpha, nint a, long lda, nint b, long ldb, float beta, nint c, long ldc);

    [LibraryImport(Library)] private static partial int dnnl_gemm_u8s8s32(byte transA, byte transB, byte offsetC, long m, long n, long k, float alpha, nint a, long lda, byte ao, nint b, long ldb, sbyte bo, float beta, nint c, long ldc, nint co);
}
