namespace Tessera;

/// <summary>What went wrong, stable across versions; programs may switch on it.</summary>
public enum ErrorCode
{
    /// <summary>The file is not a well-formed model or program; a model's message holds the byte offset.</summary>
    MalformedModel,
    /// <summary>An input file (picture, array, text) that is not well formed; the message holds the byte offset.</summary>
    MalformedData,
    /// <summary>An operator, version or type that no definition covers.</summary>
    Unsupported,
    /// <summary>Shapes that do not fit each other or what was declared.</summary>
    ShapeMismatch,
    /// <summary>Element types that do not fit each other or what was declared.</summary>
    TypeMismatch,
    /// <summary>An argument outside its range, or a name that does not exist.</summary>
    InvalidArgument,
    /// <summary>A memory budget or a device's memory does not suffice.</summary>
    OutOfMemory,
    /// <summary>A time limit ran out.</summary>
    Timeout,
    /// <summary>The engine is not usable on this machine; the message says why and what to do.</summary>
    EngineUnavailable,
    /// <summary>A device or worker was lost during the work.</summary>
    DeviceLost,
    /// <summary>A self-test or an internal check failed; a bug in Tessera or in a driver.</summary>
    Internal,
}

/// <summary>The one exception family of Tessera.</summary>
public sealed class TesseraException(ErrorCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorCode Code { get; } = code;
}
