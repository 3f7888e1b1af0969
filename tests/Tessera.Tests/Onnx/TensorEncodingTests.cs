using System.Buffers.Binary;
using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

/// <summary>Every form in which TensorProto may hold elements.</summary>
public sealed class TensorEncodingTests
{
    [Theory]
    [InlineData(DType.Int32, 4)]
    [InlineData(DType.Int16, 2)]
    [InlineData(DType.Int8, 1)]
    [InlineData(DType.UInt16, 2)]
    [InlineData(DType.UInt8, 1)]
    [InlineData(DType.Float16, 2)]
    [InlineData(DType.BFloat16, 2)]
    [InlineData(DType.Float8E4M3FN, 1)]
    [InlineData(DType.Float8E4M3FNUZ, 1)]
    [InlineData(DType.Float8E5M2, 1)]
    [InlineData(DType.Float8E5M2FNUZ, 1)]
    public void Narrow_types_lie_in_int32_data(DType type, int size)
    {
        long[] values = type is DType.Int32 or DType.Int16 or DType.Int8 ? [0, 1, -1, 127, -128] : [0, 1, 255, 127, 128];
        byte[] expected = new byte[values.Length * 8];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(expected.AsSpan(i * size), values[i]);
        foreach (bool packed in (bool[])[true, false])
        {
            using Tensor t = Read(type, [5], w => Ints(w, 5, values, packed));
            Assert.Equal(expected[..(5 * size)], t.RawBytes().ToArray());
        }
    }

    [Fact]
    public void Bools_are_zero_or_one_whatever_the_file_says()
    {
        using Tensor typed = Read(DType.Bool, [3], w => Ints(w, 5, [0, 1, 256], packed: true)), raw = Read(DType.Bool, [3], w => w.Bytes(9, [0, 255, 2]));
        Assert.Equal([0, 1, 1], typed.RawBytes().ToArray());
        Assert.Equal([0, 1, 1], raw.RawBytes().ToArray());
    }

    [Theory]
    [InlineData(DType.Int4)]
    [InlineData(DType.UInt4)]
    public void Four_bit_elements_lie_two_to_an_entry(DType type)
    {
        using Tensor t = Read(type, [5], w => Ints(w, 5, [0x21, 0xF3, 0x05], packed: true)), raw = Read(type, [5], w => w.Bytes(9, [0x21, 0xF3, 0x05]));
        Assert.Equal([0x21, 0xF3, 0x05], t.RawBytes().ToArray());
        Assert.Equal([0x21, 0xF3, 0x05], raw.RawBytes().ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Wide_integers_lie_in_their_own_fields(bool packed)
    {
        using Tensor i = Read(DType.Int64, [3], w => Ints(w, 7, [long.MinValue, -1, long.MaxValue], packed));
        using Tensor u = Read(DType.UInt64, [2], w => Ints(w, 11, [-1, 5], packed));
        using Tensor v = Read(DType.UInt32, [2], w => Ints(w, 11, [uint.MaxValue, 5], packed));
        Assert.Equal([long.MinValue, -1, long.MaxValue], i.ToArray<long>());
        Assert.Equal([ulong.MaxValue, 5], u.ToArray<ulong>());
        Assert.Equal([uint.MaxValue, 5], v.ToArray<uint>());
    }

    [Fact]
    public void Floats_may_be_packed_in_one_run_in_several_or_single()
    {
        byte[] a = [0, 0, 128, 63], b = [0, 0, 0, 64, 0, 0, 64, 64];
        float[] expected = [1, 2, 3];
        using Tensor one = Read(DType.Float32, [3], w => w.Bytes(4, [.. a, .. b]));
        using Tensor runs = Read(DType.Float32, [3], w => { w.Bytes(4, a); w.Bytes(4, b); });
        using Tensor single = Read(DType.Float32, [3], w => w.Floats(4, expected));
        using Tensor mixed = Read(DType.Float32, [3], w => { w.Float(4, 1); w.Bytes(4, b); });
        foreach (Tensor t in (Tensor[])[one, runs, single, mixed]) Assert.Equal(expected, t.ToArray<float>());
        using Tensor doubles = Read(DType.Float64, [2], w => w.Bytes(10, [.. BitConverter.GetBytes(0.1), .. BitConverter.GetBytes(-0.0)]));
        Assert.Equal([0.1, -0.0], doubles.ToArray<double>());
    }

    [Fact]
    public void Extents_may_be_packed_or_single_and_empty_tensors_need_no_data()
    {
        using Tensor packed = OnnxTensor.Read(Proto.Message(w => { w.PackedInt64s(1, [1, 2]); w.Int64(2, 3); w.Bytes(9, [7, 8]); }));
        Assert.Equal(Shape.Of(1, 2), packed.Shape);
        using Tensor empty = Read(DType.Float32, [0, 1L << 40], _ => { }), strings = Read(DType.String, [0], _ => { });
        Assert.Equal((0, 0), (empty.Count, strings.Count));
    }

    [Fact]
    public void Sparse_initializers_are_unfolded()
    {
        foreach (bool linear in (bool[])[true, false])
        {
            using OnnxModel m = OnnxModel.Load(Proto.Model(g =>
            {
                g.Message(15, s =>
                {
                    s.Message(1, v => ValueWriter.WriteTensor(v, Tensor.From([5f, 6f], [2]), "w"));
                    s.Message(2, i => ValueWriter.WriteTensor(i, linear ? Tensor.From([1L, 5L], [2]) : Tensor.From([0L, 1L, 1L, 2L], [2, 2]), ""));
                    s.Int64s(3, [2, 3]);
                });
                g.Message(12, o => o.Text(1, "w"));
            }));
            Assert.Equal([0f, 5f, 0f, 0f, 0f, 6f], m.Graph.Initializers["w"].ToArray<float>());
        }
    }

    [Fact]
    public void NumPys_integers_of_bfloat16_bits_are_read_as_declared()
    {
        byte[] bytes = OnnxTensor.ToBytes(Tensor.From<ushort>([0x3F80], [1]));
        using Value v = OnnxValue.Read(bytes, new OnnxType.Tensor(DType.BFloat16, null));
        Assert.Equal(1f, (float)((TensorValue)v).Tensor.Span<BFloat16>()[0]);
    }

    private static Tensor Read(DType type, long[] dims, Action<WireWriter> data) => OnnxTensor.Read(Proto.Message(w =>
    {
        w.Int64s(1, dims);
        w.Int64(2, (long)type);
        data(w);
    }));

    private static void Ints(WireWriter w, int field, long[] values, bool packed)
    {
        if (packed) w.PackedInt64s(field, values);
        else w.Int64s(field, values);
    }
}
