using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Metal's shading language, to be compiled without fast mathematics, which takes NaN and infinity for absent.</summary>
internal sealed class Metal : CRenderer
{
    private const string Vectors = """
        template <class T> vec<T, 4> load4(device const T *p) { return vec<T, 4>(p[0], p[1], p[2], p[3]); }
        template <class T> void store4(device T *p, vec<T, 4> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }

        """;

    private Metal(Kernel k) : base(k) { }

    public static string Render(Kernel k)
    {
        Metal r = new(k);
        string statements = r.Statements();
        return $$"""
            // {{k.Name}}: {{k.Result}}
            #include <metal_stdlib>
            using namespace metal;

            {{(k.Instructions.Any(i => i.Type.Lanes > 1) ? Vectors : "")}}{{string.Concat(r.Helpers.Select(h => h + "\n\n"))}}[[max_total_threads_per_threadgroup({{k.GroupSize}})]]
            kernel void run({{string.Concat(k.Buffers.Select((b, i) => $"device {r.ElementType(b.Type)} *{b.Name} [[buffer({i})]], "))}}uint3 group_id [[threadgroup_position_in_grid]], uint3 groups [[threadgroups_per_grid]], uint thread [[thread_index_in_threadgroup]])
            {
                const int group = int(group_id.y * groups.x + group_id.x), local = int(thread), item = group * {{k.GroupSize}} + local;
            {{string.Concat(k.Shared.Select((s, i) => $"    threadgroup {r.TypeName(s.Type)} s{i}[{s.Count}];\n"))}}{{Grid.Guard(k)}}{{statements}}}

            """;
    }

    internal override string Function => "static";

    protected override string BarrierCall => "threadgroup_barrier(mem_flags::mem_threadgroup)";

    protected override string LongSuffix => "L";

    internal override string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.Int32 => "int",
        ScalarKind.UInt32 => "uint",
        ScalarKind.Int64 => "long",
        ScalarKind.UInt64 => "ulong",
        ScalarKind.Float32 => "float",
        ScalarKind.Float64 => throw new TesseraException(ErrorCode.Unsupported, "Metal has no 64-bit floats."),
    };

    internal override string Bits(KernelType to, string value) => $"as_type<{TypeName(to)}>({value})";

    protected override string Vector(KernelType type, IEnumerable<string> lanes) => $"{TypeName(type)}({string.Join(", ", lanes)})";

    protected override string VectorConvert(KernelType from, KernelType to, string value) => $"{TypeName(to)}({value})";

    protected override string VectorSelect(string condition, string yes, string no) => $"select({no}, {yes}, {condition})";

    protected override string VectorLoad(string address) => $"load4({address})";

    protected override string VectorStore(string address, string value) => $"store4({address}, {value})";

    protected override string FunctionName(KernelOp op, KernelType type) => op switch
    {
        KernelOp.Abs => "fabs",
        KernelOp.Round => "rint",
        KernelOp.Sqrt or KernelOp.Exp or KernelOp.Log or KernelOp.Sin or KernelOp.Cos => $"precise::{op.ToString().ToLowerInvariant()}",
        _ => op.ToString().ToLowerInvariant(),
    };
}
