using System.Globalization;
using System.Text;

namespace Tessera.Kernels;

/// <summary>A kernel as text, for people and for comparing two of them: equal text, equal kernel.</summary>
public static class KernelPrinter
{
    public static string Print(Kernel k)
    {
        Dictionary<Instruction, int> names = [];
        foreach (Instruction i in k.Instructions) names[i] = names.Count;
        StringBuilder b = new();
        b.Append(CultureInfo.InvariantCulture, $"kernel {k.Name} of {k.Items} items, {k.GroupSize} a group\n");
        for (int i = 0; i < k.Buffers.Length; i++) b.Append(CultureInfo.InvariantCulture, $"  buffer {i} {k.Buffers[i].Name}: {k.Buffers[i].Type}, {k.Buffers[i].Access}{(k.Buffers[i].Count > 0 ? $", {k.Buffers[i].Count} elements" : "")}\n");
        for (int i = 0; i < k.Shared.Length; i++) b.Append(CultureInfo.InvariantCulture, $"  shared {i}: {k.Shared[i].Count} × {k.Shared[i].Type}\n");
        Print(b, k.Body, 1, names);
        return b.ToString();
    }

    private static void Print(StringBuilder b, Block block, int indent, Dictionary<Instruction, int> names)
    {
        foreach (Instruction i in block.Instructions)
        {
            b.Append(' ', indent * 2);
            if (i.Op is not (KernelOp.Store or KernelOp.StoreShared or KernelOp.Set or KernelOp.Barrier or KernelOp.If)) b.Append(CultureInfo.InvariantCulture, $"%{names[i]}: {i.Type} = ");
            b.Append(i.Op);
            if (i.Arg is { } arg) b.Append(CultureInfo.InvariantCulture, $" {Text(arg)}");
            b.AppendJoin(",", i.In.Select(x => $" %{names[x]}")).Append('\n');
            for (int s = 0; s < i.Bodies.Length; s++)
            {
                if (s == 1) b.Append(' ', indent * 2).Append("else\n");
                Print(b, i.Bodies[s], indent + 1, names);
            }
        }
    }

    private static string Text(KernelArg arg) => arg switch
    {
        KernelArg.Integer i => i.Value.ToString(CultureInfo.InvariantCulture),
        KernelArg.Real r => r.Value.ToString("R", CultureInfo.InvariantCulture),
        KernelArg.Number n => $"#{n.Value.ToString(CultureInfo.InvariantCulture)}",
        _ => throw new TesseraException(ErrorCode.Internal, $"{arg} has no text."),
    };
}
