using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Softmax, normalisation, attention, resampling and the Fourier transform.</summary>
internal static class CompositeCases
{
    private static readonly (Shape Shape, int Axis)[] Rows = [([1], 0), ([67], 0), ([5, 33], 1), ([5, 33], 0), ([3, 4, 9], 1), ([0, 3], 1), ([2, 8, 1], 2), ([2, 1025], 1)];

    public static IEnumerable<OpCase> All =>
    [
        .. from op in new[] { GraphOp.Softmax, GraphOp.LogSoftmax } from t in Cases.Floating from r in Rows
           select new OpCase(op, Cases.Name(op, t, r.Shape, $"along {r.Axis}"), Smooth(t, op == GraphOp.LogSoftmax ? 30 : 1), x => [x.G.Emit(op, [x.Floats(t, r.Shape, -10, 10)], new Arg.Along(r.Axis))]),
        .. from t in new[] { DType.Float32, DType.Float64 } select new OpCase(GraphOp.Softmax, $"Softmax {t} of large and masked values", Smooth(t, 1), x => [x.G.Softmax(x.Floats(t, [4, 19], -5, 5, [1000, double.NegativeInfinity, -1000, 3e38]), 1)]),
        .. from t in Cases.Floating from centered in new[] { true, false } from s in new (Shape X, Ints Axes)[] { ([4, 33], [1]), ([2, 3, 17], [1, 2]), ([2, 3, 4, 5], [2, 3]), ([3, 5], [0]), ([2, 1], [1]), ([0, 4], [1]) }
           select new OpCase(GraphOp.Norm, Cases.Name(GraphOp.Norm, t, s.X, $"over {s.Axes}{(centered ? "" : " not centered")}"), Smooth(t, 4), x => [x.G.Emit(GraphOp.Norm, [x.Floats(t, s.X, -3, 5)], new Arg.Norm(s.Axes, 1e-5, centered))]),
        .. from t in Cases.Floating from a in Attentions select new OpCase(GraphOp.Attention, $"Attention {t} {a.Name}", Smooth(t, 2), x => [Attend(x, t, a)]),
        .. from t in Cases.Floating from axis in new[] { 0, 1, 2 } select new OpCase(GraphOp.Resample, $"Resample {t}[3, 5, 7] along {axis}", Cases.Sum(t, 4, 2), x => [Resample(x, t, axis)]),
        .. from t in new[] { DType.Float32, DType.Float64 } from n in new long[] { 1, 2, 3, 4, 5, 7, 8, 12, 16, 17, 60, 64, 100, 128, 131, 512 } from inverse in new[] { false, true }
           select new OpCase(GraphOp.Fft, $"Fft {t} of {n}{(inverse ? ", inverse" : "")}", Transform(t, n), x => [x.G.Fft(x.Floats(t, [3, n, 2], -1, 1), 1, inverse)]),
        .. from t in new[] { DType.Float32, DType.Float64 } from n in new long[] { 1, 2, 5, 8, 36, 64, 100, 254, 512, 2000 } from half in new[] { false, true } from inverse in new[] { false, true }
           select new OpCase(GraphOp.Fft, $"Fft {t} of {n} real{(half ? ", one-sided" : "")}{(inverse ? ", inverse" : "")}", Transform(t, n), x => [x.G.Fft(x.Floats(t, [3, n, 1], -1, 1), 1, inverse, half)]),
        // What DFT becomes: Float64 between casts, which an engine may shorten where there are many points.
        .. from n in new long[] { 24, 96, 139, 1024 } from pad in new[] { false, true }
           select new OpCase(GraphOp.Fft, $"Fft of {n} widened{(pad ? " and filled up" : "")}", Transform(DType.Float32, n), x => [x.G.Cast(x.G.Fft(Filled(x.G, x.G.Cast(x.Floats(DType.Float32, [3, n - (pad ? 3 : 0), 1], -1, 1), DType.Float64), pad ? 3 : 0), 1, false, true), DType.Float32)]),
        new(GraphOp.Fft, "Fft real along an inner axis", Transform(DType.Float32, 12), x => [x.G.Fft(x.Floats(DType.Float32, [2, 12, 5, 1], -1, 1), 1, false, true)]),
        new(GraphOp.Fft, "Fft along an inner axis", Transform(DType.Float32, 12), x => [x.G.Fft(x.Floats(DType.Float32, [2, 12, 5, 2], -1, 1), 1, false)]),
    ];

    private static Node Filled(GraphBuilder g, Node x, long more) => g.Pad(x, PadMode.Constant, Ints.Of(0, 0, 0), Ints.Of(0, more, 0));

    private sealed record Attended(string Name, Shape Q, Shape K, Shape V, Arg.Attention Arg, Shape? Mask);

    private static readonly Attended[] Attentions =
    [
        new("one head", [1, 1, 5, 8], [1, 1, 5, 8], [1, 1, 5, 8], new(0.35, false, 0, 0), null), new("heads and batches", [2, 4, 7, 16], [2, 4, 9, 16], [2, 4, 9, 12], new(0.25, false, 0, 0), null),
        new("causal", [1, 2, 33, 8], [1, 2, 33, 8], [1, 2, 33, 8], new(0.35, true, 0, 0), null), new("causal after a past", [1, 2, 3, 8], [1, 2, 20, 8], [1, 2, 20, 8], new(0.35, true, 17, 0), null),
        new("causal where some rows see nothing", [1, 1, 6, 4], [1, 1, 6, 4], [1, 1, 6, 4], new(0.5, true, -3, 0), null), new("grouped heads", [1, 6, 5, 8], [1, 2, 11, 8], [1, 2, 11, 8], new(0.35, false, 0, 0), null),
        new("masked", [2, 2, 5, 8], [2, 2, 6, 8], [2, 2, 6, 8], new(0.35, false, 0, 0), [2, 1, 5, 6]), new("masked by one row", [2, 2, 5, 8], [2, 2, 6, 8], [2, 2, 6, 8], new(0.35, false, 0, 0), [6]),
        new("capped", [1, 2, 5, 8], [1, 2, 6, 8], [1, 2, 6, 8], new(0.35, false, 0, 2), null), new("no queries", [1, 2, 0, 8], [1, 2, 6, 8], [1, 2, 6, 8], new(0.35, false, 0, 0), null),
        new("one query over many keys", [1, 2, 1, 32], [1, 2, 300, 32], [1, 2, 300, 32], new(0.17, false, 0, 0), null), new("more rows than a block", [1, 1, 130, 16], [1, 1, 140, 16], [1, 1, 140, 16], new(0.25, true, 10, 0), null),
    ];

    private static Node Attend(OpInputs x, DType t, Attended a) =>
        x.G.Attention(x.Floats(t, a.Q, -1, 1), x.Floats(t, a.K, -1, 1), x.Floats(t, a.V, -1, 1), a.Mask is { } m ? x.Floats(t, m, -2, 2, [double.NegativeInfinity]) : null, a.Arg);

    private static Node Resample(OpInputs x, DType t, int axis)
    {
        long[] extents = [3, 5, 7];
        int[] at = new int[11 * 4];
        float[] weights = new float[at.Length];
        for (int i = 0; i < at.Length; i++) (at[i], weights[i]) = (x.Random.Next((int)extents[axis]), x.Random.NextSingle());
        return x.G.Resample(x.Floats(t, Shape.Of(extents), -1, 1), axis, at, weights, 4);
    }

    // Sums of a row and an exponential or a root of each element; results of size 1.
    private static Tolerance Smooth(DType t, double size) => new(Math.Max(t == DType.Float64 ? 1e-13 : 4e-6, Cases.Epsilon(t)) * size, Cases.Epsilon(t) * 4, "a row is summed and scaled; 16-bit types are computed in Float32 and rounded once");

    private static Tolerance Transform(DType t, long n) => new((t == DType.Float64 ? 1e-14 : 4e-7) * Math.Sqrt(n) * (1 + Math.Log2(n)), 0, "error of a transform grows with log n; values are of size √n");
}
