using Tessera.Ir;

namespace Tessera.Tests.Cpu;

public sealed class KernelTests
{
    private static readonly DType[] Numeric = [DType.Float32, DType.Float64, DType.Float16, DType.BFloat16, DType.Int8, DType.Int16, DType.Int32, DType.Int64, DType.UInt8, DType.UInt16, DType.UInt32, DType.UInt64];

    private static double Tolerance(DType t) => t switch { DType.Float64 => 1e-12, DType.Float32 => 1e-5, DType.Float16 => 5e-3, DType.BFloat16 => 5e-2, _ => 0 };

    [Fact]
    public void Reductions_over_any_axes_of_any_strides()
    {
        Random r = Seeds.Random();
        foreach (DType type in Numeric)
            for (int round = 0; round < 6; round++)
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [1 + r.Next(9), 1 + r.Next(70), 1 + r.Next(9), 1 + r.Next(40)]);
                if (r.Next(3) == 0) x = c.G.Transpose(x, [.. Enumerable.Range(0, 4).OrderBy(_ => r.Next())]);
                int[] axes = [.. Enumerable.Range(0, 4).Where(_ => r.Next(2) == 0)];
                bool keep = r.Next(2) == 0;
                // The reference multiplies in float64 and long; only sums, extrema stay in range for narrow types.
                c.Check(0, c.G.Reduce(GraphOp.ReduceMax, x, keep, axes), c.G.Reduce(GraphOp.ReduceMin, x, keep, axes));
                if (type.IsFloat()) c.CheckSum(x, keep, axes);
                else c.Check(0, c.G.Sum(x, keep, axes));
                Node small = c.Input(type, [3, 4], () => 1 + r.Next(2));
                c.Check(Tolerance(type), c.G.Reduce(GraphOp.ReduceProd, small, keep, 1));
            }
    }

    [Fact]
    public void Long_and_wide_reductions_are_shared_out()
    {
        CpuCase c = new(Seeds.Random());
        Node x = c.Input(DType.Float32, [3, 300_001]), y = c.Input(DType.Float32, [700, 1200]);
        c.Check(0, c.G.Reduce(GraphOp.ReduceMax, x, true));
        c.CheckSum(x, false, 1);
        c.CheckSum(x, false, 0, 1);
        c.CheckSum(y, false, 0);
        c.CheckSum(y, false, 1);
    }

    [Fact]
    public void Arg_reductions_ties_and_cumulative_sums()
    {
        Random r = Seeds.Random();
        foreach (DType type in Numeric)
            for (int axis = 0; axis < 3; axis++)
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [1 + r.Next(6), 1 + r.Next(6), 1 + r.Next(6)], () => r.Next(4)), y = c.Input(type, x.Shape, () => type.IsFloat() && r.Next(5) == 0 ? double.NaN : r.Next(4));
                c.Check(0, [.. from op in (GraphOp[])[GraphOp.ArgMax, GraphOp.ArgMin] from last in (bool[])[false, true] select c.G.Emit(op, [y], new Arg.ArgReduce(axis, false, last))]);
                Node Arg(GraphOp op, bool last) => c.G.Emit(op, [x], new Arg.ArgReduce(axis, r.Next(2) == 0, last));
                c.Check(Tolerance(type), Arg(GraphOp.ArgMax, false), Arg(GraphOp.ArgMin, true), Arg(GraphOp.ArgMax, true), c.G.CumSum(x, axis), c.G.CumSum(x, axis, true, true));
            }
    }

    [Fact]
    public void Arg_reductions_of_long_rows()
    {
        Random r = Seeds.Random();
        foreach (DType type in Numeric)
            for (int round = 0; round < 12; round++)
            {
                CpuCase c = new(r);
                int kinds = round % 3 == 0 ? 2 : 50;
                Node x = c.Input(type, [1 + r.Next(4), 60 + r.Next(300)], () => type.IsFloat() && round % 4 == 0 && r.Next(90) == 0 ? double.NaN : round % 3 == 1 ? 0 : r.Next(kinds));
                c.Check(0, [.. from op in (GraphOp[])[GraphOp.ArgMax, GraphOp.ArgMin] from last in (bool[])[false, true] select c.G.Emit(op, [x], new Arg.ArgReduce(1, true, last))]);
            }
    }

    [Fact]
    public void Movement_of_every_element_size()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[.. Numeric, DType.Bool, DType.Int4, DType.UInt4, DType.Float8E5M2])
            for (int round = 0; round < 4; round++)
            {
                CpuCase c = new(r);
                long a = 1 + r.Next(9), b = 1 + r.Next(50), d = 1 + r.Next(50);
                Node x = c.Input(type, [a, b, d], type == DType.Bool ? () => r.Next(2) : null), y = c.Input(type, [a, 2, d], type == DType.Bool ? () => r.Next(2) : null);
                Node t = c.G.Transpose(x, 2, 0, 1);
                c.Check(0, t, c.G.Transpose(x, 0, 2, 1), c.G.Reshape(t, [a * b, d]), c.G.Concat(1, x, y, x), c.G.Concat(0, t, t), c.G.Slice(x, 1, b - 1, b, -1),
                    c.G.Broadcast(c.G.Slice(x, 1, 0, 1), [2, a, 3, d]), c.G.Reshape(x, [a, b * d]));
            }
    }

    [Fact]
    public void Transposes_around_the_sizes_of_blocks()
    {
        Random r = Seeds.Random();
        int[] sizes = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 100];
        foreach (DType type in (DType[])[DType.UInt8, DType.Int16, DType.Float32, DType.Float64])
            for (int round = 0; round < 40; round++)
            {
                CpuCase c = new(r);
                long a = sizes[r.Next(sizes.Length)], b = sizes[r.Next(sizes.Length)], d = 1 + r.Next(3);
                Node x = c.Input(type, [d, a, b]);
                c.Check(0, c.G.Transpose(x, 0, 2, 1), c.G.Transpose(x, 2, 0, 1), c.G.Transpose(c.G.Slice(x, 2, b - 1, b, -1), 0, 2, 1), c.G.Transpose(c.G.Slice(x, 1, 0, (a + 1) / 2, 2), 2, 1, 0));
            }
    }

    [Fact]
    public void Reductions_of_short_rows_and_narrow_columns()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[DType.Float32, DType.Float64, DType.Int32, DType.UInt8])
            for (int round = 0; round < 20; round++)
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [1 + r.Next(40), 1 + r.Next(40), 1 + r.Next(27)]);
                foreach (int axis in (int[])[0, 1, 2])
                {
                    c.Check(0, c.G.Reduce(GraphOp.ReduceMax, x, true, axis), c.G.Reduce(GraphOp.ReduceMin, c.G.Transpose(x, 2, 0, 1), false, axis));
                    if (type.IsFloat()) c.CheckSum(x, false, axis);
                    else c.Check(0, c.G.Sum(x, false, axis));
                }
            }
    }

    [Fact]
    public void Padding_in_all_modes()
    {
        Random r = Seeds.Random();
        foreach (PadMode mode in Enum.GetValues<PadMode>())
            for (int round = 0; round < 25; round++)
            {
                CpuCase c = new(r);
                // Axes of one element and axes without padding run together.
                long tail = r.Next(3) == 0 ? 1 : 3 + r.Next(4);
                Node x = c.Input(round % 2 == 0 ? DType.Float32 : DType.Int64, [2 + r.Next(4), 3 + r.Next(4), 3 + r.Next(4), tail]);
                if (r.Next(3) == 0) x = c.G.Transpose(x, 2, 1, 0, 3);
                if (r.Next(3) == 0) x = c.G.Slice(x, 1, 1, 2, 1);
                long[] Some() => [.. x.Shape.ToArray().Select(n => r.Next(2) == 0 ? 0L : r.Next((int)Math.Min(n, 3)))];
                c.Check(0, c.G.Pad(x, mode, Ints.Of(Some()), Ints.Of(Some()), c.G.Scalar(x, 7)));
            }
    }

    [Fact]
    public void Gathers_and_scatters()
    {
        Random r = Seeds.Random();
        foreach (DType type in (DType[])[.. Numeric, DType.Bool])
            for (int round = 0; round < 4; round++)
            {
                CpuCase c = new(r);
                Func<double>? draw = type == DType.Bool ? () => r.Next(2) : null;
                long a = 2 + r.Next(5), b = 2 + r.Next(5), d = 1 + r.Next(5);
                DType index = r.Next(2) == 0 ? DType.Int64 : DType.Int32;
                Node x = c.Input(type, [a, b, d], draw);
                Node i = c.Input(index, [2, 3], () => r.Next((int)-b, (int)b)), e = c.Input(index, [a, 3, d], () => r.Next((int)-b, (int)b));
                Node nd = c.Input(index, [4, 2], () => r.Next(2)), bn = c.Input(index, [a, 3, 1], () => r.Next((int)-b, (int)b));
                Node u = c.Input(type, [a, 3, d], draw), v = c.Input(type, [4, d], draw);
                ScatterReduction how = type == DType.Bool ? ScatterReduction.None : (ScatterReduction)r.Next(5);
                c.Check(Tolerance(type) * 3, c.G.Gather(x, i, 1), c.G.Gather(c.G.Transpose(x, 1, 0, 2), i, 0), c.G.GatherElements(x, e, 1), c.G.Emit(GraphOp.GatherNd, [x, nd], new Arg.Along(0)), c.G.Emit(GraphOp.GatherNd, [x, bn], new Arg.Along(1)),
                    c.G.Emit(GraphOp.ScatterElements, [x, e, u], new Arg.Scatter(1, how)), c.G.Emit(GraphOp.ScatterNd, [x, nd, v], new Arg.Scatter(0, how)));
            }
    }

    [Fact]
    public void Gathers_of_constant_neighbours()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 40; round++)
        {
            CpuCase c = new(r);
            int n = 1 + r.Next(60), count = 1 + r.Next(100), times = 1 + r.Next(4);
            long[] index = r.Next(4) switch
            {
                0 => [.. Enumerable.Range(0, n * times).Select(i => (long)(i / times))],
                1 => [.. Enumerable.Range(0, count).Select(i => (long)(i * n / count))],
                2 => [.. Enumerable.Range(0, n * times).Select(i => n - 1 - (long)(i / times))],
                _ => [.. Enumerable.Range(0, count).Select(i => Math.Clamp(i * n / count + r.Next(-3, 4), 0L, n - 1))],
            };
            Node i = c.G.Const(Tensor.From(index, [index.Length]));
            c.Check(0, [.. from type in (DType[])[DType.Float32, DType.Int32, DType.Float64, DType.UInt8] select c.G.Gather(c.Input(type, [1 + r.Next(4), n]), i, 1)]);
        }
    }

    [Fact]
    public void Scatters_to_constant_places()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 20; round++)
        {
            CpuCase c = new(r);
            int rows = 1 + r.Next(12);
            long[] index = [.. Enumerable.Range(0, rows).SelectMany(k => round % 2 == 0 ? new long[] { k / 4, k % 4 } : [r.Next(-3, 3), r.Next(-4, 4)])];
            Node x = c.Input(DType.Float32, [3, 4, 5]), u = c.Input(DType.Float32, [rows, 5]), i = c.G.Const(Tensor.From(index, [rows, 2]));
            c.Check(0, c.G.Emit(GraphOp.ScatterNd, [c.G.Add(x, 1), i, u], new Arg.Scatter(0, ScatterReduction.None)), c.G.Emit(GraphOp.ScatterNd, [x, i, u], new Arg.Scatter(0, ScatterReduction.None)));
        }
    }

    [Fact]
    public void Indices_outside_are_refused_naming_the_node()
    {
        CpuCase c = new(Seeds.Random());
        c.G.Origin = "lookup";
        Node x = c.Input(DType.Float32, [4, 3]), i = c.Input([5L], [1]), e = c.Input([0L, 0, -7], [1, 3]);
        foreach (Node n in (Node[])[c.G.Gather(x, i, 0), c.G.GatherElements(x, e, 0)])
        {
            using Tessera.Engines.Cpu.CpuExecutable cpu = new(c.G.Build([n]), new PrepareOptions(1, MemoryPool.Shared, false));
            using Tensor t = Tensor.Zeros(DType.Float32, [4, 3]);
            TesseraException error = Assert.Throws<TesseraException>(() => cpu.Run([t, Tensor.From([5L], [1]), Tensor.From([0L, 0, -7], [1, 3])], new Tensor?[1], default));
            Assert.Contains("lookup", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Best_k_with_ties_and_nan()
    {
        Random r = Seeds.Random();
        foreach (DType type in Numeric)
            for (int axis = 0; axis < 2; axis++)
            {
                CpuCase c = new(r);
                Node x = c.Input(type, [5 + r.Next(50), 5 + r.Next(50)], () => type.IsFloat() && r.Next(20) == 0 ? double.NaN : r.Next(10));
                Node t = c.G.Emit(GraphOp.TopK, [x], new Arg.TopK(1 + r.Next(5), axis, r.Next(2) == 0, true));
                c.Check(0, c.G.Part(t, 0), c.G.Part(t, 1));
            }
    }

    [Fact]
    public void Random_values_are_the_reference_s()
    {
        CpuCase c = new(Seeds.Random());
        c.Check(1e-6, [.. from type in (DType[])[DType.Float32, DType.Float64, DType.Float16] from kind in Enum.GetValues<RandomKind>() select c.G.Random(kind, type, [10_001], -1, 3, 42)]);
    }

    [Fact]
    public void Strings_move_compare_and_convert()
    {
        CpuCase c = new(Seeds.Random());
        Node s = c.Input(["a", "b", "c", "d", "e", "f"], [2, 3]), t = c.Input(["b", "x"], [2, 1]), n = c.Input(["1.5", "-2", " 7 ", "INF"], [4]);
        Node i = c.Input([1L, -1], [2]), f = c.Input([true, false], [2, 1]), x = c.Input([1.5f, -3f, float.NaN, 1e10f], [4]), k = c.Input([1L, -5], [2]);
        c.Check(0, c.G.Gather(s, i, 1), c.G.Concat(1, s, t), c.G.Transpose(s, 1, 0), c.G.Reshape(s, [3, 2]), c.G.Eq(s, t), c.G.Where(f, s, t), c.G.Cast(n, DType.Float32), c.G.Cast(x, DType.String),
            c.G.Cast(k, DType.String), s, c.G.Slice(s, 1, 2, 3, -1), c.G.Broadcast(t, [2, 2]));
    }

    [Fact]
    public void Host_functions_see_contiguous_tensors()
    {
        CpuCase c = new(Seeds.Random());
        Node x = c.Input(DType.Float32, [3, 4]), s = c.Input(["p", "q"], [2]);
        Node h = c.G.Host("reverse", [c.G.Transpose(x, 1, 0), s], [new(DType.Float32, [12]), new(DType.String, [2])], t =>
        {
            float[] v = t[0].ToArray<float>();
            Array.Reverse(v);
            return [Tensor.From(v, [12]), Tensor.FromStrings([t[1].Strings[1], t[1].Strings[0]], [2])];
        });
        c.Check(0, c.G.Part(h, 0), c.G.Part(h, 1), c.G.Add(c.G.Part(h, 0), 1));
    }
}
