using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>Errors of operator definitions, with the node's name on them.</summary>
internal static class Errors
{
    /// <summary>The exception to throw instead, or null to let <paramref name="e"/> pass as it is.</summary>
    public static TesseraException? Translate(Exception e, Attributes node) => e switch
    {
        OutOfMemoryException => new(ErrorCode.OutOfMemory, $"{node.OpType} '{node.NodeName}': the memory does not suffice: {e.Message}", e),
        TesseraException t => t.Message.Contains($"'{node.NodeName}'", StringComparison.Ordinal) ? null : new(t.Code, $"{node.OpType} '{node.NodeName}': {t.Message}", t),
        OverflowException or ArithmeticException or IndexOutOfRangeException or ArgumentException or InvalidCastException or NullReferenceException or InvalidOperationException or FormatException
            => new(ErrorCode.MalformedModel, $"{node.OpType} '{node.NodeName}' has operands or attributes that do not fit: {e.Message}", e),
        _ => null,
    };
}
