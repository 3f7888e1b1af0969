using System.Collections.Immutable;
using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Engines.Reference;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>Attention, recurrent layers, resampling and Fourier transforms against the reference interpreter.</summary>
public sealed class CompositeTests
{
    private static void Check(KernelFactory build, GraphOp op, Arg arg, Tensor[] x, double tolerance, int threads, bool[]? known = null)
    {
        GraphBuilder g = new();
        Node n = g.Emit(op, [.. x.Select((t, i) => g.Input($"x{i}", t.Type, t.Shape))], arg);
        Cells[] expected = Interpreter.Evaluate(n, [.. x.Select(t => CellsIo.Read(t.Contiguous()))]);
        Tensor[] y = KernelRun.Run(build, op, arg, x, known, threads);
        for (int i = 0; i < y.Length; i++) Samples.Close(expected[i].Floats, y[i], tolerance, $"{arg} output {i} of {string.Join(", ", x.Select(t => t.ToString()))} threads {threads}");
    }

    private static Tensor Random(Random r, bool wide, params long[] shape) => wide ? Samples.Float64(r, shape) : Samples.Float32(r, shape);

    [Fact]
    public void Attention_with_groups_masks_and_causality()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 80; round++)
        {
            bool wide = r.Next(5) == 0;
            long batch = r.Next(1, 3), groups = r.Next(1, 3), heads = groups * r.Next(1, 4), queries = r.Next(1, round % 4 == 0 ? 150 : 20), keys = r.Next(1, round % 4 == 1 ? 600 : 40), depth = r.Next(1, 40), values = r.Next(2) == 0 ? 16 * r.Next(1, 5) : r.Next(1, 40);
            Tensor q = Random(r, wide, batch, heads, queries, depth), k = Random(r, wide, batch, groups, keys, depth), v = Random(r, wide, batch, groups, keys, values);
            if (r.Next(3) == 0) q = Random(r, wide, batch, queries, heads, depth).Transpose(0, 2, 1, 3);
            if (r.Next(3) == 0) (k, v) = (Random(r, wide, batch, keys, groups, depth).Transpose(0, 2, 1, 3), Random(r, wide, batch, groups, values, keys).Transpose(0, 1, 3, 2));
            else if (r.Next(2) == 0) v = Random(r, wide, batch, keys, groups, values).Transpose(0, 2, 1, 3);
            Arg.Attention arg = new(r.NextDouble() * 3, r.Next(2) == 0, r.Next(-3, 10), r.Next(3) == 0 ? 1.5 : 0);
            Tensor[] x = [q, k, v];
            if (r.Next(2) == 0)
            {
                long[] shape = r.Next(4) switch { 0 => [queries, keys], 1 => [batch, 1, 1, keys], 2 => [batch, heads, queries, keys], _ => [1, heads, queries, 1] };
                Tensor mask = Random(r, wide, shape);
                if (r.Next(2) == 0)
                {
                    Tensor holes = Random(r, false, shape);
                    float[] h = holes.ToArray<float>();
                    if (wide) for (int i = 0; i < h.Length; i++) mask.Span<double>()[i] = h[i] < 0 ? double.NegativeInfinity : h[i];
                    else for (int i = 0; i < h.Length; i++) mask.Span<float>()[i] = h[i] < 0 ? float.NegativeInfinity : h[i];
                }
                x = [q, k, v, mask];
            }
            Check(AttentionKernel.Build, GraphOp.Attention, arg, x, wide ? 1e-12 : 1e-5, 1 + r.Next(2));
        }
    }

    [Fact]
    public void Recurrent_layers_of_all_kinds()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 120; round++)
        {
            RnnKind kind = (RnnKind)r.Next(3);
            RnnDirection direction = (RnnDirection)r.Next(3);
            bool wide = r.Next(5) == 0, lengths = r.Next(2) == 0, peepholes = kind == RnnKind.Lstm && r.Next(2) == 0;
            long d = direction == RnnDirection.Bidirectional ? 2 : 1, gates = kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
            long steps = r.Next(1, 9), batch = r.Next(1, 6), inputs = r.Next(1, 20), hidden = r.Next(1, 40);
            int activations = (int)d * kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 2, RnnKind.Lstm => 3 };
            bool rare = r.Next(2) == 0;
            // A jump turns a rounding difference into any difference: ThresholdedRelu is for doubles only.
            RnnActivationKind Any() => (RnnActivationKind)r.Next(11) is var k && k == RnnActivationKind.ThresholdedRelu && !wide ? RnnActivationKind.Relu : k;
            ImmutableArray<RnnActivation> f = [.. Enumerable.Range(0, activations).Select(i => new RnnActivation(rare ? Any() : i % 3 == 0 ? RnnActivationKind.Sigmoid : RnnActivationKind.Tanh, 0.3, 0.4))];
            Arg.Rnn arg = new(kind, direction, hidden, f, r.Next(3) == 0 ? 0.5 : 0, kind == RnnKind.Gru && r.Next(2) == 0, kind == RnnKind.Lstm && r.Next(3) == 0, lengths, peepholes);
            // Unbounded activations and large weights would let states grow without end, and errors with them.
            Tensor Weights(params long[] shape) => wide
                ? Tensor.From(Array.ConvertAll(Samples.Float64(r, shape).ToArray<double>(), v => rare ? v / 20 : v), Shape.Of(shape))
                : Tensor.From(Array.ConvertAll(Samples.Float32(r, shape).ToArray<float>(), v => rare ? v / 20 : v), Shape.Of(shape));
            List<Tensor> x = [Random(r, wide, steps, batch, inputs), Weights(d, gates * hidden, inputs), Weights(d, gates * hidden, hidden), Random(r, wide, d, 2 * gates * hidden), Random(r, wide, d, batch, hidden)];
            if (kind == RnnKind.Lstm) x.Add(Random(r, wide, d, batch, hidden));
            if (lengths) x.Add(Tensor.From([.. Enumerable.Range(0, (int)batch).Select(_ => r.Next(0, (int)steps + 1))], [batch]));
            if (peepholes) x.Add(Weights(d, 3 * hidden));
            double tolerance = wide ? 1e-9 : 3e-4;
            Check(RnnKernel.Build, GraphOp.Rnn, arg, [.. x], tolerance, 1 + r.Next(2), [.. x.Select((_, i) => i is 1 or 2 && round % 2 == 0)]);
        }
    }

    [Fact]
    public void Resampling_along_any_axis()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 60; round++)
        {
            long[] shape = [r.Next(1, 4), r.Next(1, 20), r.Next(1, 40)];
            int axis = r.Next(3);
            long results = r.Next(1, 30), taps = r.Next(1, 5);
            bool wide = r.Next(3) == 0;
            Tensor at = Tensor.From([.. Enumerable.Range(0, (int)(results * taps)).Select(_ => r.Next((int)shape[axis]))], [results, taps]), w = Random(r, wide, results, taps);
            if (!wide) w.Span<float>()[0] = 0;
            Tensor x = Random(r, wide, shape), y = KernelRun.Run(ResampleKernel.Build, GraphOp.Resample, new Arg.Along(axis), [x, at, w], threads: 1 + r.Next(2))[0];
            Samples.Close(Definitions.Resample(x, at, w, axis), y, wide ? 1e-13 : 1e-6, $"{x} {at} axis {axis}");
        }
    }

    [Fact]
    public void Resampling_rows_with_known_taps()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 60; round++)
        {
            long length = r.Next(1, 120), results = r.Next(1, 120);
            int taps = r.Next(1, 5), spread = r.Next(8) == 0 ? 60 : 3;
            int[] at = [.. Enumerable.Range(0, (int)results * taps).Select(i => (int)Math.Clamp(i / taps * length / results + r.Next(spread), 0, length - 1))];
            Tensor w = Samples.Float32(r, results, taps), x = Samples.Float32(r, 3, length);
            // What a tap of weight 0 lies on does not matter.
            int hole = r.Next((int)length);
            x.Span<float>()[hole] = float.PositiveInfinity;
            for (int i = 0; i < at.Length; i++) if (at[i] == hole || r.Next(6) == 0) w.Span<float>()[i] = 0;
            Tensor places = Tensor.From(at, [results, taps]), y = KernelRun.Run(ResampleKernel.Build, GraphOp.Resample, new Arg.Along(1), [x, places, w], [false, true, true], 1 + r.Next(2))[0];
            Samples.Close(Definitions.Resample(x, places, w, 1), y, 1e-6, $"{x} {places}");
        }
    }

    [Fact]
    public void Transforms_of_every_length()
    {
        Random r = Seeds.Random();
        foreach (long n in new long[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 19, 24, 25, 30, 34, 49, 64, 97, 100, 120, 121, 127, 128, 240, 257, 256, 400, 512, 720, 1000, 2048 })
            foreach (bool wide in new[] { false, true })
                for (int inverse = 0; inverse < 2; inverse++)
                {
                    int axis = r.Next(3);
                    long[] shape = [r.Next(1, 5), r.Next(1, 4), r.Next(1, 4), 2];
                    shape[axis] = n;
                    if (r.Next(2) == 0) shape[3] = 1;
                    if (r.Next(2) == 0) (shape[axis], shape[2], axis) = (shape[2], n, 2);
                    Check(FftKernel.Build, GraphOp.Fft, new Arg.Fft(axis, inverse == 1, r.Next(2) == 0), [Random(r, wide, shape)], (wide ? 1e-13 : 1e-6) * Math.Sqrt(n) * (inverse == 1 ? 1 : 4), 1 + r.Next(2));
                }
    }
}
