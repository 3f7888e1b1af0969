namespace Tessera.Engines.Cpu.Kernels;

/// <summary>A contiguous value seen as [Outer, Length, Inner], with the work done along the middle.</summary>
internal readonly record struct AxisLayout(long Outer, long Length, long Inner)
{
    public static AxisLayout Of(Shape s, int first, int last) => new(s.CountOf(0, first), s.CountOf(first, last + 1), s.CountOf(last + 1, s.Rank));
}
