using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>How the buffers of a kernel are declared, and the text that reads and writes their elements. Elements below 32 bits lie packed in words.</summary>
internal sealed class WgslMemory
{
    private enum Form
    {
        /// <summary>array of elements</summary>
        Elements,

        /// <summary>array of vec4 of elements: nothing is read or written otherwise, so that a last one that is not whole is not missed</summary>
        Vectors,

        /// <summary>array of u32, several elements each</summary>
        Words,

        /// <summary>the same, of which items write parts</summary>
        Atomics,
    }

    private readonly Kernel _k;
    private readonly Form[] _forms;
    private readonly bool[] _isUsed;

    private readonly TextRenderer _text;

    public WgslMemory(Kernel k, TextRenderer text)
    {
        (_k, _text) = (k, text);
        _forms = new Form[k.Buffers.Length];
        ILookup<int, Instruction> accesses = k.Instructions.Where(i => i.Op is KernelOp.Load or KernelOp.Store).ToLookup(i => i.Number);
        _isUsed = [.. Enumerable.Range(0, _forms.Length).Select(accesses.Contains)];
        for (int b = 0; b < _forms.Length; b++)
        {
            DType type = k.Buffers[b].Type;
            IEnumerable<Instruction> all = accesses[b];
            _forms[b] = type.Bits() == 32 ? all.All(i => i.Type.Lanes == 4 && IsAligned(i.In[0], 4)) ? Form.Vectors : Form.Elements
                : type.Bits() == 64 ? Form.Elements
                : all.Any(i => i.Op == KernelOp.Store && !(i.Type.Lanes == 4 && IsWhole(type, i.In[0]))) ? Form.Atomics : Form.Words;
        }
    }

    public string Declaration(int buffer)
    {
        // What is bound to it may be empty: four bytes, the least there is.
        if (!_isUsed[buffer]) return "array<u32>";
        long count = _k.Buffers[buffer].Count, words = (count * _k.Buffers[buffer].Type.Bits() + 31) / 32;
        return _forms[buffer] switch
        {
            Form.Elements => Array(Element(buffer), count),
            Form.Vectors => Array($"vec4<{Element(buffer)}>", count / 4),
            Form.Words => Array("u32", words),
            Form.Atomics => Array("atomic<u32>", words),
        };
    }

    /// <summary>An array of so many elements; 0: of as many as are bound.</summary>
    private static string Array(string element, long count) => count > 0 ? $"array<{element}, {count}>" : $"array<{element}>";

    private string Element(int buffer) => _k.Buffers[buffer].Type switch
    {
        DType.Float32 => "f32",
        DType.Int32 => "i32",
        DType.UInt32 => "u32",
        DType.Int64 or DType.UInt64 or DType.Float64 => "vec2<u32>",
        DType t => throw new TesseraException(ErrorCode.Unsupported, $"WGSL holds no {t}."),
    };

    public Text Load(int buffer, Instruction index, KernelType type)
    {
        string name = _k.Buffers[buffer].Name;
        if (_forms[buffer] == Form.Vectors) return Text.Atom($"{name}[{Shifted(index, 2).Code}]");
        if (_forms[buffer] == Form.Elements)
            return Text.Atom(type.Lanes == 1 ? $"{name}[{_text.Bare(index)}]" : $"vec4<{Element(buffer)}>({string.Join(", ", Enumerable.Range(0, 4).Select(l => $"{name}[{_text.Named(index)}{Plus(l)}]"))})");
        DType t = _k.Buffers[buffer].Type;
        if (type.Lanes == 1) return One(buffer, t, _text.Named(index));
        if (!IsWhole(t, index))
        {
            string at = _text.Named(index);
            return Text.Atom($"vec4<{Scalar(t)}>({string.Join(", ", Enumerable.Range(0, 4).Select(l => One(buffer, t, l == 0 ? at : $"({at}{Plus(l)})").Code))})");
        }
        string word = Word(buffer, Shifted(index, t.Bits() == 8 ? 2 : 1).Code);
        if (t.Bits() == 8)
            return t == DType.Int8 ? Text.Atom($"{_text.Use("signed_bytes")}({word})") : t == DType.Bool ? Text.Operation($"{_text.Use("bytes")}({word}) != vec4<u32>()") : Text.Atom($"{_text.Use("bytes")}({word})");
        string first = Shifted(index, 1).ToString(), pair = $"{Word(buffer, first)}, {Word(buffer, first + " + 1")}";
        return t switch
        {
            DType.Int16 => Text.Atom($"{_text.Use("signed_halves")}({pair})"),
            DType.UInt16 => Text.Atom($"{_text.Use("halves")}({pair})"),
            DType.BFloat16 => Text.Atom($"bitcast<vec4<f32>>({_text.Use("halves")}({pair}) << vec4<u32>(16u))"),
            _ => Text.Atom($"{_text.Use("from_f16x4")}({_text.Use("halves")}({pair}))"),
        };
    }

    /// <summary>Statements that write a value.</summary>
    public IEnumerable<string> Store(int buffer, Instruction index, Instruction value)
    {
        string name = _k.Buffers[buffer].Name;
        (DType t, KernelType type) = (_k.Buffers[buffer].Type, value.Type);
        if (_forms[buffer] == Form.Vectors) return [$"{name}[{Shifted(index, 2).Code}] = {_text.Bare(value)};"];
        if (_forms[buffer] == Form.Elements)
        {
            if (type.Lanes == 1) return [$"{name}[{_text.Bare(index)}] = {_text.Bare(value)};"];
            string at = _text.Named(index), v = _text.Named(value);
            return Enumerable.Range(0, 4).Select(l => $"{name}[{at}{Plus(l)}] = {v}.{"xyzw"[l]};");
        }
        if (type.Lanes == 4 && IsWhole(t, index)) return Whole(buffer, t, index, _text.Named(value));
        string start = _text.Named(index), what = type.Lanes == 1 ? _text.Of(value) : _text.Named(value);
        return Enumerable.Range(0, type.Lanes).SelectMany(l => Part(buffer, t, l == 0 ? start : $"({start}{Plus(l)})", Bits(t, type.Lanes == 1 ? what : $"{what}.{"xyzw"[l]}")));
    }

    private IEnumerable<string> Whole(int buffer, DType t, Instruction index, string v)
    {
        string at = Shifted(index, t.Bits() == 8 ? 2 : 1).ToString();
        if (t.Bits() == 8)
        {
            string words = t == DType.UInt8 ? v : t == DType.Int8 ? $"bitcast<vec4<u32>>({v})" : $"vec4<u32>({v})";
            return [Assigned(buffer, at, $"{_text.Use("packed_bytes")}({words})")];
        }
        string Pair(int l) => t == DType.Float16 || t == DType.BFloat16 ? $"{Bits(t, $"{v}.{"xyzw"[l]}")} | ({Bits(t, $"{v}.{"xyzw"[l + 1]}")} << 16u)"
            : $"({Bits(t, $"{v}.{"xyzw"[l]}")} & 0xffffu) | ({Bits(t, $"{v}.{"xyzw"[l + 1]}")} << 16u)";
        return [Assigned(buffer, at, Pair(0)), Assigned(buffer, at + " + 1", Pair(2))];
    }

    private string Assigned(int buffer, string at, string value) => _forms[buffer] == Form.Atomics ? $"atomicStore(&{_k.Buffers[buffer].Name}[{at}], {value});" : $"{_k.Buffers[buffer].Name}[{at}] = {value};";

    /// <summary>A part of a word that other items write other parts of: its bits are cleared, then set.</summary>
    private IEnumerable<string> Part(int buffer, DType t, string at, string bits)
    {
        (int log, int mask) = (t.Bits() switch { 16 => 1, 8 => 2, _ => 3 }, (1 << t.Bits()) - 1);
        string word = $"&{_k.Buffers[buffer].Name}[{at} >> {log}u]", shift = Shift(t, at);
        yield return $"atomicAnd({word}, ~({mask}u << {shift}));";
        yield return $"atomicOr({word}, ({bits} & {mask}u) << {shift});";
    }

    private static string Shift(DType t, string at) => $"(u32({at} & {32 / t.Bits() - 1}) * {t.Bits()}u)";

    /// <summary>A value as the bits that memory holds.</summary>
    private string Bits(DType t, string v) => t switch
    {
        DType.Float16 => $"{_text.Use("to_f16")}({v})",
        DType.BFloat16 => $"{_text.Use("to_bf16")}({v})",
        DType.Int8 or DType.Int16 or DType.Int4 => $"bitcast<u32>({v})",
        DType.Bool => $"u32({v})",
        _ => v,
    };

    private Text One(int buffer, DType t, string at)
    {
        int bits = t.Bits();
        string word = Word(buffer, $"{at} >> {bits switch { 16 => 1, 8 => 2, _ => 3 }}u"), shift = Shift(t, at);
        return t switch
        {
            DType.Int4 or DType.Int8 or DType.Int16 => Text.Atom($"extractBits(bitcast<i32>({word}), {shift}, {bits}u)"),
            DType.Bool => Text.Operation($"extractBits({word}, {shift}, 8u) != 0u"),
            DType.Float16 => Text.Atom($"{_text.Use("from_f16")}(extractBits({word}, {shift}, 16u))"),
            DType.BFloat16 => Text.Atom($"{_text.Use("from_bf16")}(extractBits({word}, {shift}, 16u))"),
            _ => Text.Atom($"extractBits({word}, {shift}, {bits}u)"),
        };
    }

    private static string Scalar(DType t) => t switch
    {
        DType.Bool => "bool",
        DType.Float16 or DType.BFloat16 => "f32",
        _ => t.IsSigned() ? "i32" : "u32",
    };

    private string Word(int buffer, string at) => _forms[buffer] == Form.Atomics ? $"atomicLoad(&{_k.Buffers[buffer].Name}[{at}])" : $"{_k.Buffers[buffer].Name}[{at}]";

    private static string Plus(int lane) => lane == 0 ? "" : $" + {lane}";

    private static bool IsAligned(Instruction index, int n) => index.Facts.IsMultipleOf(n) && index.Facts.Low >= 0;

    /// <summary>Whether four neighbours fill whole words.</summary>
    private static bool IsWhole(DType t, Instruction index) => t.Bits() == 8 ? IsAligned(index, 4) : t.Bits() == 16 && IsAligned(index, 2);

    /// <summary>index ÷ 2ⁿ, of an index that it divides: products and sums are divided term by term.</summary>
    private Text Shifted(Instruction index, int n)
    {
        int unit = 1 << n;
        return index switch
        {
            { Op: KernelOp.Const } => Text.Atom($"{index.Integer >> n}"),
            { Op: KernelOp.Mul, In: [var x, { Integer: { } f }] } when f % unit == 0 && (_text.HasName(x) || !_text.HasName(index)) => f == unit ? Text.Atom(_text.Of(x)) : Text.Operation($"{_text.Of(x)} * {f >> n}"),
            { Op: KernelOp.Add, In: [var x, var y] } when IsAligned(x, unit) && IsAligned(y, unit) => Text.Operation($"{Shifted(x, n)} + {Shifted(y, n)}"),
            _ => Text.Operation($"{_text.Of(index)} >> {n}u"),
        };
    }
}
