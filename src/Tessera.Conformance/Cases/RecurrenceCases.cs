using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>RNN, GRU and LSTM in every direction, with lengths, peepholes, clipping and coupled gates.</summary>
internal static class RecurrenceCases
{
    private sealed record Shaped(string Name, RnnKind Kind, RnnDirection Direction, long Steps, long Batch, long Inputs, long Hidden)
    {
        public bool Lengths { get; init; }

        public bool Peepholes { get; init; }

        public bool Linear { get; init; }

        public bool Coupled { get; init; }

        public double Clip { get; init; }

        public RnnActivationKind[]? Activations { get; init; }
    }

    public static IEnumerable<OpCase> All => from t in new[] { DType.Float32, DType.Float64 } from s in Shapes select new OpCase(GraphOp.Rnn, $"Rnn {t} {s.Kind} {s.Direction} {s.Name}",
        new(t == DType.Float64 ? 1e-12 : 2e-5, t == DType.Float64 ? 1e-12 : 2e-5, "errors of each step go through the next; gates keep them of size 1"), x => Run(x, t, s));

    private static IEnumerable<Shaped> Shapes =>
    [
        .. from k in Enum.GetValues<RnnKind>() from d in Enum.GetValues<RnnDirection>() from s in new Shaped[]
           {
               new("small", k, d, 3, 2, 4, 5), new("one step", k, d, 1, 1, 7, 17), new("wide", k, d, 6, 3, 19, 33), new("no steps", k, d, 0, 2, 3, 4),
               new("with lengths", k, d, 7, 4, 5, 6) { Lengths = true }, new("clipped", k, d, 4, 2, 4, 5) { Clip = 0.3 },
           } select s,
        new("linear before reset", RnnKind.Gru, RnnDirection.Bidirectional, 5, 2, 4, 9) { Linear = true }, new("peepholes", RnnKind.Lstm, RnnDirection.Bidirectional, 5, 2, 4, 9) { Peepholes = true },
        new("coupled", RnnKind.Lstm, RnnDirection.Forward, 5, 2, 4, 9) { Coupled = true }, new("lengths and peepholes", RnnKind.Lstm, RnnDirection.Reverse, 5, 3, 4, 9) { Lengths = true, Peepholes = true },
        .. from a in Enum.GetValues<RnnActivationKind>() select new Shaped($"with {a}", RnnKind.Rnn, RnnDirection.Forward, 3, 2, 4, 5) { Activations = [a] },
        new("other activations", RnnKind.Lstm, RnnDirection.Forward, 4, 2, 3, 5) { Activations = [RnnActivationKind.HardSigmoid, RnnActivationKind.Relu, RnnActivationKind.Softsign] },
        new("other activations", RnnKind.Gru, RnnDirection.Forward, 4, 2, 3, 5) { Activations = [RnnActivationKind.HardSigmoid, RnnActivationKind.Softsign] },
    ];

    private static Node[] Run(OpInputs x, DType t, Shaped s)
    {
        long d = s.Direction == RnnDirection.Bidirectional ? 2 : 1, gates = s.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
        List<Node> operands =
        [
            x.Floats(t, [s.Steps, s.Batch, s.Inputs], -1, 1), x.Floats(t, [d, gates * s.Hidden, s.Inputs], -0.4, 0.4), x.Floats(t, [d, gates * s.Hidden, s.Hidden], -0.3, 0.3),
            x.Floats(t, [d, 2 * gates * s.Hidden], -0.3, 0.3), x.Floats(t, [d, s.Batch, s.Hidden], -1, 1),
        ];
        if (s.Kind == RnnKind.Lstm) operands.Add(x.Floats(t, [d, s.Batch, s.Hidden], -1, 1));
        if (s.Lengths) operands.Add(x.Integers(DType.Int32, [s.Batch], 1, s.Steps));
        if (s.Peepholes) operands.Add(x.Floats(t, [d, 3 * s.Hidden], -0.3, 0.3));
        Arg.Rnn arg = new(s.Kind, s.Direction, s.Hidden, [.. Enumerable.Repeat(Functions(s), (int)d).SelectMany(f => f)], s.Clip, s.Linear, s.Coupled, s.Lengths, s.Peepholes);
        Node n = x.G.Emit(GraphOp.Rnn, [.. operands], arg);
        return [.. Enumerable.Range(0, n.Outputs.Length).Select(i => x.G.Part(n, i))];
    }

    private static ImmutableArray<RnnActivation> Functions(Shaped s) => [.. (s.Activations ?? s.Kind switch
    {
        RnnKind.Rnn => [RnnActivationKind.Tanh],
        RnnKind.Gru => [RnnActivationKind.Sigmoid, RnnActivationKind.Tanh],
        RnnKind.Lstm => [RnnActivationKind.Sigmoid, RnnActivationKind.Tanh, RnnActivationKind.Tanh],
    }).Select(k => new RnnActivation(k, 0.5, 0.25))];
}
