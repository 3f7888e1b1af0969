namespace Tessera.Onnx;

/// <summary>The declared type of a value.</summary>
public abstract record OnnxType
{
    private OnnxType()
    {
    }

    /// <summary>A dense tensor; no dims means the rank is unknown, an empty list a scalar.</summary>
    public sealed record Tensor(DType Element, OnnxDim[]? Dims) : OnnxType
    {
        public bool Equals(Tensor? other) => other is not null && Element == other.Element && SameDims(Dims, other.Dims);

        public override int GetHashCode() => HashCode.Combine(Element, Dims?.Length);

        public override string ToString() => $"{Element}{Text(Dims)}";
    }

    public sealed record SparseTensor(DType Element, OnnxDim[]? Dims) : OnnxType
    {
        public bool Equals(SparseTensor? other) => other is not null && Element == other.Element && SameDims(Dims, other.Dims);

        public override int GetHashCode() => HashCode.Combine(Element, Dims?.Length, 1);

        public override string ToString() => $"sparse {Element}{Text(Dims)}";
    }

    public sealed record Sequence(OnnxType Element) : OnnxType
    {
        public override string ToString() => $"sequence({Element})";
    }

    public sealed record Optional(OnnxType Element) : OnnxType
    {
        public override string ToString() => $"optional({Element})";
    }

    public sealed record Map(DType Key, OnnxType Value) : OnnxType
    {
        public override string ToString() => $"map({Key}, {Value})";
    }

    /// <summary>Nothing declared, as is usual for the inputs and outputs of control-flow bodies.</summary>
    public sealed record Unknown : OnnxType
    {
        public static Unknown Instance { get; } = new();

        public override string ToString() => "unknown";
    }

    private static bool SameDims(OnnxDim[]? a, OnnxDim[]? b) => a is null ? b is null : b is not null && a.AsSpan().SequenceEqual(b);

    private static string Text(OnnxDim[]? dims) => dims is null ? "[…]" : $"[{string.Join(", ", dims)}]";
}

/// <summary>A named value and its declared type.</summary>
public sealed record OnnxValueInfo(string Name, OnnxType Type)
{
    /// <summary>Whether this graph input may be left out because an initializer of the same name gives its value.</summary>
    public bool HasDefault { get; init; }

    public string Doc { get; init; } = "";
}
