using Tessera.Ir;

namespace Tessera.Engines.Cpu.Movement;

/// <summary>Concat: each operand is made in its place when that is one block of memory, else copied there.</summary>
internal static class ConcatKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        int axis = ((Arg.Along)n.Arg!).Axis;
        long at = 0;
        foreach (Operand o in x)
        {
            Operand place = Views.Over(y[0], o.Shape, y[0].Strides, at * y[0].Strides[axis]);
            if (o.Count > 0 && !b.TryPlace(o, place)) b.Add(CopyStep.Create(o, place));
            at += o.Shape[axis];
        }
    }
}
