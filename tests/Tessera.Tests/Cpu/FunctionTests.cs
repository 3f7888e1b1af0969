using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

/// <summary>The stated error of functions of Float32, in ulp of the result rounded from Float64.</summary>
public sealed class FunctionTests
{
    private static double Erf(double x) => Tessera.Engines.Cpu.Elementwise.PreciseErfOp.Apply(x);

    public static TheoryData<string, double, double, double> Functions => new()
    {
        { "Exp", -87, 88.7, 2 }, { "Sigmoid", -80, 80, 4 }, { "Tanh", -12, 12, 3 }, { "Erf", -5, 5, 3 }, { "Tan", -40, 40, 4 }, { "Asin", -1, 1, 3 }, { "Acos", -1, 1, 3 }, { "Atan", -1e6, 1e6, 3 },
        { "Sinh", -89, 89, 4 }, { "Cosh", -89, 89, 3 }, { "Asinh", -1e6, 1e6, 4 }, { "Acosh", 1, 1e6, 4 }, { "Atanh", -1, 1, 4 }, { "Sqrt", 0, 1e6, 0.51 }, { "Log", 1e-30, 1e30, 2 },
    };

    private static Func<double, double> Exact(GraphOp op) => op switch
    {
        GraphOp.Exp => Math.Exp,
        GraphOp.Sigmoid => x => 1 / (1 + Math.Exp(-x)),
        GraphOp.Tanh => Math.Tanh,
        GraphOp.Erf => Erf,
        GraphOp.Tan => Math.Tan,
        GraphOp.Asin => Math.Asin,
        GraphOp.Acos => Math.Acos,
        GraphOp.Atan => Math.Atan,
        GraphOp.Sinh => Math.Sinh,
        GraphOp.Cosh => Math.Cosh,
        GraphOp.Asinh => Math.Asinh,
        GraphOp.Acosh => Math.Acosh,
        GraphOp.Atanh => Math.Atanh,
        GraphOp.Sqrt => Math.Sqrt,
        GraphOp.Log => Math.Log,
        _ => throw new ArgumentException($"{op}"),
    };

    private static double Ulp(double y)
    {
        float f = Math.Abs((float)y);
        return float.IsInfinity(f) ? Math.ScaleB(1, 104) : MathF.BitIncrement(f) - (double)f;
    }

    /// <summary>Over the range evenly, near its ends, and by magnitude.</summary>
    private static float Draw(Random r, double low, double high)
    {
        double x = r.Next(4) switch
        {
            0 => low + (high - low) * Math.Pow(10, -6 * r.NextDouble()),
            1 => high - (high - low) * Math.Pow(10, -6 * r.NextDouble()),
            2 => Math.Max(Math.Abs(low), Math.Abs(high)) * Math.Pow(10, -8 * r.NextDouble()) * (low < 0 && r.Next(2) == 0 ? -1 : 1),
            _ => low + (high - low) * r.NextDouble(),
        };
        return (float)Math.Clamp(x, low, high);
    }

    private static float[] Run(Node y, GraphBuilder g, params Tensor[] x)
    {
        using CpuExecutable cpu = new(g.Build([y]), new PrepareOptions(1, MemoryPool.Shared, false));
        Tensor?[] results = new Tensor?[1];
        cpu.Run(x, results, default);
        return results[0]!.ToArray<float>();
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Of_one_number(string name, double low, double high, double ulps)
    {
        Random r = Seeds.Random();
        GraphOp op = Enum.Parse<GraphOp>(name);
        float[] x = [.. Enumerable.Range(0, 50_000).Select(_ => Draw(r, low, high))];
        GraphBuilder g = new();
        float[] y = Run(g.Unary(op, g.Input("x", DType.Float32, [x.Length])), g, Tensor.From(x, [x.Length]));
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Exact(op)(x[i]);
            if (!(y[i] == (float)exact || Math.Abs(y[i] - exact) <= ulps * Ulp(exact))) Assert.Fail($"{op} {x[i]:R} gives {y[i]:R} instead of {exact:R}: {Math.Abs(y[i] - exact) / Ulp(exact):0.##} ulp");
        }
    }

    [Fact]
    public void Sine_and_cosine()
    {
        Random r = Seeds.Random();
        float[] x = [.. Enumerable.Range(0, 50_000).Select(_ => Draw(r, -8192, 8192))];
        foreach (GraphOp op in (GraphOp[])[GraphOp.Sin, GraphOp.Cos])
        {
            GraphBuilder g = new();
            float[] y = Run(g.Unary(op, g.Input("x", DType.Float32, [x.Length])), g, Tensor.From(x, [x.Length]));
            for (int i = 0; i < x.Length; i++)
            {
                double exact = op == GraphOp.Sin ? Math.Sin(x[i]) : Math.Cos(x[i]);
                Assert.True(Math.Abs(y[i] - exact) <= Math.ScaleB(1, -23), $"{op} {x[i]:R} gives {y[i]:R} instead of {exact:R}");
            }
        }
    }

    [Fact]
    public void Powers()
    {
        Random r = Seeds.Random();
        float[] special = [0, -0f, 1, -1, 2, -2, 3, -3, 0.5f, -0.5f, 2.5f, -2.5f, float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.MaxValue, float.Epsilon, -float.Epsilon, 16777215, -16777215, 1e10f];
        (float A, float B)[] x = [.. from a in special from b in special select (a, b), .. Enumerable.Range(0, 30_000).Select(_ => (Draw(r, 0, 1e4), Draw(r, -10, 10))), .. Enumerable.Range(0, 1003).Select(_ => ((float)(r.NextDouble() * 8 - 4), (float)r.Next(-20, 20)))];
        GraphBuilder g = new();
        float[] y = Run(g.Binary(GraphOp.Pow, g.Input("a", DType.Float32, [x.Length]), g.Input("b", DType.Float32, [x.Length])), g, Tensor.From(Array.ConvertAll(x, p => p.A), [x.Length]), Tensor.From(Array.ConvertAll(x, p => p.B), [x.Length]));
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.Pow(x[i].A, x[i].B);
            if (!(y[i].Equals((float)exact) || Math.Abs(y[i] - exact) <= Ulp(exact))) Assert.Fail($"{x[i].A:R} ^ {x[i].B:R} gives {y[i]:R} instead of {exact:R}");
        }
    }
}
