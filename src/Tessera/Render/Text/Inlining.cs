using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Which values of a kernel get no name in its text: they are written where they are used, or never used at all.</summary>
internal sealed class Inlining
{
    private const int LongestExpression = 12;

    private readonly Kernel _k;
    private readonly Dictionary<Instruction, int> _uses = [];
    private readonly Dictionary<Instruction, int> _size = [];
    private readonly HashSet<Instruction> _inline = [];

    public Inlining(Kernel k)
    {
        _k = k;
        foreach (Instruction i in k.Instructions.Reverse())
            if (!IsDead(i)) foreach (Instruction x in i.In) _uses[x] = _uses.GetValueOrDefault(x) + 1;
        Walk(k.Body);
    }

    public bool Inlined(Instruction i) => _inline.Contains(i);

    /// <summary>Pure and without a reader. A read stays, so that every buffer that a kernel is bound to appears in it.</summary>
    public bool IsDead(Instruction i) => !_uses.ContainsKey(i) && IsPure(i) && i.Op != KernelOp.Load;

    private static bool IsPure(Instruction i) => i.Op is not (KernelOp.Store or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Set or KernelOp.For or KernelOp.If);

    private void Walk(Block block)
    {
        Dictionary<Instruction, int> place = [];
        for (int p = 0; p < block.List.Count; p++) place[block.List[p]] = p;
        for (int p = 0; p < block.List.Count; p++)
        {
            Instruction user = block.List[p];
            if (IsDead(user)) continue;
            int size = 1;
            foreach (Instruction x in user.In)
                if (user.Op != KernelOp.For && place.TryGetValue(x, out int from) && _uses[x] == 1 && size + Size(x) <= LongestExpression && Moves(block, x, from, p))
                {
                    _inline.Add(x);
                    size += Size(x);
                }
            _size[user] = size;
            foreach (Block inner in user.Bodies) Walk(inner);
        }
    }

    private int Size(Instruction i) => _size.GetValueOrDefault(i, 1);

    /// <summary>Whether <paramref name="x"/> gives the same when it is computed at <paramref name="to"/> instead of <paramref name="from"/>.</summary>
    private bool Moves(Block block, Instruction x, int from, int to)
    {
        if (x.Op is KernelOp.Var or KernelOp.LoadShared || !IsPure(x)) return false;
        // A user that is inlined itself is computed later still, so what it holds must not depend on when.
        if (x.Op == KernelOp.Load) return _k.Buffers[x.Number].Access == BufferAccess.Read;
        return x.Op == KernelOp.Get ? Untouched(block, x, from, to) : x.In.All(y => !_inline.Contains(y) || !ReadsLocals(y) || Untouched(block, y, from, to));
    }

    private bool ReadsLocals(Instruction i) => i.Op == KernelOp.Get || i.In.Any(x => _inline.Contains(x) && ReadsLocals(x));

    private bool Untouched(Block block, Instruction x, int from, int to)
    {
        if (x.Op != KernelOp.Get) return x.In.All(y => !_inline.Contains(y) || !ReadsLocals(y) || Untouched(block, y, from, to));
        for (int p = from + 1; p < to; p++)
            if (block.List[p] is { } i && (!i.Bodies.IsEmpty || i.Op == KernelOp.Set && i.In[0] == x.In[0])) return false;
        return true;
    }
}
