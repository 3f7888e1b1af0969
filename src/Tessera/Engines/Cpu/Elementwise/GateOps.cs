using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>What a value is multiplied with, as a function of another one.</summary>
internal interface IGate
{
    V Of<V>(V x) where V : unmanaged, ILanes<V, float>;
}

/// <summary>min(max(slope·x + shift, low), high): hard-swish.</summary>
internal readonly struct ClampGate(float slope, float shift, float low, float high) : IGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V>(V x) where V : unmanaged, ILanes<V, float> => V.Clamp(V.All(slope) * x + V.All(shift), V.All(low), V.All(high));
}

/// <summary>sigmoid(slope·x): SiLU.</summary>
internal readonly struct SigmoidGate(float slope) : IGate
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V>(V x) where V : unmanaged, ILanes<V, float> => SigmoidOp.Apply<V, float>(V.All(slope) * x);
}

/// <summary>f(slope·x) + 1, f odd and between −1 and 1: GELU.</summary>
internal readonly struct OddGate<TOp>(float slope) : IGate where TOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of<V>(V x) where V : unmanaged, ILanes<V, float> => TOp.Apply<V, float>(V.All(slope) * x) + V.All(1);
}

/// <summary>y = (scale·a)·gate(b), rounded as the operators that it is made of are; a factor of 1 rounds nothing.</summary>
internal sealed unsafe class GateMicroOp<G>(G gate, float scale, double cost) : MicroOp where G : struct, IGate
{
    public override double Cost => cost;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        if (Vector512.IsHardwareAccelerated) Run<Lanes512<float>>((float*)a, (float*)b, (float*)y, n, gate);
        else if (Vector256.IsHardwareAccelerated) Run<Lanes256<float>>((float*)a, (float*)b, (float*)y, n, gate);
        else Run<Lanes128<float>>((float*)a, (float*)b, (float*)y, n, gate);
    }

    // As in Loops: the last vector ends with the tile and is computed first.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Run<V>(float* a, float* b, float* y, nint n, G g) where V : unmanaged, ILanes<V, float>
    {
        V s = V.All(scale);
        nint i = 0, end = n - V.Count;
        if (end >= 0)
        {
            V last = s * V.Load(a + end) * g.Of(V.Load(b + end));
            for (; i < end; i += V.Count) V.Store(s * V.Load(a + i) * g.Of(V.Load(b + i)), y + i);
            V.Store(last, y + end);
            return;
        }
        float* t = stackalloc float[2 * V.Count], u = t + V.Count;
        for (; i < n; i++) (t[i], u[i]) = (a[i], b[i]);
        V.Store(s * V.Load(t) * g.Of(V.Load(u)), t);
        for (i = 0; i < n; i++) y[i] = t[i];
    }
}

/// <summary>Products of a value and a function of one, as they make up activations.</summary>
internal static class Gates
{
    /// <summary>The value and the gate's argument of a product, or of half of one, with the operator that computes it in one go; null for other products.</summary>
    /// <remarks>The argument of a sigmoid, an erf or a tanh may be divided by a number: it is multiplied with the quotient, which moves it by two roundings at most.</remarks>
    /// <param name="computed">Whether a node is computed in the same program; what a gate is made of must be.</param>
    public static (Node Value, Node Argument, MicroOp Op)? Of(Node product, Func<Node, bool> computed)
    {
        if (product.Op != GraphOp.Mul || product.Shape.Count == 1) return null;
        if (Sides(product, computed, 1) is { } found) return found;
        // (a·gate)·½ is (½·a)·gate but for results too small for a full mantissa; other factors may leave the range on the way.
        return Constant(product) is var (inner, times) && inner.Op == GraphOp.Mul && computed(inner) && times == 0.5f ? Sides(inner, computed, times) : null;
    }

    private static (Node, Node, MicroOp)? Sides(Node product, Func<Node, bool> computed, float times) => Of(product.In[0], product.In[1], computed, times) ?? Of(product.In[1], product.In[0], computed, times);

    private static (Node, Node, MicroOp)? Of(Node value, Node gate, Func<Node, bool> computed, float times)
    {
        if (!computed(gate) || gate.Shape != value.Shape) return null;
        float scale = times;
        if (computed(value) && Scaled(value) is var (inside, factor) && (times == 1 || factor == 1)) (value, scale) = (inside, times * factor);
        if (gate.Op == GraphOp.Sigmoid)
        {
            (Node x, float slope) = Divided(gate.In[0], computed);
            return (value, x, new GateMicroOp<SigmoidGate>(new(slope), scale, 0.5));
        }
        if (Shifted(gate, computed) is ({ Op: GraphOp.Erf or GraphOp.Tanh } odd, 1) && computed(odd))
        {
            (Node x, float slope) = Divided(odd.In[0], computed);
            return (value, x, odd.Op == GraphOp.Erf ? new GateMicroOp<OddGate<ErfOp>>(new(slope), scale, 0.8) : new GateMicroOp<OddGate<TanhOp>>(new(slope), scale, 0.6));
        }
        if (Bounded(gate, computed) is var (inner, low, high) && Shifted(inner, computed) is var (sum, shift))
        {
            (Node x, float slope) = Inside(sum, computed);
            return (value, x, new GateMicroOp<ClampGate>(new(slope, shift, low, high), scale, 0.15));
        }
        return null;
    }

    private static (Node, float) Inside(Node x, Func<Node, bool> computed) => computed(x) ? Scaled(x) : (x, 1);

    private static (Node, float) Divided(Node x, Func<Node, bool> computed) =>
        x.Op == GraphOp.Div && computed(x) && x.In[0].Shape == x.Shape && Number(x.In[1]) is { } by && float.IsNormal(by) && float.IsNormal(1 / by) ? (x.In[0], 1 / by) : Inside(x, computed);

    private static (Node, float) Scaled(Node x) => x.Op == GraphOp.Mul && Constant(x) is var (rest, factor) ? (rest, factor) : (x, 1);

    /// <summary>The x and c of x + c.</summary>
    private static (Node, float)? Shifted(Node n, Func<Node, bool> computed) => n.Op == GraphOp.Add && computed(n) ? Constant(n) : null;

    /// <summary>min(max(x, low), high) or max(min(x, high), low).</summary>
    private static (Node, float, float)? Bounded(Node n, Func<Node, bool> computed)
    {
        if (n.Op is not (GraphOp.Min or GraphOp.Max) || Constant(n) is not var (inner, outer) || !computed(inner)) return null;
        if (inner.Op is not (GraphOp.Min or GraphOp.Max) || inner.Op == n.Op || Constant(inner) is not var (x, bound)) return null;
        (float low, float high) = n.Op == GraphOp.Min ? (bound, outer) : (outer, bound);
        return low <= high ? (x, low, high) : null;
    }

    /// <summary>The operand that is no number, and the number.</summary>
    private static (Node, float)? Constant(Node n) => Number(n.In[1]) is { } b && n.In[0].Shape == n.Shape ? (n.In[0], b) : Number(n.In[0]) is { } a && n.In[1].Shape == n.Shape ? (n.In[1], a) : null;

    private static float? Number(Node n) => n.Constant is { Count: 1, Type: DType.Float32 or DType.Float16 or DType.BFloat16 } c ? (float)Scalars.ToFloat64(c)[0] : null;
}
