namespace Tessera.Onnx;

/// <summary>One declared extent: a number, a symbol shared by equal extents, or unknown.</summary>
public readonly record struct OnnxDim
{
    private OnnxDim(long value, string? symbol) => (Value, Symbol) = (value, symbol);

    public static OnnxDim Unknown { get; } = new(-1, null);

    /// <summary>The extent, or −1 when it is symbolic or unknown.</summary>
    public long Value { get; }

    public string? Symbol { get; }

    public bool IsKnown => Value >= 0;

    public static OnnxDim Of(long value) => value >= 0 ? new(value, null) : Unknown;

    public static OnnxDim Of(string symbol) => symbol.Length > 0 ? new(-1, symbol) : Unknown;

    public static implicit operator OnnxDim(long value) => Of(value);

    public static implicit operator OnnxDim(string symbol) => Of(symbol);

    public override string ToString() => IsKnown ? Value.ToString(System.Globalization.CultureInfo.InvariantCulture) : Symbol ?? "?";
}
