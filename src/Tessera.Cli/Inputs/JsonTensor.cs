using System.Text.Json;

namespace Tessera.Cli.Inputs;

/// <summary>Tensors written as nested JSON lists of numbers, booleans or strings.</summary>
internal static class JsonTensor
{
    public static Tensor Read(string text, DType type)
    {
        using JsonDocument d = JsonDocument.Parse(text);
        List<long> extents = [];
        for (JsonElement e = d.RootElement; e.ValueKind == JsonValueKind.Array; e = e[0])
        {
            extents.Add(e.GetArrayLength());
            if (e.GetArrayLength() == 0) break;
        }
        Shape shape = Shape.Of([.. extents]);
        List<JsonElement> flat = [];
        Flatten(d.RootElement, 0, shape, flat);
        return type switch
        {
            DType.Float32 => Tensor.From([.. flat.Select(Number).Select(v => (float)v)], shape),
            DType.Float64 => Tensor.From([.. flat.Select(Number)], shape),
            DType.Float16 => Tensor.From([.. flat.Select(Number).Select(v => (Half)v)], shape),
            DType.Int64 => Tensor.From([.. flat.Select(e => e.GetInt64())], shape),
            DType.Int32 => Tensor.From([.. flat.Select(e => e.GetInt32())], shape),
            DType.UInt8 => Tensor.From([.. flat.Select(e => e.GetByte())], shape),
            DType.Int8 => Tensor.From([.. flat.Select(e => e.GetSByte())], shape),
            DType.Bool => Tensor.From([.. flat.Select(e => e.GetBoolean())], shape),
            DType.String => Tensor.FromStrings([.. flat.Select(e => e.GetString()!)], shape),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"JSON inputs of {type} are not supported; use .npy or .pb."),
        };
    }

    private static double Number(JsonElement e) => e.ValueKind == JsonValueKind.String ? double.Parse(e.GetString()!, System.Globalization.CultureInfo.InvariantCulture) : e.GetDouble();

    private static void Flatten(JsonElement e, int axis, Shape shape, List<JsonElement> to)
    {
        if (axis == shape.Rank) { to.Add(e); return; }
        if (e.ValueKind != JsonValueKind.Array || e.GetArrayLength() != shape[axis]) throw new TesseraException(ErrorCode.ShapeMismatch, $"The JSON lists are ragged: {shape[axis]} items expected at depth {axis}.");
        foreach (JsonElement item in e.EnumerateArray()) Flatten(item, axis + 1, shape, to);
    }
}
