using System.Globalization;
using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>A kernel in a language of C's family, as the function `run`. What such languages name differently is abstract.</summary>
internal abstract class CRenderer(Kernel k) : TextRenderer(k)
{
    protected override string CounterType => "int";

    protected override IReadOnlyDictionary<string, (string Code, string[] Uses)> HelperTable => CHelpers.Of(this);

    protected override string Declared(KernelType type, string name, string value, bool isVariable) => $"{(isVariable ? "" : "const ")}{TypeName(type)} {name} = {value};";

    /// <summary>What helper functions are marked with.</summary>
    internal abstract string Function { get; }

    internal abstract string Scalar(ScalarKind kind);

    /// <summary>Bits of a value seen as another type.</summary>
    internal abstract string Bits(KernelType to, string value);

    /// <summary>A vector from one value per lane, or from one for all.</summary>
    protected abstract string Vector(KernelType type, IEnumerable<string> lanes);

    protected abstract string VectorConvert(KernelType from, KernelType to, string value);

    protected abstract string VectorSelect(string condition, string yes, string no);

    protected abstract string VectorLoad(string address);

    protected abstract string VectorStore(string address, string value);

    protected abstract string FunctionName(KernelOp op, KernelType type);

    /// <summary>Suffix of a 64-bit integer.</summary>
    protected abstract string LongSuffix { get; }

    protected virtual string LocalName => "local";

    /// <summary>A lane of a vector of truth values.</summary>
    protected virtual string TruthLane(string lane) => lane;

    protected virtual string TruthNot(KernelType type) => "!";

    protected static string MemoryType(DType type) => type switch
    {
        DType.Bool or DType.UInt8 or DType.Int4 or DType.UInt4 => "unsigned char",
        DType.Int8 => "signed char",
        DType.Int16 => "short",
        DType.UInt16 or DType.Float16 or DType.BFloat16 => "unsigned short",
        _ => "",
    };

    /// <summary>How an element lies in memory.</summary>
    protected string ElementType(DType type) => MemoryType(type) is { Length: > 0 } narrow ? narrow : Scalar(KernelType.Reads(type)!.Value.Kind);

    protected override string TypeName(KernelType t) => t.Lanes == 1 ? Scalar(t.Kind) : VectorName(t);

    protected virtual string VectorName(KernelType t) => Scalar(t.Kind) + "4";

    protected override string Literal(KernelType type, KernelArg value)
    {
        if (value is KernelArg.Real r)
        {
            bool single = type.Kind == ScalarKind.Float32;
            double v = r.Value;
            if (!double.IsFinite(single ? (float)v : v)) return Bits(type, single ? $"0x{BitConverter.SingleToUInt32Bits((float)v):x}u" : $"0x{BitConverter.DoubleToUInt64Bits(v):x}u{LongSuffix}");
            string digits = single ? ((float)v).ToString("R", CultureInfo.InvariantCulture) : v.ToString("R", CultureInfo.InvariantCulture);
            if (!digits.AsSpan().ContainsAny('.', 'E')) digits += ".0";
            return Signed(digits + (single ? "f" : ""));
        }
        long n = ((KernelArg.Integer)value).Value;
        return type.Kind switch
        {
            ScalarKind.Bool => n != 0 ? "true" : "false",
            ScalarKind.UInt32 => Number(n) + "u",
            ScalarKind.Int64 => n == long.MinValue ? $"(-{long.MaxValue}{LongSuffix} - 1)" : Signed(Number(n) + LongSuffix),
            ScalarKind.UInt64 => ((ulong)n).ToString(CultureInfo.InvariantCulture) + "u" + LongSuffix,
            _ => n == int.MinValue ? "(-2147483647 - 1)" : Signed(Number(n)),
        };
    }

    private static string Signed(string digits) => digits[0] == '-' ? $"({digits})" : digits;

    protected override Text Expression(Instruction i) => i.Op switch
    {
        KernelOp.Load => Load(i),
        KernelOp.LoadShared => Text.Atom($"s{i.Number}[{Bare(i.In[0])}]"),
        KernelOp.Group => Text.Atom("group"),
        KernelOp.Local => Text.Atom(LocalName),
        KernelOp.Neg => i.Type.IsFloat ? Text.Operation($"-{Of(i.In[0])}") : Wrapping(i, "-"),
        KernelOp.Add => Wrapping(i, "+"),
        KernelOp.Sub => Wrapping(i, "-"),
        KernelOp.Mul => Wrapping(i, "*"),
        KernelOp.Div => Infix("/", i),
        KernelOp.Rem => Infix("%", i),
        KernelOp.Fma => Text.Operation($"{Of(i.In[0])} * {Of(i.In[1])} + {Of(i.In[2])}"),
        KernelOp.Min or KernelOp.Max => Extremum(i),
        KernelOp.And => Infix("&", i),
        KernelOp.Or => Infix("|", i),
        KernelOp.Xor => Infix("^", i),
        KernelOp.Not => Text.Operation($"{(i.Type.Kind == ScalarKind.Bool ? TruthNot(i.Type) : "~")}{Of(i.In[0])}"),
        KernelOp.Shl => Wrapping(i, "<<"),
        KernelOp.Shr => Infix(">>", i),
        KernelOp.Eq => Infix("==", i),
        KernelOp.Lt => Infix("<", i),
        KernelOp.Le => Infix("<=", i),
        KernelOp.Select => i.Type.Lanes == 1 ? Text.Operation($"{Of(i.In[0])} ? {Of(i.In[1])} : {Of(i.In[2])}") : Text.Atom(VectorSelect(Bare(i.In[0]), Bare(i.In[1]), Bare(i.In[2]))),
        KernelOp.Abs when !i.Type.IsFloat => i.Type.IsSigned ? Magnitude(i) : Text.Atom(Of(i.In[0])),
        KernelOp.Abs or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos => Call(FunctionName(i.Op, i.Type), i),
        KernelOp.Convert => Convert(i),
        KernelOp.Bitcast => Text.Atom(Bits(i.Type, Bare(i.In[0]))),
        KernelOp.Splat or KernelOp.Vector => Text.Atom(Vector(i.Type, i.In.Select(Bare))),
        KernelOp.Lane => Text.Atom(i.Type.Kind == ScalarKind.Bool ? TruthLane($"{Of(i.In[0])}.{"xyzw"[i.Number]}") : $"{Of(i.In[0])}.{"xyzw"[i.Number]}"),
        KernelOp.PairDot or KernelOp.Const or KernelOp.Item or KernelOp.Store or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Var or KernelOp.Get or KernelOp.Set or KernelOp.For or KernelOp.If => throw Missing(i),
    };

    /// <summary>Signed integers of C must not overflow. Where their bounds are not known, unsigned ones compute, which wrap.</summary>
    private Text Wrapping(Instruction i, string op)
    {
        string Plain(Func<Instruction, string> of) => i.In.Length == 1 ? $"{op}{of(i.In[0])}" : $"{of(i.In[0])} {op} {of(i.In[1])}";
        if (!i.Type.IsInteger || !i.Type.IsSigned || i.Facts.Low > int.MinValue && i.Facts.High < int.MaxValue) return Text.Operation(Plain(Of));
        KernelType unsigned = new(i.Type.Bits == 64 ? ScalarKind.UInt64 : ScalarKind.UInt32, i.Type.Lanes);
        return i.Type.Lanes == 1 ? Text.Operation($"({TypeName(i.Type)})({Plain(x => $"({TypeName(unsigned)}){Of(x)}")})") : Text.Atom(Bits(i.Type, Plain(x => Bits(unsigned, Bare(x)))));
    }

    private Text Magnitude(Instruction i)
    {
        string x = Named(i.In[0]);
        KernelType unsigned = new(i.Type.Bits == 64 ? ScalarKind.UInt64 : ScalarKind.UInt32, i.Type.Lanes);
        return i.Type.Lanes == 1 ? Text.Operation($"{x} < 0 ? ({TypeName(i.Type)})(0 - ({TypeName(unsigned)}){x}) : {x}")
            : Text.Atom(VectorSelect($"{x} < {Vector(i.Type, ["0"])}", Bits(i.Type, $"{Vector(unsigned, ["0"])} - {Bits(unsigned, x)}"), x));
    }

    /// <summary>The smaller or the larger; NaN when one is.</summary>
    private Text Extremum(Instruction i)
    {
        string a = Named(i.In[0]), b = Named(i.In[1]), better = i.Op == KernelOp.Min ? $"{a} < {b}" : $"{b} < {a}";
        string condition = i.Type.IsFloat ? i.Type.Lanes == 1 ? $"{better} || {a} != {a}" : $"({better}) | ({a} != {a})" : better;
        return i.Type.Lanes == 1 ? Text.Operation($"{condition} ? {a} : {b}") : Text.Atom(VectorSelect(condition, a, b));
    }

    private Text Convert(Instruction i)
    {
        KernelType from = i.In[0].Type;
        if (i.Type.Kind == ScalarKind.Bool) return Text.Operation($"{Of(i.In[0])} != {(from.Lanes == 1 ? "0" : Vector(from, ["0"]))}");
        return i.Type.Lanes == 1 ? Text.Operation($"({TypeName(i.Type)}){Of(i.In[0])}") : Text.Atom(VectorConvert(from, i.Type, Bare(i.In[0])));
    }

    private Text Load(Instruction i)
    {
        KernelBuffer b = K.Buffers[i.Number];
        if (i.Type.Lanes == 1) return b.Type.Bits() < 32 ? One(b, Named(i.In[0])) : Text.Atom($"{b.Name}[{Bare(i.In[0])}]");
        if (b.Type.Bits() == 32) return Text.Atom(VectorLoad($"{b.Name} + {Of(i.In[0])}"));
        string at = Named(i.In[0]);
        return Text.Atom(Vector(i.Type, Enumerable.Range(0, i.Type.Lanes).Select(l => One(b, l == 0 ? at : $"({at} + {l})").Code)));
    }

    private Text One(KernelBuffer b, string at) => b.Type switch
    {
        DType.Bool => Text.Operation($"{b.Name}[{at}] != 0"),
        DType.Int4 => Text.Operation($"((int)({b.Name}[{at} >> 1] >> ({at} & 1) * 4 & 15) ^ 8) - 8"),
        DType.UInt4 => Text.Operation($"({Scalar(ScalarKind.UInt32)})({b.Name}[{at} >> 1] >> ({at} & 1) * 4 & 15)"),
        DType.Float16 => Text.Atom($"{Use("from_f16")}({b.Name}[{at}])"),
        DType.BFloat16 => Text.Atom($"{Use("from_bf16")}({b.Name}[{at}])"),
        _ => Text.Operation($"({Scalar(KernelType.Reads(b.Type)!.Value.Kind)}){b.Name}[{at}]"),
    };

    protected override void Store(Instruction i)
    {
        KernelBuffer b = K.Buffers[i.Number];
        if (b.Type.Bits() < 8) throw new TesseraException(ErrorCode.Unsupported, $"Kernels in this language do not write {b.Type}.");
        if (i.Type.Lanes == 1) { Line($"{b.Name}[{Bare(i.In[0])}] = {Narrowed(b.Type, Bare(i.In[1]))};"); return; }
        if (b.Type.Bits() == 32) { Line($"{VectorStore($"{b.Name} + {Of(i.In[0])}", Bare(i.In[1]))};"); return; }
        string at = Named(i.In[0]), v = Named(i.In[1]);
        for (int l = 0; l < i.Type.Lanes; l++)
        {
            string lane = $"{v}.{"xyzw"[l]}";
            Line($"{b.Name}[{at}{(l == 0 ? "" : $" + {l}")}] = {Narrowed(b.Type, b.Type == DType.Bool ? TruthLane(lane) : lane)};");
        }
    }

    private string Narrowed(DType type, string value) => type switch
    {
        DType.Float16 => $"{Use("to_f16")}({value})",
        DType.BFloat16 => $"{Use("to_bf16")}({value})",
        _ => MemoryType(type) is { Length: > 0 } narrow ? $"({narrow})({value})" : value,
    };
}
