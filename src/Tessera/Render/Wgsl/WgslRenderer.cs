using System.Globalization;
using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>A kernel as a WGSL module with the entry point `main`. 64-bit numbers are pairs of u32, low word first.</summary>
internal sealed class WgslRenderer : TextRenderer
{
    private readonly WgslMemory _memory;

    private WgslRenderer(Kernel k) : base(k) => _memory = new(k, this);

    public static string Render(Kernel k)
    {
        WgslRenderer r = new(k);
        string statements = r.Statements();
        return $$"""
            // {{k.Name}}: {{k.Result}}
            {{string.Concat(k.Buffers.Select((b, i) => $"@group(0) @binding({i}) var<storage, read_write> {b.Name}: {r._memory.Declaration(i)}; // {b.Type}\n"))}}{{string.Concat(k.Shared.Select((s, i) => $"var<workgroup> s{i}: array<{r.TypeName(s.Type)}, {s.Count}>;\n"))}}
            {{string.Concat(r.Helpers.Select(h => h + "\n\n"))}}@compute @workgroup_size({{k.GroupSize}})
            fn main(@builtin(workgroup_id) group_id: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
                let group = i32(group_id.y * groups.x + group_id.x);
                let item = group * {{k.GroupSize}} + i32(local);
            {{r.Untouched()}}{{(Grid.IsExact(k) ? "" : $"    if (item >= {k.Items}) {{ return; }}\n")}}{{statements}}}

            """;
    }

    /// <summary>A mention of each buffer that nothing reads or writes: layouts are found from what a module uses.</summary>
    private string Untouched()
    {
        HashSet<int> touched = [.. K.Instructions.Where(i => i.Op is KernelOp.Load or KernelOp.Store).Select(i => i.Number)];
        return string.Concat(K.Buffers.Where((_, i) => !touched.Contains(i)).Select(b => $"    _ = &{b.Name};\n"));
    }

    protected override IReadOnlyDictionary<string, (string Code, string[] Uses)> HelperTable => AllHelpers;

    private static readonly IReadOnlyDictionary<string, (string Code, string[] Uses)> AllHelpers = WgslHelpers.Table.Concat(WgslFloat64.Table).ToDictionary();

    protected override string BarrierCall => "workgroupBarrier()";

    protected override string CounterType => "var";

    protected override string TypeName(KernelType t) => t.Lanes == 1 ? Scalar(t.Kind) : $"vec{t.Lanes}<{Scalar(t.Kind)}>";

    private static string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.Int32 => "i32",
        ScalarKind.UInt32 => "u32",
        ScalarKind.Int64 or ScalarKind.UInt64 or ScalarKind.Float64 => "vec2<u32>",
        ScalarKind.Float32 => "f32",
    };

    protected override string Declared(KernelType type, string name, string value, bool isVariable) => isVariable ? $"var {name}: {TypeName(type)} = {value};" : $"let {name} = {value};";

    protected override string Literal(KernelType type, KernelArg value)
    {
        if (value is KernelArg.Real { Value: var wide } && type.Kind == ScalarKind.Float64)
        {
            ulong bits = BitConverter.DoubleToUInt64Bits(wide);
            return $"vec2<u32>({(uint)bits}u, {(uint)(bits >> 32)}u)";
        }
        if (value is KernelArg.Real r)
        {
            float f = (float)r.Value;
            // Literals have no NaN, infinity, or sign of zero, and the shortest text of the largest number is beyond it.
            return float.IsFinite(f) && (f != 0 || !float.IsNegative(f)) ? Negative(f < 0, ((double)f).ToString("R", CultureInfo.InvariantCulture) + "f") : $"{Use("real")}(0x{BitConverter.SingleToUInt32Bits(f):x}u)";
        }
        long v = ((KernelArg.Integer)value).Value;
        return type.Kind switch
        {
            ScalarKind.Bool => v != 0 ? "true" : "false",
            ScalarKind.Int32 => v == int.MinValue ? "i32(-2147483648)" : Negative(v < 0, Number(v)),
            ScalarKind.UInt32 => Number(v) + "u",
            _ => $"vec2<u32>({(uint)v}u, {(uint)(v >> 32)}u)",
        };
    }

    private static string Negative(bool negative, string literal) => negative ? $"({literal})" : literal;

    protected override void Store(Instruction i)
    {
        foreach (string s in _memory.Store(i.Number, i.In[0], i.In[1])) Line(s);
    }

    protected override Text Expression(Instruction i) => i.Type.Kind == ScalarKind.Float64 || i.In.Any(x => x.Type.Kind == ScalarKind.Float64) ? Double(i) : IsWide(i.Type) || i.In.Any(x => IsWide(x.Type)) ? Wide(i) : i.Op switch
    {
        KernelOp.Load => _memory.Load(i.Number, i.In[0], i.Type),
        KernelOp.LoadShared => Text.Atom($"s{i.Number}[{Bare(i.In[0])}]"),
        KernelOp.Group => Text.Atom("group"),
        KernelOp.Local => Text.Atom("i32(local)"),
        KernelOp.Neg => i.Type.Kind == ScalarKind.UInt32 ? Text.Operation($"{TypeName(i.Type)}() - {Of(i.In[0])}") : Text.Operation($"-{Of(i.In[0])}"),
        KernelOp.Add => Infix("+", i),
        KernelOp.Sub => Infix("-", i),
        KernelOp.Mul => Infix("*", i),
        KernelOp.Div => Infix("/", i),
        KernelOp.Rem => Infix("%", i),
        KernelOp.Fma => Text.Operation($"{Of(i.In[0])} * {Of(i.In[1])} + {Of(i.In[2])}"),
        KernelOp.Min or KernelOp.Max => i.Type.IsFloat ? Extremum(i) : Call(i.Op == KernelOp.Min ? "min" : "max", i),
        KernelOp.And => Infix("&", i),
        KernelOp.Or => Infix("|", i),
        KernelOp.Xor => Infix(i.Type.Kind == ScalarKind.Bool ? "!=" : "^", i),
        KernelOp.Not => Text.Operation($"{(i.Type.Kind == ScalarKind.Bool ? "!" : "~")}{Of(i.In[0])}"),
        KernelOp.Shl => Text.Operation($"{Of(i.In[0])} << {Count(i.In[1])}"),
        KernelOp.Shr => Text.Operation($"{Of(i.In[0])} >> {Count(i.In[1])}"),
        // A comparison with itself asks for NaN, which compilers may take for absent.
        KernelOp.Eq when i.In[0] == i.In[1] && i.In[0].Type.IsFloat => Text.Atom($"{Use(i.Type.Lanes == 1 ? "is_number" : "is_number4")}({Bare(i.In[0])})"),
        KernelOp.Eq => Infix("==", i),
        KernelOp.Lt => Infix("<", i),
        KernelOp.Le => Infix("<=", i),
        KernelOp.Select => Text.Atom($"select({Bare(i.In[2])}, {Bare(i.In[1])}, {Bare(i.In[0])})"),
        KernelOp.Abs or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos => Call(i.Op.ToString().ToLowerInvariant(), i),
        KernelOp.Convert when i.Type.Kind == ScalarKind.Bool => Text.Operation($"{Of(i.In[0])} != {TypeName(i.In[0].Type)}()"),
        KernelOp.Convert when i.In[0].Type.Kind == ScalarKind.UInt32 && i.Type.Kind == ScalarKind.Float32 && !IsSmall(i.In[0]) => Call(Use(i.Type.Lanes == 1 ? "u32_to_f32" : "u32_to_f324"), i),
        KernelOp.Convert or KernelOp.Splat or KernelOp.Vector => Call(TypeName(i.Type), i),
        KernelOp.Bitcast => Call($"bitcast<{TypeName(i.Type)}>", i),
        KernelOp.Lane => Text.Atom($"{Of(i.In[0])}.{"xyzw"[i.Number]}"),
        KernelOp.PairDot or KernelOp.Const or KernelOp.Item or KernelOp.Store or KernelOp.StoreShared or KernelOp.Barrier or KernelOp.Var or KernelOp.Get or KernelOp.Set or KernelOp.For or KernelOp.If => throw Missing(i),
    };

    /// <summary>Elements of bytes and of 16 bits fit every conversion.</summary>
    private bool IsSmall(Instruction i) => i.Op == KernelOp.Load && K.Buffers[i.Number].Type.Bits() < 32;

    private static bool IsWide(KernelType t) => t.Kind is ScalarKind.Int64 or ScalarKind.UInt64 or ScalarKind.Float64;

    /// <summary>min and max of WGSL may drop a NaN. With a constant one comparison keeps it: it is false, and the other operand is chosen.</summary>
    private Text Extremum(Instruction i)
    {
        (Instruction a, Instruction b) = (i.In[0], i.In[1]);
        if (IsNumber(a)) (a, b) = (b, a);
        if (!IsNumber(b)) return Call(Use($"{(i.Op == KernelOp.Min ? "min" : "max")}_nan{(i.Type.Lanes == 1 ? "" : "4")}"), i);
        string x = Named(a), c = Of(b);
        return Text.Atom(i.Op == KernelOp.Min ? $"select({x}, {c}, {c} < {x})" : $"select({x}, {c}, {x} < {c})");
    }

    private static bool IsNumber(Instruction i) => i is { Op: KernelOp.Const, Arg: KernelArg.Real r } && !double.IsNaN(r.Value) || i.Op == KernelOp.Splat && IsNumber(i.In[0]);

    /// <summary>Shifts count with u32.</summary>
    private string Count(Instruction n) => n.Op switch
    {
        KernelOp.Const => $"{n.Integer}u",
        KernelOp.Splat when n.In[0].Op == KernelOp.Const => $"vec{n.Type.Lanes}<u32>({n.In[0].Integer}u)",
        _ => n.Type.Kind == ScalarKind.UInt32 ? Of(n) : $"{(n.Type.Lanes == 1 ? "u32" : $"vec{n.Type.Lanes}<u32>")}({Bare(n)})",
    };

    /// <summary>What computes with 64-bit integers.</summary>
    private Text Wide(Instruction i)
    {
        KernelType from = i.In.IsEmpty ? i.Type : i.In[^1].Type;
        string kind = from.IsSigned ? "i64" : "u64";
        return i.Op switch
        {
            KernelOp.Load => _memory.Load(i.Number, i.In[0], i.Type),
            KernelOp.LoadShared => Text.Atom($"s{i.Number}[{Bare(i.In[0])}]"),
            KernelOp.And => Infix("&", i),
            KernelOp.Or => Infix("|", i),
            KernelOp.Xor => Infix("^", i),
            KernelOp.Not => Text.Operation($"~{Of(i.In[0])}"),
            KernelOp.Neg or KernelOp.Add or KernelOp.Sub or KernelOp.Mul => Call(Use($"u64_{i.Op.ToString().ToLowerInvariant()}"), i),
            KernelOp.Abs => kind == "u64" ? Text.Atom(Of(i.In[0])) : Call(Use("i64_abs"), i),
            KernelOp.Div or KernelOp.Rem or KernelOp.Min or KernelOp.Max or KernelOp.Lt or KernelOp.Le => Call(Use($"{kind}_{i.Op.ToString().ToLowerInvariant()}"), i),
            KernelOp.Fma => Text.Atom($"{Use("u64_add")}({Use("u64_mul")}({Bare(i.In[0])}, {Bare(i.In[1])}), {Bare(i.In[2])})"),
            KernelOp.Shl => Text.Atom($"{Use("u64_shl")}({Bare(i.In[0])}, {Of(i.In[1])}.x)"),
            KernelOp.Shr => Text.Atom($"{Use($"{kind}_shr")}({Bare(i.In[0])}, {Of(i.In[1])}.x)"),
            KernelOp.Eq => Text.Atom($"all({Of(i.In[0])} == {Of(i.In[1])})"),
            KernelOp.Select => Text.Atom($"select({Bare(i.In[2])}, {Bare(i.In[1])}, {Bare(i.In[0])})"),
            KernelOp.Bitcast when IsWide(from) && IsWide(i.Type) => Text.Atom(Of(i.In[0])),
            KernelOp.Convert when IsWide(from) && IsWide(i.Type) => Text.Atom(Of(i.In[0])),
            KernelOp.Convert when i.Type.Kind == ScalarKind.Bool => Text.Atom($"any({Of(i.In[0])} != vec2<u32>())"),
            KernelOp.Convert when i.Type.Kind == ScalarKind.Int32 => Text.Atom($"bitcast<i32>({Of(i.In[0])}.x)"),
            KernelOp.Convert when i.Type.Kind == ScalarKind.UInt32 => Text.Atom($"{Of(i.In[0])}.x"),
            KernelOp.Convert when i.Type.Kind == ScalarKind.Float32 => Call(Use($"{kind}_to_f32"), i),
            KernelOp.Convert => from.Kind switch
            {
                ScalarKind.Bool => Text.Atom($"vec2<u32>(u32({Bare(i.In[0])}), 0u)"),
                ScalarKind.UInt32 => Text.Atom($"vec2<u32>({Bare(i.In[0])}, 0u)"),
                ScalarKind.Int32 => Call(Use("i64_from_i32"), i),
                ScalarKind.Float32 => Call(Use("i64_from_f32"), i),
                _ => throw Missing(i),
            },
            _ => throw Missing(i),
        };
    }

    /// <summary>What computes with 64-bit floats.</summary>
    private Text Double(Instruction i)
    {
        KernelType from = i.In.IsEmpty ? i.Type : i.In[^1].Type;
        return i.Op switch
        {
            KernelOp.Load or KernelOp.LoadShared or KernelOp.Select or KernelOp.Bitcast => Wide(i),
            KernelOp.Neg or KernelOp.Abs or KernelOp.Add or KernelOp.Sub or KernelOp.Mul or KernelOp.Div or KernelOp.Min or KernelOp.Max or KernelOp.Eq or KernelOp.Lt or KernelOp.Le
                or KernelOp.Floor or KernelOp.Ceil or KernelOp.Round or KernelOp.Trunc or KernelOp.Sqrt => Call(Use($"f64_{i.Op.ToString().ToLowerInvariant()}"), i),
            KernelOp.Fma => Text.Atom($"{Use("f64_add")}({Use("f64_mul")}({Bare(i.In[0])}, {Bare(i.In[1])}), {Bare(i.In[2])})"),
            KernelOp.Convert when i.Type == from => Text.Atom(Of(i.In[0])),
            KernelOp.Convert when from.Kind == ScalarKind.Float64 => i.Type.Kind switch
            {
                ScalarKind.Bool => Text.Atom($"!{Use("f64_is_zero")}({Bare(i.In[0])})"),
                ScalarKind.Int32 => Text.Atom($"bitcast<i32>({Use("f64_to_i64")}({Bare(i.In[0])}).x)"),
                ScalarKind.UInt32 => Text.Atom($"{Use("f64_to_u64")}({Bare(i.In[0])}).x"),
                ScalarKind.Int64 => Call(Use("f64_to_i64"), i),
                ScalarKind.UInt64 => Call(Use("f64_to_u64"), i),
                ScalarKind.Float32 => Call(Use("f64_to_f32"), i),
                _ => throw Missing(i),
            },
            KernelOp.Convert => from.Kind switch
            {
                ScalarKind.Bool => Text.Atom($"vec2<u32>(0u, select(0u, 0x3ff00000u, {Bare(i.In[0])}))"),
                ScalarKind.Int32 => Text.Atom($"{Use("f64_from_i64")}({Use("i64_from_i32")}({Bare(i.In[0])}))"),
                ScalarKind.UInt32 => Text.Atom($"{Use("f64_from_u64")}(vec2<u32>({Bare(i.In[0])}, 0u))"),
                ScalarKind.Int64 or ScalarKind.UInt64 => Call(Use(from.IsSigned ? "f64_from_i64" : "f64_from_u64"), i),
                ScalarKind.Float32 => Call(Use("f64_from_f32"), i),
                _ => throw Missing(i),
            },
            _ => throw Missing(i),
        };
    }
}
