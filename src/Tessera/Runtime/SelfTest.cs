using Tessera.Ir;

namespace Tessera.Runtime;

/// <summary>Runs a small graph with answers known by hand before an engine is called ready.</summary>
internal static class SelfTest
{
    // max(x·w + b, 0) for x = [[1, 2, 3], [−1, 0, 2]], w = [[1, −1], [2, 0], [0, 3]], b = [−6, 1], and its row sums.
    private static readonly float[] X = [1, 2, 3, -1, 0, 2], W = [1, -1, 2, 0, 0, 3], B = [-6, 1], Expected = [0, 9, 0, 8], Sums = [9, 8];

    public static void Run(Engine engine, CancellationToken cancel)
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [2, 3]);
        using Tensor w = Tensor.From(W, [3, 2]), bias = Tensor.From(B, [2]), zero = Tensor.Scalar(0f);
        Node y = g.Max(g.Add(g.MatMul(x, g.Const(w)), g.Const(bias)), g.Const(zero));
        using Executable e = engine.Prepare(g.Build([y, g.Sum(y, false, 1)]), new PrepareOptions(1, engine.Pool, false));
        using Tensor input = Tensor.From(X, [2, 3]);
        Tensor?[] outputs = new Tensor?[2];
        e.Run([input], outputs, new RunControl(1, null, cancel));
        using Tensor a = outputs[0]!, b = outputs[1]!;
        if (!a.Span<float>().SequenceEqual(Expected) || !b.Span<float>().SequenceEqual(Sums))
            throw new TesseraException(ErrorCode.Internal, $"Engine '{engine.Name}' failed its self-test: relu(x·w + b) = [{string.Join(", ", a.ToArray<float>())}], expected [{string.Join(", ", Expected)}]. Do not use it on this machine; please report it.");
    }
}
