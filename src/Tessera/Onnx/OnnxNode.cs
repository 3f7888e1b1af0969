namespace Tessera.Onnx;

/// <summary>One call of an operator or a model-local function.</summary>
public sealed class OnnxNode
{
    private readonly string _domain = "";

    public string Name { get; init; } = "";

    public required string OpType { get; init; }

    /// <summary>"" is ONNX's own domain; "ai.onnx" is read as "".</summary>
    public string Domain { get => _domain; init => _domain = OnnxDomain.Normalize(value); }

    /// <summary>Which of several functions of one name is called; "" is the usual case.</summary>
    public string Overload { get; init; } = "";

    /// <summary>Names of values; "" is an optional input left out.</summary>
    public IReadOnlyList<string> Inputs { get; init; } = [];

    /// <summary>Names of values; "" is an optional output that nobody reads.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    public IReadOnlyDictionary<string, OnnxAttribute> Attributes { get; init; } = OnnxAttributes.None;

    public string Doc { get; init; } = "";

    /// <summary>Where the node lies in its file, in bytes; −1 for nodes made in code.</summary>
    public long Offset { get; init; } = -1;

    public override string ToString() => Name.Length > 0 ? $"{OpType} '{Name}'" : Outputs.Count > 0 ? $"{OpType} → '{Outputs[0]}'" : OpType;
}

/// <summary>Attributes by name, in order.</summary>
public static class OnnxAttributes
{
    public static IReadOnlyDictionary<string, OnnxAttribute> None { get; } = new OrderedDictionary<string, OnnxAttribute>();

    /// <exception cref="ArgumentException">Two attributes share a name.</exception>
    public static IReadOnlyDictionary<string, OnnxAttribute> Of(params ReadOnlySpan<OnnxAttribute> attributes)
    {
        OrderedDictionary<string, OnnxAttribute> d = new(attributes.Length);
        foreach (OnnxAttribute a in attributes) d.Add(a.Name, a);
        return d;
    }
}

internal static class OnnxDomain
{
    public static string Normalize(string domain) => domain == "ai.onnx" ? "" : domain;
}
