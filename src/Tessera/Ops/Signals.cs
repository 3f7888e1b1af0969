using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Fourier transforms.</summary>
internal static class Signals
{
    public static OpDef[] All =>
    [
        new("DFT", c => [Dft(c, c.Int("axis", 1))], "ONNX DFT-17", Since: 17),
        new("DFT", c => [Dft(c, c.Has(2) ? c.ConstantInts(2)[0] : -2)], "ONNX DFT-20", Since: 20),
        new("STFT", c => [Stft(c)], "ONNX STFT-17", Since: 17),
        new("Rfft", c => [Rfft(c)], "com.microsoft Rfft-1", Domain: "com.microsoft"),
        new("Irfft", c => [Irfft(c)], "com.microsoft Irfft-1", Domain: "com.microsoft"),
    ];

    private static Node Dft(Lowering c, long axis)
    {
        GraphBuilder g = c.G;
        Shape s = c[0].Shape;
        bool complex = s.Rank > 1 && s[-1] == 2, half = c.Flag("onesided");
        if (s.Rank < 2 || s[-1] is not (1 or 2)) throw c.Error(ErrorCode.ShapeMismatch, $"input {s} must end in an axis of 1 (real) or 2 (real, imaginary).");
        if (half && complex && !c.Flag("inverse")) throw c.Error(ErrorCode.InvalidArgument, "onesided needs a real input: the transform of a complex one has no symmetry.");
        int a = s.Axis(axis);
        if (a == s.Rank - 1) throw c.Error(ErrorCode.InvalidArgument, $"axis {axis} is the one of real and imaginary parts.");
        // Bins that cancel to zero are rounding noise; in Float64 it lies below what Float32 shows.
        Node x = g.Cast(c[0], DType.Float64);
        if (c.Has(1)) x = Fit(g, x, a, Positive(c, c.ConstantInts(1)[0]));
        return g.Cast(g.Fft(x, a, c.Flag("inverse"), half), c[0].Type);
    }

    private static long Positive(Attributes c, long length) => length > 0 ? length : throw c.Error(ErrorCode.InvalidArgument, $"length {length} must be positive.");

    /// <summary>Cut, or filled up with zeros, to <paramref name="length"/> along <paramref name="axis"/>.</summary>
    private static Node Fit(GraphBuilder g, Node x, int axis, long length)
    {
        long now = x.Shape[axis];
        if (length <= now) return g.Slice(x, axis, 0, length);
        long[] after = new long[x.Shape.Rank];
        after[axis] = length - now;
        return g.Pad(x, PadMode.Constant, Ints.Repeat(0, x.Shape.Rank), Ints.Of(after));
    }

    private static Node Stft(Lowering c)
    {
        GraphBuilder g = c.G;
        Node signal = g.Widen(c[0]);
        if (signal.Shape.Rank == 2) signal = g.Unsqueeze(signal, 2);
        Shape s = signal.Shape;
        if (s.Rank != 3 || s[2] is not (1 or 2)) throw c.Error(ErrorCode.ShapeMismatch, $"signal {c[0].Shape} must be [batch, length, 1 or 2].");
        long step = Positive(c, c.ConstantInts(1)[0]), frame = c.Has(3) ? c.ConstantInts(3)[0] : c.Has(2) ? c[2].Shape.Count : 0;
        bool half = c.Flag("onesided", true);
        if (frame < 1 || frame > s[1]) throw c.Error(ErrorCode.InvalidArgument, $"a frame of {frame} does not fit a signal of {s[1]}; frame_length or window must be given.");
        if (half && s[2] == 2) throw c.Error(ErrorCode.InvalidArgument, "onesided needs a real signal.");
        long frames = (s[1] - frame) / step + 1;
        int[] at = new int[TableSize.Of(c, frames, frame)];
        for (int i = 0; i < at.Length; i++) at[i] = checked((int)(i / frame * step + i % frame));
        Node x = g.Gather(signal, g.Const(Tensor.From(at, Shape.Of(frames, frame))), 1);
        if (c.Maybe(2) is { } window)
            x = window.Shape.Count == frame ? g.Mul(x, g.Reshape(g.Cast(window, x.Type), Shape.Of(frame, 1))) : throw c.Error(ErrorCode.ShapeMismatch, $"window {window.Shape} must have frame_length = {frame} elements.");
        return g.Cast(g.Fft(x, 2, false, half), c[0].Type);
    }

    private static void Check(Attributes c)
    {
        if (c.Int("signal_ndim", 1) != 1 || c.Flag("normalized")) throw c.Unsupported("only one signal axis without normalisation is supported; apply DFT per axis instead.");
    }

    private static Node Rfft(Lowering c)
    {
        GraphBuilder g = c.G;
        Check(c);
        Node x = g.Widen(c[0]);
        int axis = x.Shape.Rank - 1;
        return g.Cast(g.Fft(g.Unsqueeze(x, axis + 1), axis, false, c.Flag("onesided", true)), c[0].Type);
    }

    private static Node Irfft(Lowering c)
    {
        GraphBuilder g = c.G;
        Check(c);
        Node x = g.Widen(c[0]);
        int axis = x.Shape.Rank - 2;
        if (axis < 0 || x.Shape[-1] != 2) throw c.Error(ErrorCode.ShapeMismatch, $"input {x.Shape} must end in [bins, 2].");
        if (c.Flag("onesided", true) && x.Shape[axis] > 1)
        {
            // The missing half mirrors bins n−2 … 1 with conjugate values; a one-sided spectrum of n bins belongs to 2·(n − 1) samples.
            long n = x.Shape[axis];
            Node sign = g.Cast(g.Const(Tensor.From(new float[] { 1, -1 }, Shape.Of(2))), x.Type);
            if (n > 2) x = g.Concat(axis, x, g.Mul(g.Slice(x, axis, n - 2, n - 2, -1), sign));
        }
        return g.Cast(g.Squeeze(g.Slice(g.Fft(x, axis, true), axis + 1, 0, 1), axis + 1), c[0].Type);
    }
}
