using Tessera.Ir;

namespace Tessera.Engines.Cpu.Text;

/// <summary>
/// String tensors. Where, Eq and Cast work on the strings; every operator that only moves elements runs on Int64 numbers of strings
/// instead, by its numeric kernel, and the result's numbers are looked up.
/// </summary>
internal static class TextKernel
{
    public static void Build(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        switch (n.Op)
        {
            case GraphOp.Eq: b.Add(new TextEqualStep(At(b, x[0], y[0].Shape), At(b, x[1], y[0].Shape), y[0])); return;
            case GraphOp.Where: b.Add(new TextWhereStep(At(b, x[0], y[0].Shape), At(b, x[1], y[0].Shape), At(b, x[2], y[0].Shape), y[0])); return;
            case GraphOp.Cast: Cast(b, x[0], y[0]); return;
            default: Move(b, n, x, y); return;
        }
    }

    private static Operand At(StepBuilder b, Operand x, Shape shape) => b.Contiguous(Views.Broadcast(x, shape));

    private static void Cast(StepBuilder b, Operand x, Operand y)
    {
        if (x.Type == y.Type) { b.Add(Movement.CopyStep.Create(x, y)); return; }
        b.Add(y.Type == DType.String ? new FormatStep(b.Contiguous(x), y) : new ParseStep(b.Contiguous(x), y));
    }

    private static void Move(StepBuilder b, Node n, Operand[] x, Operand[] y)
    {
        if (n.Op is not (GraphOp.Gather or GraphOp.GatherElements or GraphOp.GatherNd or GraphOp.Concat or GraphOp.Pad or GraphOp.ScatterElements or GraphOp.ScatterNd))
            throw new TesseraException(ErrorCode.Unsupported, $"{n.Op} has no meaning on strings.");
        List<Operand> texts = [];
        long first = 0;
        Operand[] numbers = [.. x.Select(o =>
        {
            if (o.Type != DType.String) return o;
            Operand text = b.Contiguous(o), number = b.Temporary(DType.Int64, o.Shape);
            b.Add(new NumberStep(number, first));
            texts.Add(text);
            first += o.Count;
            return number;
        })];
        Operand result = b.Temporary(DType.Int64, y[0].Shape);
        KernelTable.Factory(n.Op)(b, n, numbers, [result]);
        b.Add(new LookUpStep([result, .. texts], y[0]));
    }
}

/// <summary>The numbers first, first + 1 …</summary>
internal sealed unsafe class NumberStep(Operand y, long first) : Step("number strings", [], [y], 0, "strings move as numbers")
{
    public override void Run(RunContext c)
    {
        long* to = c.Ptr<long>(Writes[0]);
        for (long i = 0; i < Writes[0].Count; i++) to[i] = first + i;
    }
}

/// <summary>Strings by their numbers over several string values.</summary>
internal sealed unsafe class LookUpStep(Operand[] x, Operand y) : Step("look up strings", x, [y], 0, "strings move as numbers")
{
    public override void Run(RunContext c)
    {
        long* number = c.Ptr<long>(Reads[0]);
        string[] to = c.Strings(Writes[0].Slot);
        for (long i = 0; i < Writes[0].Count; i++)
        {
            long at = number[i];
            int k = 1;
            for (; at >= Reads[k].Count; k++) at -= Reads[k].Count;
            to[Writes[0].Offset + i] = c.Strings(Reads[k].Slot)[Reads[k].Offset + at];
        }
    }
}

internal sealed unsafe class TextEqualStep(Operand a, Operand b, Operand y) : Step("equal strings", [a, b], [y], 0, "ordinal")
{
    public override void Run(RunContext c)
    {
        string[] p = c.Strings(Reads[0].Slot), q = c.Strings(Reads[1].Slot);
        for (long i = 0; i < Writes[0].Count; i++) c.Ptr<byte>(Writes[0])[i] = string.Equals(p[Reads[0].Offset + i], q[Reads[1].Offset + i], StringComparison.Ordinal) ? (byte)1 : (byte)0;
    }
}

internal sealed unsafe class TextWhereStep(Operand condition, Operand a, Operand b, Operand y) : Step("where strings", [condition, a, b], [y], 0, "strings are managed references")
{
    public override void Run(RunContext c)
    {
        string[] p = c.Strings(Reads[1].Slot), q = c.Strings(Reads[2].Slot), to = c.Strings(Writes[0].Slot);
        for (long i = 0; i < Writes[0].Count; i++) to[Writes[0].Offset + i] = c.Ptr<byte>(Reads[0])[i] != 0 ? p[Reads[1].Offset + i] : q[Reads[2].Offset + i];
    }
}
