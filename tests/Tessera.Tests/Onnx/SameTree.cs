using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

/// <summary>Asserts that two models hold the same, part by part and bit by bit.</summary>
internal static class SameTree
{
    public static void Check(OnnxModel a, OnnxModel b)
    {
        Assert.Equal((a.IrVersion, a.Producer, a.ProducerVersion, a.Domain, a.ModelVersion, a.Doc), (b.IrVersion, b.Producer, b.ProducerVersion, b.Domain, b.ModelVersion, b.Doc));
        Assert.Equal(a.Opsets.ToArray(), b.Opsets.ToArray());
        Assert.Equal(a.Metadata.ToArray(), b.Metadata.ToArray());
        Check(a.Graph, b.Graph);
        Each(a.Functions.ToArray(), b.Functions.ToArray(), (x, y) =>
        {
            Assert.Equal(x.Key, y.Key);
            Check(x.Value, y.Value);
        });
    }

    public static void Check(Value a, Value b)
    {
        Assert.IsType(a.GetType(), b);
        if (a is TensorValue t) Check(t.Tensor, ((TensorValue)b).Tensor);
        if (a is SequenceValue s) Each(s.Items, ((SequenceValue)b).Items, Check);
        if (a is not OptionalValue o) return;
        Assert.Equal(o.HasItem, ((OptionalValue)b).HasItem);
        if (o.Item is { } item) Check(item, ((OptionalValue)b).Item!);
    }

    public static void Check(Tensor a, Tensor b)
    {
        Assert.Equal((a.Type, a.Shape), (b.Type, b.Shape));
        if (a.Type == DType.String) Assert.Equal(a.Strings, b.Strings);
        else Assert.True(a.RawBytes().SequenceEqual(b.RawBytes()), $"the elements of {a} differ");
    }

    private static void Check(OnnxGraph a, OnnxGraph b)
    {
        Assert.Equal((a.Name, a.Doc), (b.Name, b.Doc));
        Assert.Equal(a.Inputs, b.Inputs);
        Assert.Equal(a.Outputs, b.Outputs);
        Assert.Equal(a.ValueInfos, b.ValueInfos);
        Each(a.Nodes, b.Nodes, Check);
        Each(a.Initializers.ToArray(), b.Initializers.ToArray(), (x, y) =>
        {
            Assert.Equal(x.Key, y.Key);
            Check(x.Value, y.Value);
        });
    }

    private static void Check(OnnxFunction a, OnnxFunction b)
    {
        Assert.Equal((a.Name, a.Domain, a.Overload, a.Doc), (b.Name, b.Domain, b.Overload, b.Doc));
        Assert.Equal(a.Inputs, b.Inputs);
        Assert.Equal(a.Outputs, b.Outputs);
        Assert.Equal(a.Attributes, b.Attributes);
        Assert.Equal(a.ValueInfos, b.ValueInfos);
        Assert.Equal(a.Opsets.ToArray(), b.Opsets.ToArray());
        Each(a.DefaultAttributes.Values.ToArray(), b.DefaultAttributes.Values.ToArray(), Check);
        Each(a.Nodes, b.Nodes, Check);
    }

    private static void Check(OnnxNode a, OnnxNode b)
    {
        Assert.Equal((a.Name, a.OpType, a.Domain, a.Overload, a.Doc), (b.Name, b.OpType, b.Domain, b.Overload, b.Doc));
        Assert.Equal(a.Inputs, b.Inputs);
        Assert.Equal(a.Outputs, b.Outputs);
        Each(a.Attributes.Values.ToArray(), b.Attributes.Values.ToArray(), Check);
    }

    private static void Check(OnnxAttribute a, OnnxAttribute b)
    {
        Assert.Equal((a.Name, a.Kind, a.RefAttribute, a.Doc), (b.Name, b.Kind, b.RefAttribute, b.Doc));
        if (a.RefAttribute is not null) return;
        switch (a.Kind)
        {
            case OnnxAttributeKind.Float: Assert.Equal(BitConverter.SingleToInt32Bits(a.Float), BitConverter.SingleToInt32Bits(b.Float)); break;
            case OnnxAttributeKind.Int: Assert.Equal(a.Int, b.Int); break;
            case OnnxAttributeKind.String: Assert.True(a.Bytes.Span.SequenceEqual(b.Bytes.Span)); break;
            case OnnxAttributeKind.Floats: Assert.Equal(a.Floats.Select(BitConverter.SingleToInt32Bits), b.Floats.Select(BitConverter.SingleToInt32Bits)); break;
            case OnnxAttributeKind.Ints: Assert.Equal(a.Ints, b.Ints); break;
            case OnnxAttributeKind.Strings: Assert.Equal(a.Strings, b.Strings); break;
            case OnnxAttributeKind.Tensor: Check(a.Tensor, b.Tensor); break;
            case OnnxAttributeKind.Tensors: Each(a.Tensors, b.Tensors, Check); break;
            case OnnxAttributeKind.Graph: Check(a.Graph, b.Graph); break;
            case OnnxAttributeKind.Graphs: Each(a.Graphs, b.Graphs, Check); break;
            case OnnxAttributeKind.Type: Assert.Equal(a.Type, b.Type); break;
            case OnnxAttributeKind.Types: Assert.Equal(a.Types, b.Types); break;
            case OnnxAttributeKind.SparseTensor: Check(a.SparseTensor, b.SparseTensor); break;
            case OnnxAttributeKind.SparseTensors: Each(a.SparseTensors, b.SparseTensors, Check); break;
        }
    }

    private static void Check(OnnxSparseTensor a, OnnxSparseTensor b)
    {
        Assert.Equal(a.Shape, b.Shape);
        Check(a.Values, b.Values);
        Check(a.Indices, b.Indices);
    }

    private static void Each<T>(IReadOnlyList<T> a, IReadOnlyList<T> b, Action<T, T> check)
    {
        Assert.Equal(a.Count, b.Count);
        for (int i = 0; i < a.Count; i++) check(a[i], b[i]);
    }
}
