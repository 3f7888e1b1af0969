using System.Text;
using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

public sealed class MalformedTests
{
    [Fact]
    public void Every_truncation_is_refused_with_its_place()
    {
        foreach (OnnxModel model in Models.All())
        {
            byte[] bytes = model.ToBytes();
            int refused = 0;
            for (int n = 0; n < bytes.Length; n++)
            {
                // Cut between two top-level fields after the graph, a file is a shorter model.
                try { OnnxModel.Load(bytes.AsMemory(0, n)).Dispose(); }
                catch (TesseraException e)
                {
                    Assert.Equal(ErrorCode.MalformedModel, e.Code);
                    refused++;
                }
            }
            Assert.InRange(refused, bytes.Length - 8, bytes.Length);
        }
    }

    [Theory]
    [InlineData("text is no model", "This is a text, no protobuf at all.")]
    [InlineData("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00")]
    public void Other_files_are_recognised(string _, string text) => Refused(Encoding.UTF8.GetBytes(text), ErrorCode.MalformedModel, "byte 0");

    [Fact]
    public void Wrong_wire_encodings_are_refused()
    {
        Refused([0x0B], ErrorCode.MalformedModel, "groups");
        Refused([0x0E], ErrorCode.MalformedModel, "wire type 6");
        Refused([0x00, 0x00], ErrorCode.MalformedModel, "field number 0");
        Refused([0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], ErrorCode.MalformedModel, "64 bits");
        Refused([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], ErrorCode.MalformedModel, $"claims {long.MaxValue}");
        Refused([0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], ErrorCode.MalformedModel, "claims 18446744073709551615");
        Refused([0x0D, 0, 0, 0, 0], ErrorCode.MalformedModel, "encoded as Fixed32");
        Refused([0x08, 0x08, 0x12, 0x02, 0xC3, 0x28], ErrorCode.MalformedModel, "UTF-8");
    }

    [Fact]
    public void Nesting_without_end_is_refused()
    {
        byte[] graph = [];
        for (int i = 0; i < 6000; i++) graph = [.. Proto.Header(i % 3 == 0 ? 6 : i % 3 == 1 ? 5 : 1, graph.Length), .. graph];
        Refused([0x08, 8, .. Proto.Header(7, graph.Length), .. graph], ErrorCode.MalformedModel, "nested deeper");

        byte[] type = [];
        for (int i = 0; i < 5000; i++) type = [.. Proto.Header(i % 2 == 0 ? 1 : 4, type.Length), .. type];
        Refused(Proto.Model(g => g.Message(11, v => { v.Text(1, "x"); v.Bytes(2, type); })), ErrorCode.MalformedModel, "nested deeper");
    }

    [Fact]
    public void Graphs_nested_too_deep_are_refused()
    {
        OnnxGraph g = new() { Outputs = [Models.Float("x")] };
        for (int i = 0; i < 80; i++) g = new() { Nodes = [Models.Node("If", [], [$"y{i}"], OnnxAttribute.Of("then_branch", g))] };
        OnnxModel model = Models.Of(g);
        Assert.Contains("nested", Assert.Throws<TesseraException>(model.Validate).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 1L << 62, 4L }, "2^60")]
    [InlineData(new[] { long.MaxValue, 0, long.MaxValue }, "2^60")]
    [InlineData(new[] { -1L }, "extent -1")]
    [InlineData(new[] { 1_000_000_000_000L }, "needs 4000000000000 bytes")]
    [InlineData(new[] { 3L }, "needs 12 bytes")]
    public void Extents_must_fit_the_data(long[] dims, string says) => Refused(Proto.Initializer(t =>
    {
        t.Int64s(1, dims);
        t.Int64(2, 1);
        t.Bytes(9, new byte[8]);
    }), ErrorCode.MalformedModel, says);

    [Fact]
    public void Typed_data_must_fit_the_extents_and_the_type()
    {
        Refused(Proto.Initializer(t => { t.Int64(1, 1L << 50); t.Int64(2, 7); t.PackedInt64s(7, [1, 2]); }), ErrorCode.MalformedModel, "int64_data");
        Refused(Proto.Initializer(t => { t.Int64(1, 2); t.Int64(2, 7); t.PackedInt64s(5, [1, 2]); }), ErrorCode.MalformedModel, "int32_data");
        Refused(Proto.Initializer(t => { t.Int64(1, 2); t.Int64(2, 1); t.Float(4, 1); t.Int64(5, 1); }), ErrorCode.MalformedModel, "both float_data and int32_data");
        Refused(Proto.Initializer(t => { t.Int64(1, 1L << 40); t.Int64(2, 8); }), ErrorCode.MalformedModel, "string_data");
        Refused(Proto.Initializer(t => { t.Int64(1, 1); t.Int64(2, 8); t.Bytes(9, [1]); }), ErrorCode.MalformedModel, "string_data");
        Refused(Proto.Initializer(t => { t.Int64(1, 1); t.Int64(2, 1); t.Bytes(4, [1, 2, 3]); }), ErrorCode.MalformedModel, "no whole number");
        Refused(Proto.Initializer(t => t.Bytes(9, [1, 2, 3, 4])), ErrorCode.MalformedModel, "no element type");
        Refused(Proto.Initializer(t => t.Int64(2, 99)), ErrorCode.MalformedModel, "99 does not exist");
    }

    [Theory]
    [InlineData(14, "complex")]
    [InlineData(15, "complex")]
    [InlineData(23, "float4e2m1")]
    [InlineData(24, "float8e8m0")]
    [InlineData(25, "2-bit")]
    public void Types_without_a_definition_are_unsupported(int code, string says) =>
        Refused(Proto.Initializer(t => t.Int64(2, code)), ErrorCode.Unsupported, says);

    [Fact]
    public void Rank_nine_and_segments_are_unsupported()
    {
        Refused(Proto.Initializer(t => { t.Int64s(1, [1, 1, 1, 1, 1, 1, 1, 1, 1]); t.Int64(2, 1); }), ErrorCode.Unsupported, "rank 9");
        Refused(Proto.Initializer(t => t.Message(3, s => s.Int64(1, 0))), ErrorCode.Unsupported, "segments");
    }

    [Theory]
    [InlineData(new[] { 6L }, "outside")]
    [InlineData(new[] { -1L }, "outside")]
    [InlineData(new[] { 1L, 2L }, "indices")]
    public void Sparse_indices_must_fit(long[] indices, string says) => Refused(Sparse(indices, [2, 3]), ErrorCode.MalformedModel, says);

    [Fact]
    public void A_sparse_tensor_is_not_unfolded_beyond_what_the_file_justifies() => Refused(Sparse([0], [1 << 20, 1 << 10]), ErrorCode.Unsupported, "unfold");

    [Fact]
    public void Attributes_are_checked()
    {
        Refused(Attribute(a => { a.Text(1, "a"); a.Int64(20, 2); a.Float(2, 1); }), ErrorCode.MalformedModel, "declared as Int and holds Float");
        Refused(Attribute(a => { a.Text(1, "a"); a.Int64(3, 2); a.Float(2, 1); }), ErrorCode.MalformedModel, "'a' holds");
        Refused(Attribute(a => { a.Text(1, "a"); a.Int64(20, 4); }), ErrorCode.MalformedModel, "holds nothing");
        Refused(Attribute(a => { a.Text(1, "a"); a.Int64(20, 77); }), ErrorCode.MalformedModel, "kind 77");
        Refused(Attribute(a => a.Int64(3, 1)), ErrorCode.MalformedModel, "no name");
        using OnnxModel old = OnnxModel.Load(Attribute(a => { a.Text(1, "a"); a.Int64s(8, [1, 2]); }));
        Assert.Equal([1L, 2L], old.Graph.Nodes[0].Attributes["a"].Ints);
        Assert.Contains("holds Ints; its operator needs Float", Assert.Throws<TesseraException>(() => old.Graph.Nodes[0].Attributes["a"].Float).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_and_pipes_are_refused()
    {
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => OnnxModel.Load("/nowhere/model.onnx")).Code);
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => OnnxModel.Load(Path.GetTempPath())).Code);
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => OnnxModel.Load("")).Code);
        if (File.Exists("/dev/zero")) Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => OnnxModel.Load("/dev/zero")).Code);
    }

    private static byte[] Sparse(long[] indices, long[] dims) => Proto.Model(g => g.Message(15, s =>
    {
        s.Message(1, v => ValueWriter.WriteTensor(v, Tensor.From([5f], [1]), "w"));
        s.Message(2, i => ValueWriter.WriteTensor(i, Tensor.From(indices, [indices.Length]), ""));
        s.Int64s(3, dims);
    }));

    private static byte[] Attribute(Action<WireWriter> attribute) => Proto.Model(g => g.Message(1, n =>
    {
        n.Text(4, "Relu");
        n.Message(5, attribute);
    }));

    private static void Refused(byte[] model, ErrorCode code, string says)
    {
        TesseraException e = Assert.Throws<TesseraException>(() => OnnxModel.Load(model));
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Equal(code, e.Code);
    }
}
