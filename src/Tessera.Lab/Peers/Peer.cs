namespace Tessera.Lab;

/// <summary>Systems that do the same work.</summary>
public enum Peer
{
    /// <summary>npm's onnxruntime-node.</summary>
    OnnxRuntime,
    /// <summary>npm's onnxruntime-web: WebAssembly with 128-bit vectors, in Node.</summary>
    OnnxRuntimeWeb,
    /// <summary>OpenBLAS: products of Float32 matrices.</summary>
    OpenBlas,
    /// <summary>oneDNN: products of Float32 and 8-bit matrices, convolutions.</summary>
    OneDnn,
    /// <summary>FFTW: Fourier transforms.</summary>
    Fftw,
    /// <summary>CLBlast: products of Float32 matrices on the first OpenCL device.</summary>
    ClBlast,
}

/// <summary>Facts about peers.</summary>
public static class Peers
{
    public static Peer Parse(string name) => name.ToUpperInvariant() switch
    {
        "ONNXRUNTIME" => Peer.OnnxRuntime,
        "ONNXRUNTIME-WEB" => Peer.OnnxRuntimeWeb,
        "OPENBLAS" => Peer.OpenBlas,
        "ONEDNN" => Peer.OneDnn,
        "FFTW" => Peer.Fftw,
        "CLBLAST" => Peer.ClBlast,
        _ => throw new TesseraException(ErrorCode.InvalidArgument, $"There is no peer '{name}'; there are onnxruntime, onnxruntime-web, openblas, onednn, fftw and clblast, or none."),
    };

    public static string Name(this Peer peer) => peer switch
    {
        Peer.OnnxRuntime => "onnxruntime",
        Peer.OnnxRuntimeWeb => "onnxruntime-web",
        Peer.OpenBlas => "openblas",
        Peer.OneDnn => "onednn",
        Peer.Fftw => "fftw",
        Peer.ClBlast => "clblast",
    };

    /// <summary>Whether the peer has a call for a job of this kind.</summary>
    public static bool Takes(this Peer peer, string kind) => peer switch
    {
        Peer.OnnxRuntime or Peer.OnnxRuntimeWeb => kind == "onnx",
        Peer.OpenBlas or Peer.ClBlast => kind == "gemm",
        Peer.OneDnn => kind is "gemm" or "gemm_int8" or "conv",
        Peer.Fftw => kind == "fft",
    };

    /// <summary>The Debian package of a native peer, and the file in it that is loaded; null for one from npm.</summary>
    public static (string Package, string File)? Debian(this Peer peer) => peer switch
    {
        Peer.OnnxRuntime or Peer.OnnxRuntimeWeb => null,
        Peer.OpenBlas => ("libopenblas0-pthread", "libopenblas.so.0"),
        Peer.OneDnn => ("libdnnl2", "libdnnl.so.2"),
        Peer.Fftw => ("libfftw3-single3", "libfftw3f.so.3"),
        Peer.ClBlast => ("libclblast1", "libclblast.so.1"),
    };

    /// <summary>The npm package of a peer that runs whole models in Node; null for a native library.</summary>
    public static string? Npm(this Peer peer) => peer switch
    {
        Peer.OnnxRuntime => "onnxruntime-node",
        Peer.OnnxRuntimeWeb => "onnxruntime-web",
        Peer.OpenBlas or Peer.OneDnn or Peer.Fftw or Peer.ClBlast => null,
    };
}
