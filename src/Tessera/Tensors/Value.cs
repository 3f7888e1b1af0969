namespace Tessera;

/// <summary>What a graph's input, output or edge carries: a tensor, a sequence of values, or an optional value.</summary>
/// <remarks>Disposing a value disposes the tensors in it.</remarks>
public abstract class Value : IDisposable
{
    private protected Value()
    {
    }

    public abstract void Dispose();

    public static implicit operator Value(Tensor tensor) => new TensorValue(tensor);

    public static TensorValue Of(Tensor tensor) => new(tensor);
}

/// <summary>A tensor as a value.</summary>
public sealed class TensorValue(Tensor tensor) : Value
{
    public Tensor Tensor { get; } = tensor;

    public override void Dispose() => Tensor.Dispose();

    public override string ToString() => Tensor.ToString();
}

/// <summary>A list of values of one type.</summary>
/// <param name="items">The elements in order.</param>
/// <param name="element">Element type of the tensors held, where it is known; lets an empty sequence keep its type.</param>
public sealed class SequenceValue(IReadOnlyList<Value> items, DType? element = null) : Value
{
    public IReadOnlyList<Value> Items { get; } = items;

    public DType? Element { get; } = element ?? (items.Count > 0 && items[0] is TensorValue t ? t.Tensor.Type : null);

    public override void Dispose()
    {
        foreach (Value v in Items) v.Dispose();
    }

    public override string ToString() => $"sequence({string.Join(", ", Items)})";
}

/// <summary>A value that may be absent.</summary>
public sealed class OptionalValue(Value? item) : Value
{
    public Value? Item { get; } = item;

    public bool HasItem => Item is not null;

    public override void Dispose() => Item?.Dispose();

    public override string ToString() => Item is null ? "optional()" : $"optional({Item})";
}
