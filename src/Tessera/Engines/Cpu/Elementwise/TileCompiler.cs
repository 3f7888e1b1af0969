using Tessera.Ir;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>Turns a group of elementwise nodes into a <see cref="TileProgram"/>.</summary>
/// <param name="shape">Shape of every node in the group.</param>
/// <param name="operand">Where the value of a node outside the group lies.</param>
internal sealed class TileCompiler(Shape shape, Func<Node, Operand> operand)
{
    /// <summary>Bytes of scratch tiles that stay in the first-level cache beside operands and outputs.</summary>
    private const int CacheBytes = 24 * 1024;

    private readonly List<Virtual> _registers = [];
    private readonly List<TileInstruction> _code = [];
    private readonly List<TileSource> _sources = [];
    private readonly Dictionary<Node, int> _values = [];
    private readonly Dictionary<(int Register, int Width), int> _widths = [];

    /// <summary>A tile-wide variable: a computing type, or a mask of some width.</summary>
    /// <param name="Type">Computing type; Bool for masks.</param>
    /// <param name="Width">Bytes per element.</param>
    /// <param name="Uniform">Whether all elements are equal.</param>
    /// <param name="Source">Whether an operand is loaded into it.</param>
    private readonly record struct Virtual(DType Type, int Width, bool Uniform, bool Source);

    /// <summary>Adds nodes in topological order, then <see cref="Finish"/>.</summary>
    public void Add(Node n)
    {
        int y = n.Op == GraphOp.Cast ? Cast(n) : n.Op switch
        {
            GraphOp.Where => Rounded(n, Where(n)),
            GraphOp.IsInf => IsInf(n),
            GraphOp.IsNaN => Emit(MicroOps.Unary(n.Op, Type(n.In[0])), DType.Bool, Width(n.In[0]), Exact(n.In[0])),
            GraphOp.Not when n.Type == DType.Bool => Mask(new NotMaskMicroOp(Width(n.In[0])), Width(n.In[0]), Value(n.In[0])),
            GraphOp.Eq or GraphOp.Lt or GraphOp.Le => Compare(n),
            GraphOp.Pow when Power(n) is { } power => Rounded(n, power),
            GraphOp.Mul when Whole(n) is { } whole => Rounded(n, whole),
            _ when n.Type == DType.Bool => Logic(n.Op, n.In[0], n.In[1]),
            GraphOp.Floor or GraphOp.Ceil or GraphOp.Round or GraphOp.Sign => Rounded(n, Emit(MicroOps.Unary(n.Op, Type(n)), Type(n), SizeOf(Type(n)), Exact(n.In[0]))),
            GraphOp.Mod or GraphOp.Rem => Rounded(n, Emit(MicroOps.Binary(n.Op, Type(n)), Type(n), SizeOf(Type(n)), Exact(n.In[0]), Exact(n.In[1]))),
            _ when n.In.Length == 1 => Rounded(n, Emit(MicroOps.Unary(n.Op, Type(n)), Type(n), SizeOf(Type(n)), Value(n.In[0]))),
            _ => Rounded(n, Emit(MicroOps.Binary(n.Op, Type(n)), Type(n), SizeOf(Type(n)), Value(n.In[0]), Value(n.In[1]))),
        };
        _values[n] = y;
        _made.Add(n);
    }

    /// <summary>One micro-operator over a whole operand.</summary>
    public static GroupStep Single(StepBuilder b, MicroOp op, Operand x, Operand y)
    {
        TileSource source = new(x, y.Shape, 0);
        TileTarget target = new(y, 1);
        return new GroupStep(new TileAllocation([new(x.Size, source.Access == TileAccess.Uniform), new(y.Size, false)], [source], [new(op, 0, -1, -1, 1)], [target]).Finish(b, CacheBytes));
    }

    /// <summary>The program that writes <paramref name="outputs"/>.</summary>
    public TileProgram Finish(StepBuilder b, params ReadOnlySpan<(Node Node, Operand Operand)> outputs)
    {
        List<TileTarget> targets = [];
        foreach ((Node node, Operand operand) in outputs) targets.Add(new(operand, Stored(node, operand.Type)));
        Remove(targets);
        TileRegister[] registers = new TileRegister[_registers.Count];
        for (int i = 0; i < registers.Length; i++) registers[i] = new(_registers[i].Width, _registers[i].Uniform);
        return new TileAllocation(registers, _sources, _code, targets).Finish(b, CacheBytes);
    }

    private static DType Type(Node n) => MicroOps.Computing(n.Type);

    private int Width(Node n) => _registers[Value(n)].Width;

    private static int SizeOf(DType computing) => Operand.SizeOf(computing);

    /// <summary>
    /// The register of a node: computed in the group, or loaded and decoded. Results of arithmetic on 16-bit floats are not rounded here: rounding each of
    /// them costs more than the arithmetic, and leaves less of the result right.
    /// </summary>
    private int Value(Node n)
    {
        if (_values.TryGetValue(n, out int r)) return r;
        Operand x = operand(n);
        TileSource s = new(x, shape, _registers.Count);
        _sources.Add(s);
        bool mask = n.Type == DType.Bool;
        _registers.Add(new(mask ? DType.UInt8 : Type(n), x.Size, s.Access == TileAccess.Uniform, true));
        r = s.Register;
        if (mask) r = Emit(new UnaryMicroOp<FromBoolOp, byte>(), DType.Bool, 1, r);
        else if (x.Type != n.Type) _loose.Add(r);
        else if (Conversions.Decode(n.Type) is { } decode) r = Emit(decode, DType.Float32, 4, r);
        return _values[n] = r;
    }

    /// <summary>The register of a node rounded to its type, for operators that tell neighbouring values apart: comparisons, rounding, remainders.</summary>
    private int Exact(Node n)
    {
        int r = Value(n);
        if (!Conversions.IsHalf(n.Type) || !_loose.Contains(r)) return r;
        if (!_tight.TryGetValue(r, out int y)) _tight[r] = y = Round(Conversions.Round(n.Type)!, r);
        return y;
    }

    /// <summary>A register that holds a node's elements as <paramref name="type"/> (its own, or Float32 for 16 bits), written by an instruction of the loop.</summary>
    private int Stored(Node n, DType type)
    {
        int r = _values[n], last = _code.FindLastIndex(i => i.Y == r);
        if (n.Type == DType.Bool) return Emit(new ToBoolMicroOp(), DType.UInt8, 1, ToWidth(r, 1), uniform: false);
        // Encoding rounds, so that rounding before it is wasted; Remove drops it when nobody else reads it.
        if (type == n.Type && Conversions.Encode(n.Type) is { } encode) return Emit(encode, n.Type, Operand.SizeOf(n.Type), _exact.GetValueOrDefault(r, r), uniform: false);
        bool fresh = last >= 0 && !_registers[r].Uniform && !_registers[r].Source && _stored.Add(r);
        return fresh ? r : Emit(new CopyMicroOp(_registers[r].Width), _registers[r].Type, _registers[r].Width, r, uniform: false);
    }

    private readonly HashSet<int> _stored = [];

    /// <summary>Nodes of the group so far; others have registers too, once they are read.</summary>
    private readonly HashSet<Node> _made = [];

    /// <summary>Registers of 16-bit values that are not rounded.</summary>
    private readonly HashSet<int> _loose = [];

    /// <summary>Their rounded forms, where something asked for them.</summary>
    private readonly Dictionary<int, int> _tight = [];

    /// <summary>Registers before they were rounded, by the register after.</summary>
    private readonly Dictionary<int, int> _exact = [];

    /// <summary>Drops instructions whose results nobody reads.</summary>
    private void Remove(List<TileTarget> targets)
    {
        HashSet<int> needed = [];
        foreach (TileTarget t in targets) needed.Add(t.Register);
        for (int i = _code.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(_code[i].Y)) { _code.RemoveAt(i); continue; }
            needed.Add(_code[i].A);
            needed.Add(_code[i].B);
            needed.Add(_code[i].C);
        }
    }

    private int Emit(MicroOp op, DType type, int width, int a, int b = -1, int c = -1, bool uniform = true)
    {
        uniform = uniform && _registers[a].Uniform && (b < 0 || _registers[b].Uniform) && (c < 0 || _registers[c].Uniform);
        int y = _registers.Count;
        _registers.Add(new(type, width, uniform, false));
        _code.Add(new(op, a, b, c, y));
        return y;
    }

    private int Mask(MicroOp op, int width, int a, int b = -1, int c = -1) => Emit(op, DType.Bool, width, a, b, c);

    /// <summary>The mask in register <paramref name="r"/> at another width.</summary>
    private int ToWidth(int r, int width)
    {
        int w = _registers[r].Width;
        if (w == width) return r;
        if (_widths.TryGetValue((r, width), out int known)) return known;
        int next = w < width ? Mask(new WidenMaskMicroOp(w), w * 2, r) : Mask(new NarrowMaskMicroOp(w), w / 2, r);
        return _widths[(r, width)] = ToWidth(next, width);
    }

    private int Rounded(Node n, int r)
    {
        if (Conversions.IsHalf(n.Type)) _loose.Add(r);
        else if (n.Op is not (GraphOp.Neg or GraphOp.Abs or GraphOp.Min or GraphOp.Max or GraphOp.Where) && Conversions.Round(n.Type) is { } round) return Round(round, r);
        return r;
    }

    private int Round(MicroOp op, int r)
    {
        int y = Emit(op, DType.Float32, 4, r);
        _exact[y] = r;
        return y;
    }

    private int Compare(Node n)
    {
        if (n.In[0].Type == DType.Bool) return Logic(n.Op, n.In[0], n.In[1]);
        return Emit(MicroOps.Binary(n.Op, Type(n.In[0])), DType.Bool, SizeOf(Type(n.In[0])), Exact(n.In[0]), Exact(n.In[1]));
    }

    /// <summary>Operators on booleans, as bit operations on masks.</summary>
    private int Logic(GraphOp op, Node left, Node right)
    {
        int w = Math.Max(Width(left), Width(right)), a = ToWidth(Value(left), w), b = ToWidth(Value(right), w);
        int Not(int r) => Mask(new NotMaskMicroOp(w), w, r);
        return op switch
        {
            GraphOp.And or GraphOp.Mul or GraphOp.Min => Mask(new MaskMicroOp<AndOp>(w), w, a, b),
            GraphOp.Or or GraphOp.Add or GraphOp.Max => Mask(new MaskMicroOp<OrOp>(w), w, a, b),
            GraphOp.Xor => Mask(new MaskMicroOp<XorOp>(w), w, a, b),
            GraphOp.Eq => Not(Mask(new MaskMicroOp<XorOp>(w), w, a, b)),
            GraphOp.Lt => Mask(new MaskMicroOp<AndOp>(w), w, Not(a), b),
            GraphOp.Le => Mask(new MaskMicroOp<OrOp>(w), w, Not(a), b),
            _ => throw new TesseraException(ErrorCode.Unsupported, $"{op} has no meaning on booleans; cast first."),
        };
    }

    private int Where(Node n)
    {
        if (n.Type == DType.Bool)
        {
            int w = Math.Max(Width(n.In[0]), Math.Max(Width(n.In[1]), Width(n.In[2])));
            return Mask(new SelectMaskMicroOp(w), w, ToWidth(Value(n.In[0]), w), ToWidth(Value(n.In[1]), w), ToWidth(Value(n.In[2]), w));
        }
        int width = SizeOf(Type(n)), a = Value(n.In[1]), b = Value(n.In[2]);
        return Emit(MicroOps.Select(width), Type(n), width, ToWidth(Value(n.In[0]), width), a, b);
    }

    /// <summary>Powers with a small constant exponent, as products; null for others.</summary>
    private int? Power(Node n)
    {
        if (!n.Type.IsFloat() || n.In[1].Constant is not { Count: 1 } c || n.In[0].Shape != shape) return null;
        double exponent = Scalars.ToFloat64(c)[0];
        if (exponent is not (1 or 2 or 3 or 4)) return null;
        int x = Value(n.In[0]);
        int Times(int a, int b) => Emit(MicroOps.Binary(GraphOp.Mul, Type(n)), Type(n), SizeOf(Type(n)), a, b);
        return exponent switch { 1 => x, 2 => Times(x, x), 3 => Times(Times(x, x), x), _ => Times(Times(x, x), Times(x, x)) };
    }

    /// <summary>An activation or a dequantisation as one operator over tiles; null for other products. What it is made of goes when nothing else reads it.</summary>
    private int? Whole(Node n)
    {
        if (n.Type is not (DType.Float32 or DType.Float16 or DType.BFloat16)) return null;
        bool Computed(Node x) => _made.Contains(x) && !_registers[_values[x]].Uniform;
        if (DequantizeMicroOp.Of(n, Computed) is var (values, dequantize)) return Emit(dequantize, DType.Float32, 4, Value(values));
        return Gates.Of(n, Computed) is var (value, argument, op) ? Emit(op, DType.Float32, 4, Value(value), Value(argument)) : null;
    }

    private int IsInf(Node n)
    {
        (bool positive, bool negative) = n.Arg is Arg.Infinity i ? (i.Positive, i.Negative) : (true, true);
        return Emit(Conversions.IsInf(Type(n.In[0]), positive, negative), DType.Bool, SizeOf(Type(n.In[0])), Exact(n.In[0]));
    }

    private int Cast(Node n)
    {
        Node x = n.In[0];
        // What is rounded is at hand unless the group ends between it and the cast.
        if (_values.ContainsKey(x) && QuantizeMicroOp.Of(n) is var (real, zero, op) && _values.ContainsKey(real) && (zero is null || zero.Op == GraphOp.Const || _values.ContainsKey(zero))) return Emit(op, n.Type, 1, Value(real), zero is null ? -1 : Value(zero));
        int r = n.Type is DType.Float32 or DType.Float64 || n.Type == x.Type ? Value(x) : Exact(x);
        if (x.Type == n.Type) return r;
        if (n.Type == DType.Bool) return x.Type == DType.Bool ? r : Emit(Conversions.NonZero(Type(x)), DType.Bool, SizeOf(Type(x)), r);
        DType to = Type(n);
        int width = SizeOf(to);
        if (x.Type == DType.Bool) return Emit(Conversions.FromMask(to), to, width, ToWidth(r, width));
        // Rounded once: on the way to fewer bits, Float32 must not round to a tie that was none.
        if (Type(x) != to) r = Emit(Type(x) == DType.Float64 && n.Type is not (DType.Float32 or DType.BFloat16) && n.Type.IsFloat() ? new OddNarrowMicroOp() : Conversions.Convert(Type(x), to), to, width, r);
        if (n.Type is DType.Int4 or DType.UInt4) return Nibble(n.Type, Type(x).IsFloat(), r);
        // Encoded and decoded again, so that the register holds what a reader of the result sees.
        if (n.Type.IsFloat() && n.Type.Bits() == 8 && n.Arg is Arg.To { Saturate: false })
            return Emit(Conversions.Decode(n.Type)!, DType.Float32, 4, Emit(Conversions.EncodeUnsaturated(n.Type), n.Type, 1, r));
        return n.Type != x.Type && Conversions.Round(n.Type) is { } round ? Round(round, r) : r;
    }

    private int Nibble(DType type, bool clamp, int r) => type == DType.Int4
        ? Emit(clamp ? new ScalarUnaryMicroOp<ClampInt4Op, sbyte>() : new ScalarUnaryMicroOp<WrapInt4Op, sbyte>(), DType.Int8, 1, r)
        : Emit(clamp ? new ScalarUnaryMicroOp<ClampUInt4Op, byte>() : new ScalarUnaryMicroOp<WrapUInt4Op, byte>(), DType.UInt8, 1, r);
}
