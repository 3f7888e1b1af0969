namespace Tessera.Kernels;

/// <summary>Checks what enums and types can't: operand counts and types, buffers, and that values are used where they are known.</summary>
public static class KernelVerifier
{
    /// <exception cref="TesseraException">Internal, with the first instruction that breaks a rule.</exception>
    public static void Verify(Kernel k)
    {
        HashSet<Instruction> known = [];
        Verify(k, k.Body, known);
    }

    private static void Verify(Kernel k, Block block, HashSet<Instruction> known)
    {
        List<Instruction> here = [];
        foreach (Instruction i in block.Instructions)
        {
            foreach (Instruction x in i.In) Require(known.Contains(x), k, i, $"uses {x}, which is not known there");
            Require(i.In.Length == Operands(i) || Operands(i) < 0, k, i, $"has {i.In.Length} operands instead of {Operands(i)}");
            Types(k, i);
            if (i.Op == KernelOp.For) { known.Add(i); here.Add(i); }
            foreach (Block b in i.Bodies) Verify(k, b, known);
            // The counter of a loop is known in its body only.
            if (i.Op == KernelOp.For) known.Remove(i);
            else if (known.Add(i)) here.Add(i);
        }
        foreach (Instruction i in here) known.Remove(i);
    }

    private static int Operands(Instruction i) => i.Op switch
    {
        KernelOp.Const or KernelOp.Item or KernelOp.Group or KernelOp.Local or KernelOp.Barrier => 0,
        KernelOp.Load or KernelOp.LoadShared or KernelOp.Var or KernelOp.Get or KernelOp.If or KernelOp.Neg or KernelOp.Abs or KernelOp.Not or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round
            or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos or KernelOp.Convert or KernelOp.Bitcast or KernelOp.Splat or KernelOp.Lane => 1,
        KernelOp.Store or KernelOp.StoreShared or KernelOp.Set or KernelOp.For or KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Div or KernelOp.Rem or KernelOp.Min or KernelOp.Max
            or KernelOp.And or KernelOp.Or or KernelOp.Xor or KernelOp.Shl or KernelOp.Shr or KernelOp.PairDot or KernelOp.Eq or KernelOp.Lt or KernelOp.Le => 2,
        KernelOp.Fma or KernelOp.Select => 3,
        KernelOp.Vector => i.Type.Lanes,
    };

    private static void Types(Kernel k, Instruction i)
    {
        switch (i.Op)
        {
            case KernelOp.Load or KernelOp.Store:
                Require((uint)i.Number < (uint)k.Buffers.Length, k, i, "names no buffer");
                KernelBuffer b = k.Buffers[i.Number];
                Require(KernelType.Reads(b.Type) is { } t && t == i.Type.Of(1), k, i, $"does not fit elements of {b.Type}");
                Require(i.In[0].Type == KernelType.Int32, k, i, "has an index that is no i32");
                Require(i.Op == KernelOp.Load ? b.Access != BufferAccess.Write : b.Access != BufferAccess.Read, k, i, $"goes against the access {b.Access} of '{b.Name}'");
                break;
            case KernelOp.Eq or KernelOp.Lt or KernelOp.Le:
                Require(i.In[0].Type == i.In[1].Type && i.Type.Kind == ScalarKind.Bool, k, i, "compares unlike types");
                break;
            case KernelOp.Select:
                Require(i.In[0].Type.Kind == ScalarKind.Bool && i.In[1].Type == i.Type && i.In[2].Type == i.Type, k, i, "chooses between unlike types");
                break;
            case KernelOp.Set:
                Require(i.In[0].Op == KernelOp.Var && i.In[0].Type == i.In[1].Type, k, i, "sets a local of another type");
                break;
            case KernelOp.Get:
                Require(i.In[0].Op == KernelOp.Var, k, i, "reads what is no local");
                break;
            case KernelOp.For:
                Require(i.In[0].Type == KernelType.Int32 && i.In[1].Type == KernelType.Int32 && i.Number > 0 && i.Bodies.Length == 1, k, i, "is no upward loop");
                break;
            case KernelOp.If:
                Require(i.In[0].Type == KernelType.Bool && i.Bodies.Length is 1 or 2, k, i, "has no scalar condition");
                break;
            case KernelOp.PairDot:
                Require(i.Type.Kind == ScalarKind.Int32 && i.In.All(x => x.Type == i.Type), k, i, "is for i32 only");
                break;
            case KernelOp.Neg or KernelOp.Abs or KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Div or KernelOp.Rem or KernelOp.Fma or KernelOp.Min or KernelOp.Max or KernelOp.And or KernelOp.Or
                or KernelOp.Xor or KernelOp.Not or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos:
                Require(i.In.All(x => x.Type == i.Type), k, i, "mixes types");
                Require(!i.Type.IsFloat || i.Op is not (KernelOp.Rem or KernelOp.And or KernelOp.Or or KernelOp.Xor or KernelOp.Not), k, i, "is no operation on floats");
                break;
        }
    }

    private static void Require(bool holds, Kernel k, Instruction i, string what)
    {
        if (!holds) throw new TesseraException(ErrorCode.Internal, $"Kernel '{k.Name}': {i} ({i.Op}: {i.Type}) {what}.");
    }
}
