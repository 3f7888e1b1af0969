using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Tests.Kernels;

public sealed class ProgramTests
{
    private static Graph Perceptron()
    {
        GraphBuilder g = new();
        Random r = new(1);
        Tensor w = Tensor.From([.. Enumerable.Range(0, 64).Select(_ => r.NextSingle())], [8, 8]), bias = Tensor.From([.. Enumerable.Range(0, 8).Select(_ => r.NextSingle())], [8]);
        Node x = g.Input("x", DType.Float32, [5, 8]);
        Node y = g.Max(g.Add(g.MatMul(x, g.Const(w)), g.Const(bias)), 0);
        return g.Build([g.Softmax(g.Transpose(y, 1, 0), 0), y]);
    }

    [Fact]
    public void A_product_takes_its_bias_and_activation_along_and_movement_costs_no_launch()
    {
        Programs.Wasm(Perceptron(), out IReadOnlyList<PlanStep> plan);
        Assert.Equal(["MatMul", "Softmax"], plan.Select(s => s.Kernel));
        Assert.Contains(plan[0].Nodes, n => n.Op == GraphOp.Max);
        Assert.Contains(plan[1].Nodes, n => n.Op == GraphOp.Transpose);
    }

    [Fact]
    public void Equal_kernels_are_one()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [8, 8]), y = g.Input("y", DType.Float32, [8, 8]);
        for (int i = 0; i < 5; i++) y = g.MatMul(x, y);
        Program p = Programs.Wasm(g.Build([y]), out _);
        Assert.Equal(5, p.Steps.Length);
        Assert.Single(p.Kernels);
    }

    [Fact]
    public void Equal_constants_are_one()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [4, 4]), y = x;
        for (int i = 0; i < 3; i++) y = g.MatMul(y, g.Const(Tensor.From([.. Enumerable.Range(0, 16).Select(k => (float)k)], [4, 4])));
        Program p = Programs.Wasm(g.Build([y]), out _);
        ProgramConstant c = Assert.Single(p.ConstantTable);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(p.Constants.Span.Slice((int)c.At, (int)c.Bytes))), c.Hash);
        Assert.Equal(p.Memory + c.Bytes, p.Footprint);
    }

    [Fact]
    public void What_was_written_is_read()
    {
        Program p = Programs.Wasm(Perceptron(), out _), q = ProgramReader.Read(ProgramWriter.Write(p));
        Assert.Equal((p.Target, p.Memory, p.Fault), (q.Target, q.Memory, q.Fault));
        Assert.Equal(p.Values, q.Values);
        Assert.Equal(p.Inputs, q.Inputs);
        Assert.Equal(p.Outputs, q.Outputs);
        Assert.Equal(p.ConstantTable, q.ConstantTable);
        Assert.Equal(p.Kernels, q.Kernels);
        Assert.Equal(p.Steps.Select(s => (s.Kernel, string.Join(',', s.Values), s.Items)), q.Steps.Select(s => (s.Kernel, string.Join(',', s.Values), s.Items)));
        Assert.True(p.Code.Span.SequenceEqual(q.Code.Span) && p.Constants.Span.SequenceEqual(q.Constants.Span));
    }

    [Fact]
    public void A_device_that_fills_memory_clears_around_a_value_in_a_step_and_others_in_kernels()
    {
        GraphBuilder g = new();
        Node x = g.Input("x", DType.Float32, [1, 4, 6, 6]), w = g.Const(Tensor.Zeros(DType.Float32, [4, 4, 3, 3]));
        Arg.Conv same = new([1, 1], [1, 1], [1, 1], [1, 1], 1);
        Graph graph = g.Build([g.Conv(g.Max(g.Conv(x, w, same), 0), w, same)]);
        Program clearing = Programs.WebGpu(graph, out IReadOnlyList<PlanStep> plan), q = ProgramReader.Read(ProgramWriter.Write(clearing));
        Assert.Equal(plan.Select(s => s.Kernel == "Clear"), clearing.Steps.Select(s => s.Kernel == ProgramStep.Clear));
        Assert.Equal(2, clearing.Steps.Count(s => s.Kernel == ProgramStep.Clear));
        Assert.Equal(clearing.Steps.Select(s => (s.Kernel, string.Join(',', s.Values), s.Items)), q.Steps.Select(s => (s.Kernel, string.Join(',', s.Values), s.Items)));
        Assert.DoesNotContain(Programs.Wasm(graph, out _).Steps, s => s.Kernel == ProgramStep.Clear);
        Assert.Throws<TesseraException>(() => ProgramReader.Read(ProgramWriter.Write(clearing with { Steps = [ProgramStep.Cleared(clearing.Values.Length)] })));
    }

    [Fact]
    public void Damaged_programs_are_refused_or_read_whole()
    {
        byte[] whole = ProgramWriter.Write(Programs.Wasm(Perceptron(), out _));
        Random r = Seeds.Random();
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] file = r.Next(3) == 0 ? whole[..r.Next(whole.Length)] : (byte[])whole.Clone();
            for (int k = r.Next(4); k > 0 && file.Length > 0; k--) file[r.Next(Math.Min(file.Length, r.Next(2) == 0 ? 16 : 2000))] = (byte)r.Next(256);
            try
            {
                Program p = ProgramReader.Read(file);
                Assert.All(p.Outputs, v => Assert.Equal(v.Bytes, p.Values[v.Value].Bytes));
                Assert.All(p.Values, v => Assert.InRange(v.Constant is null ? v.At + v.Bytes : 0, 0, p.Memory));
            }
            catch (TesseraException e)
            {
                refused++;
                Assert.True(e.Code is ErrorCode.MalformedModel or ErrorCode.ShapeMismatch, e.ToString());
            }
        }
        Assert.InRange(refused, 1, 2000);
    }

    [Fact]
    public void A_module_names_each_place_where_vectors_are_multiplied_or_added()
    {
        Program p = Programs.Wasm(Perceptron(), out _);
        ReadOnlySpan<byte> code = p.Code.Span, mark = [5, .. "fused"u8];
        int at = code.LastIndexOf(mark) + mark.Length, place = 0, products = 0;
        int Number(ReadOnlySpan<byte> from)
        {
            int value = 0;
            for (int shift = 0; ; shift += 7)
            {
                value |= (from[at] & 0x7F) << shift;
                if (from[at++] < 0x80) return value;
            }
        }
        int count = Number(code), open = 0;
        Assert.True(count >= 16 && count % 2 == 0, $"{count} places");
        for (int i = 0; i < count; i++)
        {
            place += Number(code);
            Assert.True(code[place] == 0xFD && code[place + 1] is 0xE6 or 0xE4 && code[place + 2] == 1, $"place {place}");
            bool isProduct = code[place + 1] == 0xE6;
            products += isProduct ? 1 : 0;
            open += isProduct ? 1 : -1;
            Assert.True(open >= 0, "a sum before its product");
        }
        Assert.Equal((code.Length, count / 2), (at, products));
    }

    [Fact]
    public void Values_whose_lives_overlap_lie_apart()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 50; round++)
        {
            StoragePlan plan = new(64);
            List<(long At, long Bytes, int First, int Last)> placed = [];
            long sum = 0;
            for (int i = 0; i < 40; i++)
            {
                int first = r.Next(20), last = first + r.Next(6);
                long bytes = 1 + r.Next(5000), at = plan.Place(bytes, first, last);
                Assert.Equal(0, at % 64);
                Assert.InRange(at + bytes, 1, plan.Bytes);
                Assert.All(placed.Where(p => p.First <= last && first <= p.Last), p => Assert.True(at + bytes <= p.At || p.At + p.Bytes <= at));
                placed.Add((at, bytes, first, last));
                sum += (bytes + 63) / 64 * 64;
            }
            Assert.True(plan.Bytes < sum, "nothing shares memory");
        }
    }
}
