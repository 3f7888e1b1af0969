namespace Tessera.Engines.Cpu.Kernels;

/// <summary>A Float32 operand that scales or shifts the sums of an integer product: one number, or one per row or per column of the result.</summary>
internal sealed record OutputOperand(Operand Operand, bool ByRow, bool ByColumn)
{
    public unsafe OutputFactor At(RunContext c, long row) => new() { Values = c.Ptr<float>(Operand) + (ByRow ? row : 0), RowStep = ByRow ? 1 : 0, ColumnStep = ByColumn ? 1 : 0 };
}

/// <summary>What an integer product gives: its sums as Int32; or scaled and shifted as Float32; or those kept between bounds, rounded and shifted by a zero point, as 8 bits.</summary>
/// <param name="Type">Int32, Float32, UInt8 or Int8.</param>
/// <param name="Scale">Null for Int32 only.</param>
/// <param name="Bias">Null for none.</param>
/// <param name="Low">8 bits: least value before rounding.</param>
/// <param name="High">8 bits: largest value before rounding.</param>
/// <param name="Zero">8 bits: added after rounding.</param>
internal sealed record IntegerOutput(DType Type, OutputOperand? Scale, OutputOperand? Bias, float Low, float High, int Zero)
{
    public static IntegerOutput Sums { get; } = new(DType.Int32, null, null, 0, 0, 0);

    public IEnumerable<Operand> Reads => new[] { Scale?.Operand, Bias?.Operand }.OfType<Operand>();

    /// <summary>The output stage of a block whose first element is number <paramref name="start"/> of the result.</summary>
    /// <param name="row">Row of the first element, as scale and bias count rows.</param>
    /// <param name="step">Elements between rows of the result.</param>
    public unsafe QuadOutput At(RunContext c, Operand result, long start, long row, long step) => new()
    {
        Type = Type, Low = Low, High = High, Zero = Zero, To = c.Ptr<byte>(result) + start * result.Size, Step = step,
        Scale = Scale?.At(c, row) ?? default, Bias = Bias?.At(c, row) ?? default,
    };
}
