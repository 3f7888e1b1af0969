using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Which instructions of a kernel have an effect, and which are computed not where they stand but where their only user, or the first of several, wants them: that keeps few values alive.</summary>
internal sealed class WasmUses
{
    private readonly Kernel _k;
    private readonly WasmAddresses _addresses;
    private readonly Dictionary<Instruction, int> _uses = [];
    private readonly HashSet<Instruction> _inline = [], _late = [];

    public WasmUses(Kernel k, WasmAddresses addresses)
    {
        (_k, _addresses) = (k, addresses);
        foreach (Instruction i in k.Instructions)
            if (i.Op is KernelOp.Store or KernelOp.Set or KernelOp.For or KernelOp.If or KernelOp.Var) Use(i);
        // Terms of pointers are read from locals.
        HashSet<Instruction> kept = [.. addresses.Pointers.Where(p => p.Term is not null).Select(p => p.Term!)];
        FindInline(k.Body, kept);
    }

    /// <summary>Whether an instruction is emitted where it stands.</summary>
    public bool IsOnItsOwn(Instruction i) => _uses.ContainsKey(i) && !_inline.Contains(i) && !_late.Contains(i);

    public bool IsInline(Instruction i) => _inline.Contains(i);

    /// <summary>Whether an instruction of several users is computed for the first of them.</summary>
    public bool IsLate(Instruction i) => _late.Contains(i);

    private void Use(Instruction first)
    {
        Stack<Instruction> work = new([first]);
        while (work.TryPop(out Instruction? i))
        {
            bool known = _uses.TryGetValue(i, out int count);
            _uses[i] = count + 1;
            if (known) continue;
            bool isAccess = _addresses.IsAccess(i);
            for (int k = isAccess ? 1 : 0; k < i.In.Length; k++) work.Push(i.In[k]);
            if (!isAccess) continue;
            for (WasmPointer? p = _addresses.Of(i).Pointer; p?.Term is not null; p = p.Origin) work.Push(p.Term);
        }
    }

    /// <summary>Values used once, in the block that they stand in, need no local: they are computed where they are used.</summary>
    private void FindInline(Block block, HashSet<Instruction> kept)
    {
        HashSet<Instruction> here = [.. block.Instructions];
        Dictionary<Instruction, int> usesHere = [];
        foreach (Instruction i in block.Instructions)
        {
            if (_uses.ContainsKey(i))
                foreach (Instruction x in i.In)
                {
                    usesHere[x] = usesHere.GetValueOrDefault(x) + 1;
                    if (_uses.GetValueOrDefault(x) == 1 && here.Contains(x) && !kept.Contains(x) && IsMovable(x) && i.Op is not KernelOp.For && !IsReadTwice(i, x)) _inline.Add(x);
                }
            foreach (Block inner in i.Bodies) FindInline(inner, kept);
        }
        foreach ((Instruction x, int n) in usesHere)
            if (n > 1 && n == _uses.GetValueOrDefault(x) && here.Contains(x) && !kept.Contains(x) && x.Op is KernelOp.Load or KernelOp.Splat && IsMovable(x)) _late.Add(x);
    }

    /// <summary>Whether the code of <paramref name="i"/> pushes its operand more than once.</summary>
    private static bool IsReadTwice(Instruction i, Instruction x) => i.Op switch
    {
        KernelOp.Vector => x.Op == KernelOp.Lane,
        KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Fma or KernelOp.Splat or KernelOp.Select or KernelOp.Convert or KernelOp.Bitcast or KernelOp.Not or KernelOp.Load or KernelOp.Store
            or KernelOp.Set or KernelOp.Var or KernelOp.If => false,
        _ => WasmTypes.Op(i.Op, i.In[0].Type) is null,
    };

    private bool IsMovable(Instruction i) => i.Op switch
    {
        KernelOp.Load => _k.Buffers[i.Number] is { Access: BufferAccess.Read, Type: DType.Float32 or DType.Int32 or DType.UInt32 },
        KernelOp.Neg or KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Fma or KernelOp.Eq or KernelOp.Lt or KernelOp.Le or KernelOp.Splat or KernelOp.Convert => true,
        KernelOp.Div or KernelOp.Rem or KernelOp.And or KernelOp.Or or KernelOp.Xor or KernelOp.PairDot or KernelOp.Min or KernelOp.Max => WasmTypes.Op(i.Op, i.Type) is not null,
        _ => false,
    };
}
