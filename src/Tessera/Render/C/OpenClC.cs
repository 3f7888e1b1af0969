using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>OpenCL C 1.2. Vectors of truth values are int4, all bits set where true.</summary>
internal sealed class OpenClC : CRenderer
{
    private OpenClC(Kernel k) : base(k) { }

    public static string Render(Kernel k)
    {
        OpenClC r = new(k);
        string statements = r.Statements();
        bool doubles = k.Instructions.Any(i => i.Type.Kind == ScalarKind.Float64);
        return $$"""
            // {{k.Name}}: {{k.Result}}
            {{(doubles ? "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n" : "")}}{{string.Concat(r.Helpers.Select(Once))}}__kernel __attribute__((reqd_work_group_size({{k.GroupSize}}, 1, 1)))
            void run({{string.Join(", ", k.Buffers.Select(b => $"__global {r.ElementType(b.Type)} *{b.Name}"))}})
            {
                const int group = (int)(get_group_id(1) * get_num_groups(0) + get_group_id(0)), local_id = (int)get_local_id(0), item = group * {{k.GroupSize}} + local_id;
            {{string.Concat(k.Shared.Select((s, i) => $"    __local {r.TypeName(s.Type)} s{i}[{s.Count}];\n"))}}{{Grid.Guard(k)}}{{statements}}}

            """;
    }

    /// <summary>A helper function as it may stand before each of several kernels of one source.</summary>
    private static string Once(string code)
    {
        string name = code[..code.IndexOf('(')];
        name = name[(name.LastIndexOf(' ') + 1)..].ToUpperInvariant();
        return $"#ifndef {name}\n#define {name}\n{code}\n#endif\n\n";
    }

    internal override string Function => "static";

    protected override string BarrierCall => "barrier(CLK_LOCAL_MEM_FENCE)";

    protected override string LongSuffix => "L";

    internal override string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.Int32 => "int",
        ScalarKind.UInt32 => "uint",
        ScalarKind.Int64 => "long",
        ScalarKind.UInt64 => "ulong",
        ScalarKind.Float32 => "float",
        ScalarKind.Float64 => "double",
    };

    protected override string VectorName(KernelType t) => t.Kind == ScalarKind.Bool ? "int4" : base.VectorName(t);

    internal override string Bits(KernelType to, string value) => $"as_{TypeName(to)}({value})";

    protected override string Vector(KernelType type, IEnumerable<string> lanes) =>
        $"({TypeName(type)})({string.Join(", ", type.Kind == ScalarKind.Bool ? lanes.Select(l => $"-(int)({l})") : lanes)})";

    protected override string VectorConvert(KernelType from, KernelType to, string value) => $"convert_{TypeName(to)}({(from.Kind == ScalarKind.Bool ? $"-({value})" : value)})";

    protected override string VectorSelect(string condition, string yes, string no) => $"select({no}, {yes}, {condition})";

    protected override string VectorLoad(string address) => $"vload4(0, {address})";

    protected override string VectorStore(string address, string value) => $"vstore4({value}, 0, {address})";

    protected override string TruthLane(string lane) => $"({lane} != 0)";

    protected override string TruthNot(KernelType type) => type.Lanes == 1 ? "!" : "~";

    protected override string LocalName => "local_id";

    protected override string FunctionName(KernelOp op, KernelType type) => op switch
    {
        KernelOp.Abs => "fabs",
        KernelOp.Round => "rint",
        _ => op.ToString().ToLowerInvariant(),
    };
}
