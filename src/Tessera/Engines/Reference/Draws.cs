using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Random values, element by element.</summary>
internal static class Draws
{
    public static Cells Random(Arg.Random a)
    {
        double[] y = new double[checked((int)a.Shape.Count)];
        for (int i = 0; i < y.Length; i++) y[i] = Philox.Element(a, i);
        return new(a.Type, a.Shape, y);
    }
}
