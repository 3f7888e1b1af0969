using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>CUDA C++, for NVRTC or nvcc. Vectors of 4 are a template of its own, because CUDA's have no operators.</summary>
internal sealed class CudaC : CRenderer
{
    private const string Vectors = """
        template <class T> struct vec { T x, y, z, w; };
        #define LANES(op) template <class T> __device__ vec<T> operator op(vec<T> a, vec<T> b) { return {T(a.x op b.x), T(a.y op b.y), T(a.z op b.z), T(a.w op b.w)}; }
        LANES(+) LANES(-) LANES(*) LANES(/) LANES(%) LANES(&) LANES(|) LANES(^) LANES(<<) LANES(>>)
        #define TRUTHS(op) template <class T> __device__ vec<bool> operator op(vec<T> a, vec<T> b) { return {a.x op b.x, a.y op b.y, a.z op b.z, a.w op b.w}; }
        TRUTHS(==) TRUTHS(!=) TRUTHS(<) TRUTHS(<=)
        #define SIGNED(op) template <class T> __device__ vec<T> operator op(vec<T> a) { return {T(op a.x), T(op a.y), T(op a.z), T(op a.w)}; }
        SIGNED(-) SIGNED(~) SIGNED(!)
        #define EACH(f) template <class T> __device__ vec<T> f(vec<T> a) { return {f(a.x), f(a.y), f(a.z), f(a.w)}; }
        EACH(fabs) EACH(floor) EACH(ceil) EACH(rint) EACH(trunc) EACH(sqrt) EACH(exp) EACH(log) EACH(sin) EACH(cos)
        template <class T> __device__ vec<T> pick(vec<bool> c, vec<T> a, vec<T> b) { return {c.x ? a.x : b.x, c.y ? a.y : b.y, c.z ? a.z : b.z, c.w ? a.w : b.w}; }
        template <class T, class F> __device__ vec<T> to(vec<F> a) { return {T(a.x), T(a.y), T(a.z), T(a.w)}; }
        template <class T> __device__ vec<T> all(T a) { return {a, a, a, a}; }
        template <class T> __device__ vec<T> load4(const T *p) { return {p[0], p[1], p[2], p[3]}; }
        template <class T> __device__ void store4(T *p, vec<T> v) { p[0] = v.x; p[1] = v.y; p[2] = v.z; p[3] = v.w; }

        """;

    private CudaC(Kernel k) : base(k) { }

    public static string Render(Kernel k)
    {
        CudaC r = new(k);
        string statements = r.Statements();
        return $$"""
            // {{k.Name}}: {{k.Result}}
            template <class T, class F> __device__ T bits(F x) { union { F from; T to; } u = {x}; return u.to; }
            {{(k.Instructions.Any(i => i.Type.Lanes > 1) ? Vectors : "")}}{{string.Concat(r.Helpers.Select(h => h + "\n\n"))}}extern "C" __global__ __launch_bounds__({{k.GroupSize}}) void run({{string.Join(", ", k.Buffers.Select(b => $"{r.ElementType(b.Type)} *{b.Name}"))}})
            {
                const int group = (int)(blockIdx.y * gridDim.x + blockIdx.x), local = (int)threadIdx.x, item = group * {{k.GroupSize}} + local;
            {{string.Concat(k.Shared.Select((s, i) => $"    __shared__ {r.TypeName(s.Type)} s{i}[{s.Count}];\n"))}}{{Grid.Guard(k)}}{{statements}}}

            """;
    }

    internal override string Function => "__device__";

    protected override string BarrierCall => "__syncthreads()";

    protected override string LongSuffix => "LL";

    internal override string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.Int32 => "int",
        ScalarKind.UInt32 => "unsigned",
        ScalarKind.Int64 => "long long",
        ScalarKind.UInt64 => "unsigned long long",
        ScalarKind.Float32 => "float",
        ScalarKind.Float64 => "double",
    };

    protected override string VectorName(KernelType t) => $"vec<{Scalar(t.Kind)}>";

    internal override string Bits(KernelType to, string value) => $"bits<{TypeName(to)}>({value})";

    protected override string Vector(KernelType type, IEnumerable<string> lanes) => lanes.Count() == 1 ? $"all<{Scalar(type.Kind)}>({lanes.Single()})" : $"{TypeName(type)}{{{string.Join(", ", lanes)}}}";

    protected override string VectorConvert(KernelType from, KernelType to, string value) => $"to<{Scalar(to.Kind)}>({value})";

    protected override string VectorSelect(string condition, string yes, string no) => $"pick({condition}, {yes}, {no})";

    protected override string VectorLoad(string address) => $"load4({address})";

    protected override string VectorStore(string address, string value) => $"store4({address}, {value})";

    protected override string FunctionName(KernelOp op, KernelType type) => op switch
    {
        KernelOp.Abs => "fabs",
        KernelOp.Round => "rint",
        _ => op.ToString().ToLowerInvariant(),
    };
}
