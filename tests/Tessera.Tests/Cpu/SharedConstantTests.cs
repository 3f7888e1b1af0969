using Tessera.Onnx;
using Tessera.Tests.Runtime;

namespace Tessera.Tests.Cpu;

/// <summary>Weights are packed once for all plans of a model, and given back with the last of them.</summary>
public sealed class SharedConstantTests
{
    private const int K = 96, N = 192;

    public static TheoryData<string> Models => ["MatMul", "Gemm transposed", "Conv", "LSTM", "Float16"];

    [Theory]
    [MemberData(nameof(Models))]
    public void Plans_of_one_model_share_what_is_made_of_its_weights(string model)
    {
        using CpuEngine engine = new();
        using OnnxModel m = Model(model);
        using (Session s = engine.Compile(m))
        {
            int one = 0;
            for (int batch = 2; batch <= 5; batch++)
            {
                foreach (Tensor t in s.Run([Ones(model, batch)])) t.Dispose();
                int packed = Packed(engine);
                if (batch == 2) Assert.True((one = packed) > 0, "nothing was packed");
                else Assert.Equal(one, packed);
            }
        }
        Assert.Equal(0, Packed(engine));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Plans_that_share_give_what_plans_of_their_own_give(string model)
    {
        using CpuEngine engine = new();
        using OnnxModel m = Model(model);
        using Session shared = engine.Compile(m);
        for (int batch = 1; batch <= 3; batch++)
        {
            using OnnxModel other = Model(model);
            using Session own = engine.Compile(other);
            using Tensor x = Ones(model, batch);
            Tensor[] a = shared.Run(x), b = own.Run(x);
            for (int i = 0; i < a.Length; i++) Assert.True(a[i].RawBytes().SequenceEqual(b[i].RawBytes()), $"output {i} at batch {batch}");
            foreach (Tensor t in a.Concat(b)) t.Dispose();
        }
    }

    private static int Packed(Engine engine) => engine.Pool.Rentals().Count(r => r.Renter == "packed constants");

    private static Tensor Ones(string model, long batch) => Fill(model switch { "Conv" => [batch, 32, 12, 12], "LSTM" => [batch + 4, 2, K], "Float16" => [batch, K], _ => [batch, K] }, 1);

    private static Tensor Fill(Shape shape, int seed)
    {
        Random r = new(seed);
        Tensor t = Tensor.Empty(DType.Float32, shape);
        foreach (ref float v in t.Span<float>()) v = (float)(r.NextDouble() - 0.5);
        return t;
    }

    private static OnnxModel Model(string model) => model switch
    {
        "MatMul" => Of(Build.Node("MatMul", "x w", "y"), ("w", Fill([K, N], 2))),
        "Gemm transposed" => Of(Build.Node("Gemm", "x w b", "y", OnnxAttribute.Of("transB", 1)), ("w", Fill([N, K], 3)), ("b", Fill([N], 4))),
        "Conv" => Of(Build.Node("Conv", "x w", "y"), ("w", Fill([64, 32, 5, 5], 5))),
        "LSTM" => Of(Build.Node("LSTM", "x w r", "y", OnnxAttribute.Of("hidden_size", 32)), ("w", Fill([1, 128, K], 6)), ("r", Fill([1, 128, 32], 7))),
        "Float16" => Build.Model(Build.Graph([Build.Any("x", DType.Float32)], [Build.Any("y", DType.Float16)],
            [Build.Node("Cast", "x", "h", OnnxAttribute.Of("to", 10)), Build.Node("MatMul", "h w", "y")], ("w", Half([K, N])))),
        _ => throw new ArgumentException(model),
    };

    private static Tensor Half(Shape shape)
    {
        using Tensor f = Fill(shape, 8);
        return Tensor.From(Array.ConvertAll(f.ToArray<float>(), v => (Half)v), shape);
    }

    private static OnnxModel Of(OnnxNode node, params (string, Tensor)[] constants) => Build.Model(Build.Graph([Build.Any("x", DType.Float32)], [Build.Any("y", DType.Float32)], [node], constants));
}
