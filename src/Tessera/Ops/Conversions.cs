using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Changes of element type.</summary>
internal static class Conversions
{
    public static OpDef[] All =>
    [
        new("Cast", c => [Convert(c, c[0], Named(c))], "ONNX Cast-1"),
        new("Cast", c => [Convert(c, c[0], Target(c))], "ONNX Cast-23", Since: 6),
        new("CastLike", c => [Convert(c, c[0], c[1].Type)], "ONNX CastLike-23", Since: 15),
    ];

    private static Node Convert(Lowering c, Node x, DType to)
    {
        GraphBuilder g = c.G;
        if (x.Type == to) return x;
        if (to == DType.String)
        {
            // Only what the text code reads directly; wider floats hold every value of narrow ones.
            Node from = x.Type.Bits() <= 8 && x.Type.IsFloat() || x.Type == DType.BFloat16 ? g.Cast(x, DType.Float32) : x.Type.Bits() == 4 ? g.Cast(x, DType.Int32) : x;
            return g.Host("CastToString", [from], [new(DType.String, x.Shape)], i => [Text.Format(i[0])]);
        }
        if (x.Type != DType.String) return g.Cast(x, to, c.Flag("saturate", true));
        DType parsed = to.IsFloat() ? to == DType.Float64 ? DType.Float64 : DType.Float32 : to == DType.UInt64 ? DType.UInt64 : DType.Int64;
        string node = c.NodeName;
        Node y = g.Host("CastFromString", [x], [new(parsed, x.Shape)], i => [Text.Parse(i[0], parsed, node)]);
        return g.Cast(y, to, c.Flag("saturate", true));
    }

    private static DType Target(Lowering c) => c.HasAttribute("to") ? c.Type("to", DType.Float32) : throw c.Error(ErrorCode.MalformedModel, "attribute 'to' is missing.");

    /// <summary>Before version 6 the target is a name such as "FLOAT".</summary>
    private static DType Named(Lowering c) => c.String("to", "").ToUpperInvariant() switch
    {
        "FLOAT" => DType.Float32,
        "DOUBLE" => DType.Float64,
        "FLOAT16" => DType.Float16,
        "BOOL" => DType.Bool,
        "INT8" => DType.Int8,
        "INT16" => DType.Int16,
        "INT32" => DType.Int32,
        "INT64" => DType.Int64,
        "UINT8" => DType.UInt8,
        "UINT16" => DType.UInt16,
        "UINT32" => DType.UInt32,
        "UINT64" => DType.UInt64,
        var other => throw c.Unsupported($"no element type is called '{other}'."),
    };
}
