using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>Input, Const, Random, Host and Part.</summary>
internal static class LeafCases
{
    public static IEnumerable<OpCase> All =>
    [
        .. Cases.Floating.Concat(Cases.Integer).Append(DType.Bool).Select(t => new OpCase(GraphOp.Input, $"Input {t} straight to the output", Tolerance.Exact, x => [Any(x, t, [3, 7])])),
        .. Cases.Floating.Concat(Cases.Integer).Select(t => new OpCase(GraphOp.Const, $"Const {t} beside an input", Tolerance.Exact,
            x => [x.G.Const(Scalars.Of(t, 3)), x.G.Binary(GraphOp.Add, Any(x, t, [5]), x.G.Const(Scalars.Of(t, 3)))])),
        new(GraphOp.Const, "Const String", Tolerance.Exact, x => [x.G.Const(Tensor.FromStrings(["a", "", "ß", "日本"], [2, 2]))]),
        .. Draws(RandomKind.Uniform), .. Draws(RandomKind.Normal),
        new(GraphOp.Host, "Host with two outputs", Tolerance.Exact, Hosted),
        new(GraphOp.Part, "Part: outputs of one node apart", Tolerance.Exact, x => x.G.TopK(x.Floats(DType.Float32, [2, 9], -1, 1), 3, 1) is var (v, i) ? [i, v] : []),
    ];

    private static Node Any(OpInputs x, DType t, Shape s) => t == DType.Bool ? x.Bools(s) : t.IsFloat() ? x.Floats(t, s, -2, 2, Cases.FloatEdges) : x.Integers(t, s);

    private static IEnumerable<OpCase> Draws(RandomKind kind) => new[] { DType.Float32, DType.Float64 }.Select(t => new OpCase(GraphOp.Random, $"Random {kind} {t}",
        Cases.Units(t, 4, "logarithm, root and cosine of each draw") with { Absolute = t == DType.Float64 ? 1e-14 : 1e-6 }, x => [x.G.Random(kind, t, [3, 37], -1, 2, 99)]));

    private static Node[] Hosted(OpInputs x)
    {
        Node a = x.Floats(DType.Float32, [2, 5], -1, 1);
        Node h = x.G.Host("conformance.sum-and-count", [a], [new(DType.Float32, Shape.Scalar), new(DType.Int64, [1])], t =>
        {
            float sum = 0;
            foreach (float v in t[0].Span<float>()) sum += v;
            return [Tensor.Scalar(sum), Tensor.From([t[0].Count], [1])];
        });
        return [x.G.Part(h, 0), x.G.Part(h, 1)];
    }
}
