namespace Tessera.Ops;

/// <summary>Attributes of a model node; a missing one gives the default that the caller states.</summary>
public abstract class Attributes
{
    public abstract string OpType { get; }

    /// <summary>Name of the model's node, or a description when it has none; for messages.</summary>
    public abstract string NodeName { get; }

    /// <summary>Version of the operator's domain that the model imports.</summary>
    public abstract int Opset { get; }

    public abstract bool HasAttribute(string name);

    public abstract long Int(string name, long missing);

    public abstract double Float(string name, double missing);

    public abstract string String(string name, string missing);

    /// <summary>Null when absent.</summary>
    public abstract long[]? Ints(string name);

    public abstract double[]? Floats(string name);

    public abstract string[]? Strings(string name);

    public abstract Tensor? Tensor(string name);

    /// <summary>An element type given by its ONNX number.</summary>
    public DType Type(string name, DType missing)
    {
        long v = Int(name, (long)missing);
        return v is > 0 and < 256 && Enum.IsDefined((DType)v) ? (DType)v : throw Unsupported($"attribute '{name}' is {v}, an element type that Tessera does not have.");
    }

    public bool Flag(string name, bool missing = false) => Int(name, missing ? 1 : 0) != 0;

    public int Int32(string name, int missing) => checked((int)Int(name, missing));

    /// <summary>An error that names this node.</summary>
    public TesseraException Error(ErrorCode code, string message) => new(code, $"{OpType} '{NodeName}': {message}");

    public TesseraException Unsupported(string message) => Error(ErrorCode.Unsupported, message);
}
