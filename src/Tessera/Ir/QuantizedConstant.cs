using System.Runtime.CompilerServices;

namespace Tessera.Ir;

/// <summary>What a Float32 constant was dequantised from: (Values − zero) · scale, one pair for all or one per element of <paramref name="Axis"/>.</summary>
/// <remarks>Builders fold dequantised weights into Float32. That they were 8-bit integers is remembered here, for rules that compute with integers; forgotten with the constant.</remarks>
/// <param name="Values">UInt8 or Int8, of the constant's shape.</param>
/// <param name="Scales">One, or one per element of the axis.</param>
/// <param name="Zeros">As many.</param>
public sealed record QuantizedConstant(Tensor Values, double[] Scales, int[] Zeros, int Axis)
{
    private static readonly ConditionalWeakTable<Tensor, QuantizedConstant> s_known = [];

    /// <summary>What <paramref name="real"/> was dequantised from; null when it was not, or that is not known.</summary>
    public static QuantizedConstant? Of(Tensor? real) => real is not null && s_known.TryGetValue(real, out QuantizedConstant? q) ? q : null;

    public static void Note(Tensor real, QuantizedConstant from) => s_known.AddOrUpdate(real, from);

    /// <summary>Keeps track of a constant that is moved about.</summary>
    internal static void Follow(Node moved, Tensor result)
    {
        if (moved.Op is not (GraphOp.Transpose or GraphOp.Reshape) || Of(moved.In[0].Constant) is not { } q) return;
        if (moved.Arg is Arg.Permutation p)
        {
            int[] axes = [.. p.Axes.Select(a => (int)a)];
            using Tensor view = q.Values.Transpose(axes);
            Note(result, q with { Values = view.Contiguous(), Axis = Array.IndexOf(axes, q.Axis) });
        }
        else if (q.Scales.Length == 1) Note(result, q with { Values = q.Values.Reshape(moved.Shape), Axis = 0 });
    }
}
