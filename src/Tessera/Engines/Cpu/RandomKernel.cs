using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>Random: every element from its index, so that any split gives the same.</summary>
internal static class RandomKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y) => b.Add(new RandomStep((Arg.Random)n.Arg!, y[0]));
}

internal sealed unsafe class RandomStep(Arg.Random a, Operand y) : Step("random", [], [y], y.Count * 50, "Philox-4×32-10 by element index")
{
    private const int Block = 4096;

    public override void Run(RunContext c)
    {
        int parts = checked((int)((Writes[0].Count + Block - 1) / Block));
        if (c.Workers(Writes[0].Count * 20.0) > 1) c.Fork(this, 0, parts);
        else for (int p = 0; p < parts; p++) Part(c, 0, p, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long first = (long)part * Block, end = Math.Min(Writes[0].Count, first + Block);
        if (Writes[0].Type == DType.Float64) for (long i = first; i < end; i++) c.Ptr<double>(Writes[0])[i] = Philox.Element(a, i);
        else for (long i = first; i < end; i++) c.Ptr<float>(Writes[0])[i] = (float)Philox.Element(a, i);
    }
}
