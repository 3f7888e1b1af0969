using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Bounds on the elements of an integer node.</summary>
internal readonly record struct IntegerRange(long Low, long High)
{
    private const int Depth = 12;

    /// <summary>The largest absolute value.</summary>
    public long Size => Math.Max(Math.Abs(Low), Math.Abs(High));

    /// <summary>Bounds that follow from types, constants, sums and movement; null when they are no better than 16 bits.</summary>
    public static IntegerRange? Of(Node n) => Of(n, Depth) is { Size: < 1 << 16 } r ? r : null;

    private static IntegerRange? Of(Node n, int depth) => depth == 0 || !n.Type.IsInteger() ? null : n.Op switch
    {
        GraphOp.Const => OfConstant(n.Constant!),
        GraphOp.Cast => CastRules.Holds(n.Type, n.In[0].Type) && Of(n.In[0], depth - 1) is { } r ? r : OfType(n.Type),
        GraphOp.Sub => Of(n.In[0], depth - 1) is { } a && Of(n.In[1], depth - 1) is { } b ? Within(n.Type, a.Low - b.High, a.High - b.Low) : OfType(n.Type),
        GraphOp.Add => Of(n.In[0], depth - 1) is { } a && Of(n.In[1], depth - 1) is { } b ? Within(n.Type, a.Low + b.Low, a.High + b.High) : OfType(n.Type),
        GraphOp.Reshape or GraphOp.Transpose or GraphOp.Broadcast or GraphOp.Slice or GraphOp.Gather => Of(n.In[0], depth - 1),
        _ => OfType(n.Type),
    };

    // A sum that wraps may be anything its type holds.
    private static IntegerRange? Within(DType type, long low, long high) =>
        type is DType.Int32 or DType.Int64 && low > int.MinValue && high < int.MaxValue ? new(low, high) : OfType(type);

    private static IntegerRange? OfType(DType type) => type switch
    {
        DType.UInt8 => new(0, 255),
        DType.Int8 => new(-128, 127),
        _ => null,
    };

    private static IntegerRange? OfConstant(Tensor t)
    {
        if (t.Type != DType.Int32) return OfType(t.Type);
        if (t.Count is 0 or > 1 << 28) return null;
        using Tensor c = t.Contiguous();
        (int low, int high) = (int.MaxValue, int.MinValue);
        foreach (int v in c.Span<int>()) (low, high) = (Math.Min(low, v), Math.Max(high, v));
        return new(low, high);
    }
}
