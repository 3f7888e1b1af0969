using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Tessera.Onnx;

/// <summary>Kinds of attribute; the numbers are those of ONNX AttributeProto.AttributeType.</summary>
public enum OnnxAttributeKind
{
    Float = 1, Int = 2, String = 3, Tensor = 4, Graph = 5, Floats = 6, Ints = 7, Strings = 8, Tensors = 9, Graphs = 10,
    SparseTensor = 11, SparseTensors = 12, Type = 13, Types = 14,
}

/// <summary>A named constant of a node: one value of one kind, or a reference to an attribute of the enclosing function.</summary>
/// <remarks>Reading it as another kind than its own throws MalformedModel naming the attribute and both kinds, since it means that the file gave the wrong one.</remarks>
[SuppressMessage("Naming", "CA1711", Justification = "ONNX calls it an attribute.")]
public sealed class OnnxAttribute
{
    private readonly object? _value;

    internal OnnxAttribute(string name, OnnxAttributeKind kind, object? value, string? reference = null) =>
        (Name, Kind, _value, RefAttribute) = (name, kind, value, reference);

    public string Name { get; }

    public OnnxAttributeKind Kind { get; }

    /// <summary>Inside a function: the function attribute that gives the value; this attribute then holds none.</summary>
    public string? RefAttribute { get; }

    public string Doc { get; init; } = "";

    public long Int => Get<long>(OnnxAttributeKind.Int);

    public float Float => Get<float>(OnnxAttributeKind.Float);

    /// <summary>The bytes as UTF-8; what is not valid UTF-8 becomes U+FFFD.</summary>
    public string String => Encoding.UTF8.GetString(Bytes.Span);

    public ReadOnlyMemory<byte> Bytes => Get<byte[]>(OnnxAttributeKind.String);

    public long[] Ints => Get<long[]>(OnnxAttributeKind.Ints);

    public float[] Floats => Get<float[]>(OnnxAttributeKind.Floats);

    public string[] Strings => Array.ConvertAll(ByteStrings, Encoding.UTF8.GetString);

    internal byte[][] ByteStrings => Get<byte[][]>(OnnxAttributeKind.Strings);

    public Tensor Tensor => Get<Tensor>(OnnxAttributeKind.Tensor);

    public Tensor[] Tensors => Get<Tensor[]>(OnnxAttributeKind.Tensors);

    public OnnxGraph Graph => Get<OnnxGraph>(OnnxAttributeKind.Graph);

    public OnnxGraph[] Graphs => Get<OnnxGraph[]>(OnnxAttributeKind.Graphs);

    public OnnxSparseTensor SparseTensor => Get<OnnxSparseTensor>(OnnxAttributeKind.SparseTensor);

    public OnnxSparseTensor[] SparseTensors => Get<OnnxSparseTensor[]>(OnnxAttributeKind.SparseTensors);

    public OnnxType Type => Get<OnnxType>(OnnxAttributeKind.Type);

    public OnnxType[] Types => Get<OnnxType[]>(OnnxAttributeKind.Types);

    public static OnnxAttribute Of(string name, long value) => new(name, OnnxAttributeKind.Int, value);

    public static OnnxAttribute Of(string name, float value) => new(name, OnnxAttributeKind.Float, value);

    public static OnnxAttribute Of(string name, string value) => new(name, OnnxAttributeKind.String, Encoding.UTF8.GetBytes(value));

    public static OnnxAttribute Of(string name, Tensor value) => new(name, OnnxAttributeKind.Tensor, value);

    public static OnnxAttribute Of(string name, OnnxGraph value) => new(name, OnnxAttributeKind.Graph, value);

    public static OnnxAttribute Of(string name, long[] value) => new(name, OnnxAttributeKind.Ints, value);

    public static OnnxAttribute Of(string name, float[] value) => new(name, OnnxAttributeKind.Floats, value);

    public static OnnxAttribute Of(string name, string[] value) => new(name, OnnxAttributeKind.Strings, Array.ConvertAll(value, Encoding.UTF8.GetBytes));

    public static OnnxAttribute Of(string name, Tensor[] value) => new(name, OnnxAttributeKind.Tensors, value);

    public static OnnxAttribute Of(string name, OnnxGraph[] value) => new(name, OnnxAttributeKind.Graphs, value);

    public static OnnxAttribute Of(string name, OnnxSparseTensor value) => new(name, OnnxAttributeKind.SparseTensor, value);

    public static OnnxAttribute Of(string name, OnnxType value) => new(name, OnnxAttributeKind.Type, value);

    /// <summary>Inside a function: the value that the caller gives for the function's attribute <paramref name="reference"/>.</summary>
    public static OnnxAttribute Reference(string name, OnnxAttributeKind kind, string reference) => new(name, kind, null, reference);

    public override string ToString() => RefAttribute is null ? $"{Name}: {Kind}" : $"{Name}: {Kind} = @{RefAttribute}";

    private T Get<T>(OnnxAttributeKind kind) =>
        RefAttribute is not null ? throw new TesseraException(ErrorCode.MalformedModel, $"Attribute '{Name}' refers to the function attribute '{RefAttribute}' and has no value of its own here.")
        : Kind == kind ? (T)_value!
        : throw new TesseraException(ErrorCode.MalformedModel, $"Attribute '{Name}' holds {Kind}; its operator needs {kind}. Export the model again with an attribute of that kind.");
}
