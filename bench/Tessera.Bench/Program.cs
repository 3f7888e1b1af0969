using System.Globalization;
using Tessera;
using Tessera.Bench;
using Tessera.Engines.Cpu;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;
using Tessera.Lab;

// Times kernels of the CPU engine: `Tessera.Bench [gemm|int8|conv|other] [threads]`. GFLOP/s by the median run, and by the least in parentheses.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string what = args.Length > 0 ? args[0] : "all";
int threads = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
double peak = PeakRate.Float32(1) / 1e9;
Console.WriteLine($"peak of one core {peak:F1} GFLOP/s, {threads} thread(s), tiles {Sgemm.Rows}×{Sgemm.Columns}");

void Row(string name, KernelFactory build, GraphOp op, Arg? arg, int known, params Shape[] x)
{
    using KernelBench b = new(build, op, arg, x, known, threads);
    (double median, double least) = b.Time();
    Console.WriteLine($"{name,-34} {b.Kernel,-22} {median * 1e6,10:F1} µs {b.Flops / median / 1e9,8:F1} ({b.Flops / least / 1e9,6:F1}) GFLOP/s {100 * b.Flops / median / 1e9 / peak,6:F1}% ({100 * b.Flops / least / 1e9 / peak,5:F1}%) of one core's peak");
}

void Gemm(long m, long n, long k, bool known) => Row($"{m}×{k}·{k}×{n}{(known ? " packed" : "")}", MatMulKernel.Build, GraphOp.MatMul, null, known ? 1 : -1, [m, k], [k, n]);

void Conv(string name, long c, long size, long m, long kernel, long step, long group = 1)
{
    long pad = kernel / 2;
    Row($"{name} {c}×{size}² → {m}, {kernel}×{kernel}/{step}", ConvKernel.Build, GraphOp.Conv, new Arg.Conv([step, step], [1, 1], [pad, pad], [pad, pad], group), 1, [1, c, size, size], [m, c / group, kernel, kernel]);
}

if (what is "gemm" or "all")
{
    foreach (long s in new long[] { 32, 64, 96, 128, 192, 256, 384, 512, 768, 1024 })
        foreach (bool known in new[] { false, true }) Gemm(s, s, s, known);
    foreach ((long m, long n, long k) in new (long, long, long)[] { (128, 768, 768), (128, 3072, 768), (128, 768, 3072), (197, 768, 768), (1, 768, 768), (1, 3072, 768), (4, 768, 768), (1, 1000, 2048) })
        Gemm(m, n, k, true);
    Row("12 × 128×64·64×128", MatMulKernel.Build, GraphOp.MatMul, null, -1, [12, 128, 64], [12, 64, 128]);
}

void Int8(long m, long n, long k, int most)
{
    // Weights of up to 64 stay within 16 bits pair by pair, whatever the other side; larger ones mostly do not.
    using GraphBench bytes = new(g =>
    {
        using Tensor w = GraphBench.Random(new Random(2), DType.Int8, [k, n]);
        int[] wide = [.. w.ToArray<sbyte>().Select(v => (int)Math.Round(v * most / 128.0))];
        return g.MatMul(g.Cast(g.Input("a", DType.UInt8, [m, k]), DType.Int32), g.Const(Tensor.From(wide, [k, n])));
    }, threads), floats = new(g => g.MatMul(g.Input("a", DType.Float32, [m, k]), g.Const(GraphBench.Random(new Random(2), DType.Float32, [k, n]))), threads);
    double[] fastest = [double.MaxValue, double.MaxValue];
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < 2; i++) fastest[i] = Math.Min(fastest[i], (i == 0 ? bytes : floats).Time(0.1).Least);
    Console.WriteLine($"{m}×{k}·{k}×{n} weights up to {most,-4} {bytes.Kernel,-14} {fastest[0] * 1e6,10:F1} µs {bytes.Flops / fastest[0] / 1e9,8:F1} GFLOP/s, {fastest[1] / fastest[0]:F2} × the {floats.Flops / fastest[1] / 1e9:F1} of Float32");
}

if (what is "int8" or "all")
{
    foreach (int most in new[] { 64, 127 })
    {
        foreach (long s in new long[] { 64, 128, 256, 512, 1024 }) Int8(s, s, s, most);
        foreach ((long m, long n, long k) in new (long, long, long)[] { (25, 192, 192), (25, 768, 192), (25, 192, 768), (40, 1152, 288), (128, 768, 768), (1, 768, 768), (1, 3072, 768), (8, 768, 768) }) Int8(m, n, k, most);
    }
}

if (what is "conv" or "all")
{
    Conv("resnet", 3, 224, 64, 7, 2);
    Conv("resnet", 64, 56, 64, 3, 1);
    Conv("resnet", 64, 56, 256, 1, 1);
    Conv("resnet", 128, 28, 128, 3, 1);
    Conv("resnet", 256, 14, 256, 3, 1);
    Conv("resnet", 512, 7, 512, 3, 1);
    Conv("resnet", 256, 56, 128, 1, 2);
    Conv("mobile", 32, 112, 32, 3, 1, 32);
    Conv("mobile", 96, 112, 96, 3, 2, 96);
    Conv("mobile", 144, 56, 144, 3, 1, 144);
    Conv("mobile", 384, 14, 384, 3, 1, 384);
    Conv("mobile", 96, 14, 576, 1, 1);
    Conv("mobile", 960, 7, 160, 1, 1);
    Conv("grouped", 128, 28, 128, 3, 1, 32);
}

if (what is "other" or "all")
{
    Row("softmax rows 12×128×128", SoftmaxKernel.Build, GraphOp.Softmax, new Arg.Along(2), -1, [12, 128, 128]);
    Row("softmax axis 1 of 64×100×64", SoftmaxKernel.Build, GraphOp.Softmax, new Arg.Along(1), -1, [64, 100, 64]);
    Row("layer norm 128×768", NormKernel.Build, GraphOp.Norm, new Arg.Norm([1], 1e-5, true), -1, [128, 768]);
    Row("attention 12×128×64", AttentionKernel.Build, GraphOp.Attention, new Arg.Attention(0.125, false, 0, 0), -1, [1, 12, 128, 64], [1, 12, 128, 64], [1, 12, 128, 64]);
    Row("attention 12×1024×64 causal", AttentionKernel.Build, GraphOp.Attention, new Arg.Attention(0.125, true, 0, 0), -1, [1, 12, 1024, 64], [1, 12, 1024, 64], [1, 12, 1024, 64]);
    Row("attention one query, 1024 keys", AttentionKernel.Build, GraphOp.Attention, new Arg.Attention(0.125, false, 0, 0), -1, [1, 12, 1, 64], [1, 12, 1024, 64], [1, 12, 1024, 64]);
    Arg.Pool max = new(PoolKind.Max, [3, 3], [2, 2], [1, 1], [1, 1], [1, 1], [56, 56], false, 2, false, false);
    Row("max pool 64×112² 3×3/2", PoolKernel.Build, GraphOp.Pool, max, -1, [1, 64, 112, 112]);
    Row("fft 400 × 512", FftKernel.Build, GraphOp.Fft, new Arg.Fft(1, false), -1, [400, 512, 2]);
}
