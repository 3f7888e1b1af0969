namespace Tessera.Engines.Cpu.Movement;

/// <summary>Strings in the order of a strided view.</summary>
internal sealed class TextCopyStep(Operand from, Operand to) : Step("copy strings", [from], [to], 0, "strings are managed references")
{
    private readonly Layout _layout = Layout.Of(from.Shape, from.Strides, to.Strides);

    public override void Run(RunContext c)
    {
        string[] x = c.Strings(Reads[0].Slot), y = c.Strings(Writes[0].Slot);
        for (long i = 0; i < Writes[0].Count; i++) y[Writes[0].Offset + _layout.OffsetOf(1, i, _layout.Rank)] = x[Reads[0].Offset + _layout.OffsetOf(0, i, _layout.Rank)];
    }
}
