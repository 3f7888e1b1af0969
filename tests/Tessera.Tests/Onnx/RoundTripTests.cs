using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

public sealed class RoundTripTests
{
    [Fact]
    public void Models_made_in_code_are_read_back_the_same()
    {
        foreach (OnnxModel model in Models.All())
        {
            using OnnxModel again = OnnxModel.Load(model.ToBytes());
            SameTree.Check(model, again);
            Assert.Equal(model.ToBytes(), again.ToBytes());
            model.Dispose();
        }
    }

    [Fact]
    public void A_default_is_marked_and_offsets_point_into_the_file()
    {
        using OnnxModel made = Models.Mlp();
        byte[] bytes = made.ToBytes();
        using OnnxModel m = OnnxModel.Load(bytes);
        Assert.Equal([false, true], m.Graph.Inputs.Select(i => i.HasDefault));
        Assert.All(m.Graph.Nodes, n => Assert.InRange(n.Offset, 1, bytes.Length - 1));
        Assert.Equal(3, m.Graph.Nodes.Select(n => n.Offset).Distinct().Count());
    }

    [Fact]
    public void A_model_is_saved_over_the_file_it_was_read_from()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("m.onnx");
        using (OnnxModel made = Models.EveryType()) made.Save(path);
        using (OnnxModel read = OnnxModel.Load(path)) read.Save(path);
        using OnnxModel expected = Models.EveryType(), again = OnnxModel.Load(path);
        SameTree.Check(expected, again);
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Large_tensors_go_to_a_second_file_when_asked()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("m.onnx");
        using OnnxModel made = Models.EveryType();
        made.Save(path, externalOver: 3);
        Assert.True(new FileInfo(path + ".data").Length > 4096);
        using OnnxModel again = OnnxModel.Load(path);
        SameTree.Check(made, again);
        OnnxModel bytes = OnnxModel.Load(File.ReadAllBytes(path), folder.Path);
        SameTree.Check(made, bytes);
    }

    [Fact]
    public void Weights_lie_in_the_mapped_file_and_writing_to_them_leaves_the_file_alone()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("m.onnx");
        using (OnnxModel made = Models.Mlp()) made.Save(path);
        byte[] before = File.ReadAllBytes(path);
        Tensor kept;
        using (OnnxModel read = OnnxModel.Load(path))
        {
            Tensor w = read.Graph.Initializers["w"], b = read.Graph.Initializers["b"];
            Assert.InRange(b.Address - w.Address, 24, before.Length);
            w.Span<float>()[0] = 42;
            kept = w.Share();
        }
        Assert.Equal(42, kept.Span<float>()[0]);
        kept.Dispose();
        Assert.Equal(before, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_model_beyond_two_gigabytes_is_read_in_place()
    {
        const long Big = (1L << 31) + 12345;
        using TemporaryFolder folder = new();
        string path = folder.File("big.onnx");
        using (FileStream s = File.Create(path))
        {
            using OnnxModel tail = Models.Mlp();
            byte[] head = Proto.Message(w => { w.Int64(1, 8); });
            byte[] tensor = Proto.Message(w => { w.PackedInt64s(1, [Big]); w.Int64(2, 2); w.Text(8, "big"); });
            byte[] rest = Proto.Message(w =>
            {
                w.Message(5, t => ValueWriter.WriteTensor(t, Tensor.From([1f, 2f], [2]), "tail"));
                w.Message(12, o => TypeWriter.WriteInfo(o, Models.Float("tail", 2)));
            });
            byte[] raw = Proto.Header(9, Big), initializer = Proto.Header(5, tensor.Length + raw.Length + Big);
            s.Write(head);
            s.Write(Proto.Header(7, initializer.Length + tensor.Length + raw.Length + Big + rest.Length));
            s.Write(initializer);
            s.Write(tensor);
            s.Write(raw);
            s.Position += Big - 1;
            s.WriteByte(77);
            s.Write(rest);
        }
        using OnnxModel m = OnnxModel.Load(path);
        Assert.Equal(Big, m.Graph.Initializers["big"].Bytes);
        Assert.Equal([0, 77], m.Graph.Initializers["big"].RawBytes(Big - 2, 2).ToArray());
        Assert.Equal([1f, 2f], m.Graph.Initializers["tail"].ToArray<float>());
    }

    [Fact]
    public void Sequences_and_optionals_are_read_back_the_same()
    {
        OnnxType.Tensor element = new(DType.Float32, null);
        Value[] values =
        [
            Tensor.From([1f], [1]), new SequenceValue([]), new SequenceValue([Tensor.Scalar(1f), Tensor.From([1f, 2f], [2])]),
            new OptionalValue(null), new OptionalValue(Value.Of(Tensor.Scalar(2f))), new OptionalValue(new SequenceValue([Tensor.Scalar(3f)])),
        ];
        OnnxType[] types = [element, new OnnxType.Sequence(element), new OnnxType.Sequence(element), new OnnxType.Optional(element), new OnnxType.Optional(element), new OnnxType.Optional(new OnnxType.Sequence(element))];
        for (int i = 0; i < values.Length; i++) SameTree.Check(values[i], OnnxValue.Read(OnnxValue.ToBytes(values[i], "v"), types[i]));
        Assert.Equal(DType.Float32, Assert.IsType<SequenceValue>(OnnxValue.Read(OnnxValue.ToBytes(values[1]), types[1])).Element);
    }
}
