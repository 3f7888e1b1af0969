using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Where the accesses of a kernel point: a buffer's address plus multiples of values, kept in locals that loops step on, plus a constant that the instruction itself adds.</summary>
/// <remarks>
/// An index is a sum of multiples of terms; what is no sum, difference or multiple is a term. Terms are added in the order in which they become known, so that accesses that differ in inner
/// terms only, or by a constant, share what they have in common. A term that counts a loop is not multiplied: its pointer starts where the loop does and steps with it.
/// </remarks>
internal sealed class WasmAddresses
{
    private readonly Kernel _k;
    private readonly Dictionary<Instruction, Sum> _sums = [];
    private readonly Dictionary<string, WasmPointer> _pointers = [];
    private readonly Dictionary<Instruction, (WasmPointer Pointer, uint Offset)> _of = [];

    public WasmAddresses(Kernel k)
    {
        _k = k;
        foreach (Instruction i in k.Instructions)
            if (IsAccess(i)) _of[i] = Find(i.Number, i.In[0]);
    }

    /// <summary>All pointers, those that others start from first.</summary>
    public IEnumerable<WasmPointer> Pointers => _pointers.Values;

    /// <summary>Whether an instruction's place is a pointer of this kernel; those of 4-bit elements are not.</summary>
    public bool IsAccess(Instruction i) => i.Op is KernelOp.Load or KernelOp.Store && _k.Buffers[i.Number].Type.Bits() >= 8;

    public (WasmPointer Pointer, uint Offset) Of(Instruction access) => _of[access];

    private (WasmPointer, uint) Find(int buffer, Instruction index)
    {
        int size = _k.Buffers[buffer].Type.Bits() / 8;
        Sum sum = SumOf(index);
        (Instruction Term, long Factor)[] terms = [.. sum.Terms.Where(t => t.Value != 0).OrderBy(t => t.Key.Depth).ThenBy(t => t.Key.Id).Select(t => (t.Key, t.Value * size))];
        // The instruction's constant is added without wrapping round: what it is added to must not lie before the buffer.
        long low = terms.Sum(t => Math.Min(t.Factor * t.Term.Facts.Low, t.Factor * t.Term.Facts.High)), constant = sum.Constant * size, start = Math.Max(0, -low);
        if (low < int.MinValue || start > constant || constant - start > int.MaxValue) start = constant;
        return (Pointer(buffer, start, terms), (uint)(constant - start));
    }

    private WasmPointer Pointer(int buffer, long start, ReadOnlySpan<(Instruction Term, long Factor)> terms)
    {
        string key = $"{buffer}+{start}";
        foreach ((Instruction t, long f) in terms) key += $"+{t.Id}*{f}";
        if (_pointers.TryGetValue(key, out WasmPointer? known)) return known;
        WasmPointer p = terms.IsEmpty ? new(buffer, start, null, null, 0) : new(buffer, 0, Pointer(buffer, start, terms[..^1]), terms[^1].Term, (int)terms[^1].Factor);
        _pointers[key] = p;
        return p;
    }

    private Sum SumOf(Instruction i)
    {
        if (_sums.TryGetValue(i, out Sum? known)) return known;
        Sum s = new([], 0);
        if (i.Type == KernelType.Int32 && i.Integer is { } c) s = new([], c);
        else if (i.Type == KernelType.Int32 && i.Op is KernelOp.Add or KernelOp.Sub) s = SumOf(i.In[0]).Plus(SumOf(i.In[1]), i.Op == KernelOp.Add ? 1 : -1);
        else if (i.Type == KernelType.Int32 && i.Op == KernelOp.Mul && i.In[1].Integer is { } f && Math.Abs(f) < 1 << 28) s = s.Plus(SumOf(i.In[0]), f);
        else s.Terms[i] = 1;
        return _sums[i] = s;
    }

    /// <summary>Σ factor·term + constant.</summary>
    private sealed record Sum(Dictionary<Instruction, long> Terms, long Constant)
    {
        public Sum Plus(Sum o, long factor)
        {
            Dictionary<Instruction, long> terms = new(Terms);
            foreach ((Instruction t, long f) in o.Terms) terms[t] = terms.GetValueOrDefault(t) + f * factor;
            return new(terms, Constant + o.Constant * factor);
        }
    }
}

/// <summary>An address in bytes: that of a buffer plus a constant, or that of another pointer plus a multiple of a term.</summary>
/// <param name="buffer">Whose address it starts from.</param>
/// <param name="start">Bytes added to it, where there is no base.</param>
/// <param name="origin">The pointer that it starts from.</param>
/// <param name="term">What it adds a multiple of.</param>
/// <param name="factor">Bytes for each unit of the term.</param>
internal sealed class WasmPointer(int buffer, long start, WasmPointer? origin, Instruction? term, int factor)
{
    public int Buffer => buffer;

    public int Start => (int)start;

    public WasmPointer? Origin => origin;

    public Instruction? Term => term;

    public int Factor => factor;

    /// <summary>The local that holds it.</summary>
    public int Local { get; set; }
}
