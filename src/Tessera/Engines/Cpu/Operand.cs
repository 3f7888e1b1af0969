namespace Tessera.Engines.Cpu;

/// <summary>Where a value lies: a slot of the run's pointer table, and which of its elements in which order.</summary>
/// <param name="Slot">Index into the pointer table of <see cref="RunContext"/>.</param>
/// <param name="Type">Element type. 4-bit integers take one byte per element inside an executable.</param>
/// <param name="Shape">Extents.</param>
/// <param name="Strides">Steps in elements along each axis; zero on broadcast axes, negative on reversed ones.</param>
/// <param name="Offset">Elements from the start of the slot.</param>
/// <param name="Constant">The tensor when the value is known at compile time.</param>
internal sealed record Operand(int Slot, DType Type, Shape Shape, Strides Strides, long Offset, Tensor? Constant = null)
{
    public long Count { get; } = Shape.Count;

    public bool IsContiguous { get; } = Strides.IsRowMajor(Shape);

    public int Size { get; } = SizeOf(Type);

    public long Bytes => Count * Size;

    /// <summary>Bytes of one element inside an executable.</summary>
    public static int SizeOf(DType type) => Math.Max(1, type.Bits() / 8);

    public override string ToString() => $"{Type}{Shape}@{Slot}+{Offset}{(IsContiguous ? "" : $" strides {Strides}")}";
}
