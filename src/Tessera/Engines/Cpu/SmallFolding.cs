using System.Collections.Concurrent;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>The nodes that shape computations consist of, on a few elements, without making an executable.</summary>
internal static unsafe class SmallFolding
{
    private const long MaxCount = 256;

    private static readonly ConcurrentDictionary<int, MicroOp> Ops = new();

    /// <summary>The results; null when the node is none of these or too large.</summary>
    public static Tensor[]? Fold(Node n)
    {
        if (n.Outputs.Length != 1 || n.Type == DType.String || n.Type.Bits() < 8 || n.Shape.Count is 0 or > MaxCount) return null;
        foreach (Node i in n.In) if (i.Type == DType.String || i.Type.Bits() < 8 || !i.Constant!.IsContiguous || i.Shape.Count is 0 or > MaxCount) return null;
        Tensor? y = n.Op switch
        {
            GraphOp.Gather when n.In[0].Shape.Rank == 1 => Gather(n),
            GraphOp.Concat when n.Shape.Rank == 1 => Concat(n),
            GraphOp.Slice when n.Shape.Rank == 1 => Slice(n, (Arg.Slice)n.Arg!),
            >= GraphOp.Neg and <= GraphOp.Le when n.Op is not (GraphOp.IsInf or GraphOp.IsNaN or GraphOp.Not) => Map(n),
            _ => null,
        };
        return y is null ? null : [y];
    }

    private static bool Plain(DType t) => t is DType.Float32 or DType.Float64 || (t.IsInteger() && t.Bits() >= 8);

    private static Tensor? Map(Node n)
    {
        long count = n.Shape.Count;
        foreach (Node i in n.In) if (!Plain(i.Type) || (i.Shape.Count != 1 && i.Shape.Count != count)) return null;
        bool compares = n.Op is GraphOp.Eq or GraphOp.Lt or GraphOp.Le;
        if (!compares && !Plain(n.Type)) return null;
        MicroOp op = OpOf(n.Op, n.In[0].Type, n.Type);
        byte* a = stackalloc byte[(int)MaxCount * 8], b = stackalloc byte[(int)MaxCount * 8], mask = stackalloc byte[(int)MaxCount * 8];
        int size = n.In[0].Type.Bits() / 8;
        byte* p = Operand(n.In[0], count, size, a), q = n.In.Length > 1 ? Operand(n.In[1], count, size, b) : null;
        Tensor y = Tensor.Empty(n.Type, n.Shape);
        byte* to = (byte*)y.Address;
        op.Run(p, q, null, compares ? mask : to, (nint)count);
        if (compares) for (long i = 0; i < count; i++) to[i] = (byte)(mask[i * size] & 1);
        return y;
    }

    private static MicroOp OpOf(GraphOp op, DType from, DType to)
    {
        int key = (int)op << 16 | (int)from << 8 | (int)to;
        if (Ops.TryGetValue(key, out MicroOp? known)) return known;
        return Ops[key] = op == GraphOp.Cast ? Conversions.Convert(from, to) : op <= GraphOp.Cast ? MicroOps.Unary(op, from) : MicroOps.Binary(op, from);
    }

    private static byte* Operand(Node n, long count, int size, byte* buffer)
    {
        byte* x = (byte*)n.Constant!.Address;
        if (n.Shape.Count == count) return x;
        for (long i = 0; i < count; i++) Buffer.MemoryCopy(x, buffer + i * size, size, size);
        return buffer;
    }

    private static Tensor? Gather(Node n)
    {
        if (n.In[1].Type != DType.Int64) return null;
        int size = n.Type.Bits() / 8;
        long extent = n.In[0].Shape[0];
        byte* x = (byte*)n.In[0].Constant!.Address;
        long* index = (long*)n.In[1].Constant!.Address;
        Tensor y = Tensor.Empty(n.Type, n.Shape);
        for (long i = 0, count = n.Shape.Count; i < count; i++)
        {
            long at = index[i] < 0 ? index[i] + extent : index[i];
            // The kernel says which node and what to do.
            if ((ulong)at >= (ulong)extent) { y.Dispose(); return null; }
            Buffer.MemoryCopy(x + at * size, (byte*)y.Address + i * size, size, size);
        }
        return y;
    }

    private static Tensor Concat(Node n)
    {
        Tensor y = Tensor.Empty(n.Type, n.Shape);
        byte* to = (byte*)y.Address;
        foreach (Node i in n.In)
        {
            Buffer.MemoryCopy((void*)i.Constant!.Address, to, i.Constant.Bytes, i.Constant.Bytes);
            to += i.Constant.Bytes;
        }
        return y;
    }

    private static Tensor Slice(Node n, Arg.Slice a)
    {
        Tensor y = Tensor.Empty(n.Type, n.Shape);
        int size = n.Type.Bits() / 8;
        byte* x = (byte*)n.In[0].Constant!.Address;
        for (long i = 0; i < a.Counts[0]; i++) Buffer.MemoryCopy(x + (a.Starts[0] + i * a.Steps[0]) * size, (byte*)y.Address + i * size, size, size);
        return y;
    }
}
