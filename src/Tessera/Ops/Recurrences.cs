using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>RNN, GRU and LSTM over whole sequences.</summary>
internal static class Recurrences
{
    public static OpDef[] All =>
    [
        new("RNN", c => Lower(c, RnnKind.Rnn), "ONNX RNN-22"),
        new("GRU", c => Lower(c, RnnKind.Gru), "ONNX GRU-22; arXiv:1406.1078"),
        new("LSTM", c => Lower(c, RnnKind.Lstm), "ONNX LSTM-22; doi:10.1162/neco.1997.9.8.1735"),
    ];

    private static Lowered[] Lower(Lowering c, RnnKind kind)
    {
        GraphBuilder g = c.G;
        bool batchFirst = c.Flag("layout");
        Node x = g.Widen(c[0]), w = g.Widen(c[1]), r = g.Widen(c[2]);
        if (x.Shape.Rank != 3 || w.Shape.Rank != 3 || r.Shape.Rank != 3) throw c.Error(ErrorCode.ShapeMismatch, $"X {x.Shape}, W {w.Shape} and R {r.Shape} must each have three axes.");
        if (batchFirst) x = g.Transpose(x, 1, 0, 2);
        RnnDirection direction = Direction(c);
        long d = direction == RnnDirection.Bidirectional ? 2 : 1, gates = kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
        long hidden = c.Int("hidden_size", r.Shape[2]), t = x.Shape[0], n = x.Shape[1];
        Check(c, w, "W", Shape.Of(d, gates * hidden, x.Shape[2]));
        Check(c, r, "R", Shape.Of(d, gates * hidden, hidden));
        Node State(int index, string name)
        {
            Shape shape = Shape.Of(d, n, hidden);
            if (c.Maybe(index) is not { } s) return g.Fill(x.Type, shape, 0);
            s = g.Cast(s, x.Type);
            if (batchFirst && s.Shape.Rank == 3) s = g.Transpose(s, 1, 0, 2);
            return Check(c, s, name, shape);
        }
        Shape biases = Shape.Of(d, 2 * gates * hidden);
        List<Node> operands = [x, w, r, c.Maybe(3) is { } b ? Check(c, g.Cast(b, x.Type), "B", biases) : g.Fill(x.Type, biases, 0), State(5, "initial_h")];
        bool lengths = c.Has(4), peepholes = kind == RnnKind.Lstm && c.Has(7);
        if (kind == RnnKind.Lstm) operands.Add(State(6, "initial_c"));
        if (lengths) operands.Add(Check(c, g.Cast(c[4], DType.Int32), "sequence_lens", Shape.Of(n)));
        if (peepholes) operands.Add(Check(c, g.Cast(c[7], x.Type), "P", Shape.Of(d, 3 * hidden)));
        Arg.Rnn arg = new(kind, direction, hidden, Activations(c, kind, (int)d), c.Float("clip", 0), kind == RnnKind.Gru && c.Flag("linear_before_reset"), kind == RnnKind.Lstm && c.Flag("input_forget"), lengths, peepholes);
        Node rnn = g.Emit(GraphOp.Rnn, operands.ToArray(), arg);
        Lowered Out(int index, params int[] axes)
        {
            Node y = g.Cast(g.Part(rnn, index), c[0].Type);
            return batchFirst ? g.Transpose(y, axes) : y;
        }
        Lowered[] outputs = [Out(0, 2, 0, 1, 3), Out(1, 1, 0, 2)];
        return kind == RnnKind.Lstm ? [.. outputs, Out(2, 1, 0, 2)] : outputs;
    }

    private static Node Check(Attributes c, Node x, string name, Shape shape) =>
        x.Shape == shape ? x : throw c.Error(ErrorCode.ShapeMismatch, $"{name} is {x.Shape}; {shape} is needed.");

    private static RnnDirection Direction(Attributes c) => c.String("direction", "forward") switch
    {
        "forward" => RnnDirection.Forward,
        "reverse" => RnnDirection.Reverse,
        "bidirectional" => RnnDirection.Bidirectional,
        var other => throw c.Error(ErrorCode.MalformedModel, $"direction '{other}' is none of forward, reverse, bidirectional."),
    };

    /// <summary>Activations of each direction in turn; alpha and beta values are consumed in their order.</summary>
    private static ImmutableArray<RnnActivation> Activations(Attributes c, RnnKind kind, int directions)
    {
        string[] usual = kind switch { RnnKind.Rnn => ["Tanh"], RnnKind.Gru => ["Sigmoid", "Tanh"], RnnKind.Lstm => ["Sigmoid", "Tanh", "Tanh"] };
        string[] names = c.Strings("activations") is { Length: > 0 } given ? given : [.. Enumerable.Repeat(usual, directions).SelectMany(u => u)];
        if (names.Length != usual.Length * directions) throw c.Error(ErrorCode.MalformedModel, $"{names.Length} activations given; {usual.Length * directions} are needed.");
        double[] alphas = c.Floats("activation_alpha") ?? [], betas = c.Floats("activation_beta") ?? [];
        int a = 0, b = 0;
        RnnActivation One(string name, int i)
        {
            (RnnActivationKind k, double? alpha, double? beta) = Defaults(c, name);
            // With one value per activation each stands at its own place; otherwise only those that take one consume it.
            double Take(double[] values, ref int at, double missing) => values.Length == names.Length ? values[i] : at < values.Length ? values[at++] : missing;
            return new(k, alpha is { } av ? Take(alphas, ref a, av) : 0, beta is { } bv ? Take(betas, ref b, bv) : 0);
        }
        ImmutableArray<RnnActivation>.Builder all = ImmutableArray.CreateBuilder<RnnActivation>(names.Length);
        for (int i = 0; i < names.Length; i++) all.Add(One(names[i], i));
        return all.MoveToImmutable();
    }

    private static (RnnActivationKind, double? Alpha, double? Beta) Defaults(Attributes c, string name) =>
#pragma warning disable CA1308 // Exporters differ in the case of these names; no locale is involved.
        name.ToLowerInvariant() switch
#pragma warning restore CA1308
        {
            "sigmoid" => (RnnActivationKind.Sigmoid, null, null),
            "tanh" => (RnnActivationKind.Tanh, null, null),
            "relu" => (RnnActivationKind.Relu, null, null),
            "affine" => (RnnActivationKind.Affine, 1, 0),
            "leakyrelu" => (RnnActivationKind.LeakyRelu, 0.01, null),
            "thresholdedrelu" => (RnnActivationKind.ThresholdedRelu, 1, null),
            "scaledtanh" => (RnnActivationKind.ScaledTanh, 1, 1),
            "hardsigmoid" => (RnnActivationKind.HardSigmoid, 0.2, 0.5),
            "elu" => (RnnActivationKind.Elu, 1, null),
            "softsign" => (RnnActivationKind.Softsign, null, null),
            "softplus" => (RnnActivationKind.Softplus, null, null),
            _ => throw c.Unsupported($"activation '{name}' is unknown."),
        };
}
