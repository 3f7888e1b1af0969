using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class PoolTests
{
    [Fact]
    public void Any_window_kind_and_type()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 200; round++)
        {
            int rank = 1 + r.Next(3);
            PoolKind kind = (PoolKind)r.Next(3);
            bool indices = kind == PoolKind.Max && r.Next(2) == 0;
            long[] kernel = new long[rank], steps = new long[rank], dilations = new long[rank], before = new long[rank], after = new long[rank], size = new long[rank], sizes = new long[rank];
            for (int a = 0; a < rank; a++)
            {
                (kernel[a], steps[a], dilations[a]) = (r.Next(1, 5), r.Next(1, 4), r.Next(1, 3));
                (before[a], after[a]) = (r.Next((int)kernel[a]), r.Next((int)kernel[a]));
                long window = (kernel[a] - 1) * dilations[a] + 1;
                size[a] = window + r.Next(rank == 1 ? 60 : 12);
                // Rounded up as ceil_mode does, the last window beginning inside the input.
                sizes[a] = (size[a] + before[a] + after[a] - window + (r.Next(2) == 0 ? steps[a] - 1 : 0)) / steps[a] + 1;
                while ((sizes[a] - 1) * steps[a] >= size[a] + before[a] && sizes[a] > 1) sizes[a]--;
            }
            double p = r.Next(1, 4);
            Arg.Pool arg = new(kind, Ints.Of(kernel), Ints.Of(steps), Ints.Of(dilations), Ints.Of(before), Ints.Of(after), Ints.Of(sizes), r.Next(2) == 0, p, indices, r.Next(2) == 0);
            long[] shape = [r.Next(1, 3), r.Next(1, 4), .. size];
            Tensor x = r.Next(5) switch { 0 => Samples.Float64(r, shape), 1 when kind == PoolKind.Max => Samples.Bits<sbyte>(r, shape), 2 when kind == PoolKind.Max => Samples.Bits<byte>(r, shape), _ => Samples.Float32(r, shape) };
            Tensor[] y = KernelRun.Run(PoolKernel.Build, GraphOp.Pool, arg, [x], threads: 1 + r.Next(2));
            (double[] values, long[] at) = Definitions.Pool(x, arg);
            // Windows wholly in the padding have no defined maximum or mean.
            for (int i = 0; i < values.Length; i++) if (double.IsInfinity(values[i]) || double.IsNaN(values[i])) (values[i], at[i]) = (Samples.Values(y[0])[i], indices ? y[1].ToArray<long>()[i] : 0);
            Samples.Close(values, y[0], 1e-5, $"{x} {arg}");
            if (indices) Assert.Equal(at, y[1].ToArray<long>());
        }
    }

    [Fact]
    public void Planes_of_any_size_with_NaN_and_infinities()
    {
        Random r = Seeds.Random();
        long[] sizes = [1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 24, 31, 33, 65, 130];
        for (int round = 0; round < 120; round++)
        {
            PoolKind kind = (PoolKind)r.Next(3);
            long[] size = [sizes[r.Next(sizes.Length)], sizes[r.Next(sizes.Length)]], kernel = [r.Next(1, 8), r.Next(1, 14)], steps = [r.Next(1, 4), r.Next(1, 4)], before = new long[2], after = new long[2], sizesOut = new long[2];
            for (int a = 0; a < 2; a++)
            {
                kernel[a] = Math.Min(kernel[a], size[a]);
                (before[a], after[a]) = (r.Next((int)kernel[a]), r.Next((int)kernel[a]));
                sizesOut[a] = (size[a] + before[a] + after[a] - kernel[a]) / steps[a] + 1;
            }
            Arg.Pool arg = new(kind, Ints.Of(kernel), Ints.Of(steps), [1, 1], Ints.Of(before), Ints.Of(after), Ints.Of(sizesOut), r.Next(2) == 0, r.Next(1, 3), false, false);
            Tensor x = Samples.Float32(r, 1, r.Next(1, 4), size[0], size[1]);
            if (kind == PoolKind.Max) for (int i = r.Next(3); i > 0; i--) x.Span<float>()[r.Next((int)x.Count)] = r.Next(3) switch { 0 => float.NaN, 1 => float.PositiveInfinity, _ => float.NegativeInfinity };
            (double[] values, _) = Definitions.Pool(x, arg);
            // At most 91 elements of at most 1.
            Samples.Close(values, KernelRun.Run(PoolKernel.Build, GraphOp.Pool, arg, [x], threads: 1 + r.Next(2), epilogue: false)[0], 1e-5, $"{x} {arg}");
        }
    }

    [Fact]
    public void Bytes_of_any_width()
    {
        Random r = Seeds.Random();
        long[] sizes = [1, 2, 5, 8, 13, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130, 300];
        for (int round = 0; round < 150; round++)
        {
            long[] size = [r.Next(1, 40), sizes[r.Next(sizes.Length)]], kernel = [r.Next(1, 6), r.Next(1, 14)], steps = [r.Next(1, 4), r.Next(1, 5)], before = new long[2], after = new long[2], sizesOut = new long[2];
            for (int a = 0; a < 2; a++)
            {
                kernel[a] = Math.Min(kernel[a], size[a]);
                (before[a], after[a]) = (r.Next((int)kernel[a]), r.Next((int)kernel[a]));
                sizesOut[a] = (size[a] + before[a] + after[a] - kernel[a]) / steps[a] + 1;
            }
            Arg.Pool arg = new(PoolKind.Max, Ints.Of(kernel), Ints.Of(steps), [1, 1], Ints.Of(before), Ints.Of(after), Ints.Of(sizesOut), false, 0, false, false);
            long[] shape = [r.Next(1, 3), r.Next(1, 6), .. size];
            Tensor x = r.Next(2) == 0 ? Samples.Bits<sbyte>(r, shape) : Samples.Bits<byte>(r, shape);
            Samples.Close(Definitions.Pool(x, arg).Values, KernelRun.Run(PoolKernel.Build, GraphOp.Pool, arg, [x], threads: 1 + r.Next(2), epilogue: false)[0], 0, $"{x} {arg}");
        }
    }

    [Fact]
    public void Global()
    {
        Random r = Seeds.Random();
        foreach (PoolKind kind in Enum.GetValues<PoolKind>())
            foreach (long n in new long[] { 1, 7, 16, 33, 100 })
            {
                Tensor x = Samples.Float32(r, 3, 5, n, 3);
                Arg.Pool p = new(kind, [n, 3], [1, 1], [1, 1], [0, 0], [0, 0], [1, 1], false, 2, false, false);
                Samples.Close(Definitions.Pool(x, p).Values, KernelRun.Run(PoolKernel.Build, GraphOp.Pool, p, [x], threads: 2, epilogue: false)[0], 1e-5, $"{kind} {n}");
            }
    }
}
