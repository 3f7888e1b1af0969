namespace Tessera.Lab;

/// <summary>A call of a native library that computes what a model of one operator does; the model's inputs and constants are its operands, in order.</summary>
/// <param name="Kind">Gemm, GemmInt8, Conv or Fft of the members below.</param>
/// <param name="Numbers">The call's sizes.</param>
public sealed record NativeJob(string Kind, Dictionary<string, long> Numbers)
{
    /// <summary>C[m, n] = A[m, k]·B[k, n] for each of <paramref name="batch"/> pairs; Float32.</summary>
    public static NativeJob Gemm(long m, long n, long k, long batch = 1) => new("gemm", new() { ["m"] = m, ["n"] = n, ["k"] = k, ["batch"] = batch });

    /// <summary>C[m, n] = A[m, k]·B[k, n]; A UInt8, B Int8, C Int32, zero points 0.</summary>
    public static NativeJob GemmInt8(long m, long n, long k) => new("gemm_int8", new() { ["m"] = m, ["n"] = n, ["k"] = k });

    /// <summary>Two-dimensional Float32 convolution without bias; x [1, c, h, w], w [m, c ÷ groups, kh, kw].</summary>
    /// <param name="step">Of both axes.</param>
    /// <param name="pad">On every side.</param>
    /// <param name="dilation">Distance of neighbouring taps; 1: none lie between.</param>
    public static NativeJob Conv(long c, long h, long w, long m, long kh, long kw, long step, long pad, long groups, long dilation) => new("conv", new()
    {
        ["c"] = c, ["h"] = h, ["w"] = w, ["m"] = m, ["kh"] = kh, ["kw"] = kw, ["step"] = step, ["pad"] = pad, ["groups"] = groups, ["dilation"] = dilation,
    });

    /// <summary>Forward transforms of <paramref name="rows"/> rows of n; real rows give n ÷ 2 + 1 complex numbers, complex ones n.</summary>
    public static NativeJob Fft(long rows, long n, bool real) => new("fft", new() { ["rows"] = rows, ["n"] = n, ["real"] = real ? 1 : 0 });
}
