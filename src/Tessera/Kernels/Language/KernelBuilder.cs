using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>Writes a kernel instruction by instruction. Equal pure instructions are one; each stands in the outermost block where its operands are known.</summary>
public sealed class KernelBuilder
{
    private readonly List<KernelBuffer> _buffers = [];
    private readonly List<SharedArray> _shared = [];
    private readonly List<Scope> _scopes = [new(new Block(), Conditional: false, [])];
    private int _next;

    /// <param name="items">Work items of a launch.</param>
    public KernelBuilder(long items) => Items = items;

    public long Items { get; }

    /// <summary>How many blocks enclose the current one.</summary>
    internal int Depth => _scopes.Count - 1;

    public int Buffer(string name, DType type, BufferAccess access, long count = 0)
    {
        _buffers.Add(new(name, type, access, count));
        return _buffers.Count - 1;
    }

    public int Shared(KernelType type, int count)
    {
        _shared.Add(new(type, count));
        return _shared.Count - 1;
    }

    public Kernel Build(string name, int groupSize) => new(name, [.. _buffers], [.. _shared], Items, groupSize, _scopes[0].Block);

    public Instruction Const(KernelType type, long value) => type.IsFloat ? Const(type, (double)value) : Emit(KernelOp.Const, type, [], new KernelArg.Integer(Wrap(type, value)));

    public Instruction Const(KernelType type, double value) =>
        type.IsFloat ? Emit(KernelOp.Const, type, [], new KernelArg.Real(type.Kind == ScalarKind.Float32 ? (float)value : value)) : Const(type, (long)value);

    public Instruction Const(int value) => Const(KernelType.Int32, value);

    public Instruction Item() => Emit(KernelOp.Item, KernelType.Int32, []);

    /// <summary>Element <paramref name="index"/> of a buffer, or <paramref name="lanes"/> consecutive ones.</summary>
    public Instruction Load(int buffer, Instruction index, int lanes = 1) =>
        Emit(KernelOp.Load, KernelType.Reads(_buffers[buffer].Type)!.Value.Of(lanes), [index], new KernelArg.Number(buffer));

    public void Store(int buffer, Instruction index, Instruction value) => Emit(KernelOp.Store, value.Type, [index, value], new KernelArg.Number(buffer));

    public Instruction Var(Instruction initial) => Emit(KernelOp.Var, initial.Type, [initial]);

    public Instruction Get(Instruction variable) => Emit(KernelOp.Get, variable.Type, [variable]);

    public void Set(Instruction variable, Instruction value) => Emit(KernelOp.Set, value.Type, [variable, value]);

    public void For(Instruction from, Instruction to, int step, Action<Instruction> body)
    {
        if (from.Facts.Low >= to.Facts.High) return;
        long last = to.Facts.High - 1;
        IntegerFacts facts = new(from.Facts.Low, last, IntegerFacts.Gcd(from.Facts.Divisor, step));
        Instruction loop = new(_next++, KernelOp.For, KernelType.Int32, [from, to], new KernelArg.Number(step), Depth + 1, facts);
        Block block = Open(conditional: false);
        body(loop);
        Close();
        // Put last, so that what was moved out of the body while it was written stands before it.
        loop.Bodies = [block];
        _scopes[^1].Block.List.Add(loop);
    }

    public void If(Instruction condition, Action then, Action? otherwise = null)
    {
        if (condition.Integer is { } known)
        {
            if (known != 0) then();
            else otherwise?.Invoke();
            return;
        }
        Instruction branch = new(_next++, KernelOp.If, KernelType.Bool, [condition], null, Depth, IntegerFacts.Unknown);
        List<Block> bodies = [Open(conditional: true)];
        then();
        Close();
        if (otherwise is not null)
        {
            bodies.Add(Open(conditional: true));
            otherwise();
            Close();
        }
        branch.Bodies = [.. bodies];
        _scopes[^1].Block.List.Add(branch);
    }

    public Instruction Emit(KernelOp op, KernelType type, ReadOnlySpan<Instruction> inputs, KernelArg? arg = null)
    {
        if (KernelRules.Simplify(this, op, type, inputs, arg) is { } simpler) return simpler;
        if (!IsPure(op, arg)) return Append(Depth, op, type, [.. inputs], arg);
        int depth = 0;
        foreach (Instruction i in inputs) depth = Math.Max(depth, i.Depth);
        // A load that a condition guards must stay behind it.
        if (op == KernelOp.Load) for (int d = Depth; d > depth; d--) if (_scopes[d].Conditional) depth = d;
        Key key = new(op, type, [.. inputs], arg);
        for (int d = depth; d >= 0; d--)
            if (_scopes[d].Known.TryGetValue(key, out Instruction? known)) return known;
        return _scopes[depth].Known[key] = Append(depth, op, type, key.In, arg);
    }

    private Instruction Append(int depth, KernelOp op, KernelType type, ImmutableArray<Instruction> inputs, KernelArg? arg)
    {
        Instruction i = new(_next++, op, type, inputs, arg, depth, KernelRules.Facts(op, type, inputs, arg, Items));
        _scopes[depth].Block.List.Add(i);
        return i;
    }

    private bool IsPure(KernelOp op, KernelArg? arg) => op switch
    {
        KernelOp.Store or KernelOp.LoadShared or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Var or KernelOp.Get or KernelOp.Set or KernelOp.For or KernelOp.If => false,
        KernelOp.Load => _buffers[((KernelArg.Number)arg!).Value].Access == BufferAccess.Read,
        KernelOp.Const or KernelOp.Item or KernelOp.Group or KernelOp.Local or KernelOp.Neg or KernelOp.Abs or KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Div or KernelOp.Rem
            or KernelOp.Fma or KernelOp.Min or KernelOp.Max or KernelOp.And or KernelOp.Or or KernelOp.Xor or KernelOp.Not or KernelOp.Shl or KernelOp.Shr or KernelOp.PairDot or KernelOp.Eq or KernelOp.Lt
            or KernelOp.Le or KernelOp.Select or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin
            or KernelOp.Cos or KernelOp.Convert or KernelOp.Bitcast or KernelOp.Splat or KernelOp.Lane or KernelOp.Vector => true,
    };

    private Block Open(bool conditional)
    {
        _scopes.Add(new(new Block(), conditional, []));
        return _scopes[^1].Block;
    }

    private void Close() => _scopes.RemoveAt(_scopes.Count - 1);

    internal static long Wrap(KernelType type, long v) => type.Kind switch
    {
        ScalarKind.Bool => v == 0 ? 0 : 1,
        ScalarKind.Int32 => (int)v,
        ScalarKind.UInt32 => (uint)v,
        ScalarKind.Int64 or ScalarKind.UInt64 => v,
        ScalarKind.Float32 or ScalarKind.Float64 => throw new TesseraException(ErrorCode.Internal, $"{type} is no integer type."),
    };

    private sealed record Scope(Block Block, bool Conditional, Dictionary<Key, Instruction> Known);

    private readonly record struct Key(KernelOp Op, KernelType Type, ImmutableArray<Instruction> In, KernelArg? Arg)
    {
        public bool Equals(Key o) => Op == o.Op && Type == o.Type && In.AsSpan().SequenceEqual(o.In.AsSpan()) && Equals(Arg, o.Arg);

        public override int GetHashCode()
        {
            HashCode h = default;
            h.Add(Op);
            h.Add(Type);
            foreach (Instruction i in In) h.Add(i.Id);
            h.Add(Arg);
            return h.ToHashCode();
        }
    }
}
