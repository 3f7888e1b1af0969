using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Operators whose output shapes depend on the data: run on the CPU between two graphs.</summary>
internal static class Selections
{
    public static OpDef[] All =>
    [
        OpDef.Dynamic("NonZero", (a, x) => [NonZero(x[0]!)], "ONNX NonZero-13", since: 9),
        OpDef.Dynamic("Compress", (a, x) => [Compress(a, x[0]!, x[1]!)], "ONNX Compress-11", since: 9),
        OpDef.Dynamic("Unique", (a, x) => UniqueElements.Find(a, x[0]!), "ONNX Unique-11", since: 11),
    ];

    /// <summary>Coordinates [rank, n] of the elements that are not zero (not empty, for strings), in row-major order.</summary>
    private static Tensor NonZero(Tensor x)
    {
        List<long> found = [];
        if (x.Type == DType.String)
        {
            for (int i = 0; i < x.Strings.Length; i++) if (x.Strings[i].Length > 0) found.Add(i);
        }
        else
        {
            double[] v = Scalars.ToFloat64(x);
            for (int i = 0; i < v.Length; i++) if (v[i] != 0) found.Add(i);
        }
        int rank = x.Shape.Rank, n = found.Count;
        long[] at = new long[rank * n];
        for (int j = 0; j < n; j++)
        {
            long rest = found[j];
            for (int i = rank - 1; i >= 0; i--)
            {
                at[i * n + j] = rest % x.Shape[i];
                rest /= x.Shape[i];
            }
        }
        return Tensor.From(at, Shape.Of(rank, n));
    }

    /// <summary>The slices along an axis (the elements, without one) whose condition holds; a short condition is false beyond its end.</summary>
    private static Tensor Compress(Attributes a, Tensor x, Tensor condition)
    {
        Shape s = a.HasAttribute("axis") ? x.Shape : Shape.Of(x.Count);
        int axis = s.Axis(a.Int("axis", 0));
        long[] holds = Scalars.ToInt64(condition);
        if (condition.Shape.Rank != 1) throw a.Error(ErrorCode.ShapeMismatch, $"the condition has shape {condition.Shape}; it must be a vector.");
        List<long> keep = [];
        for (int i = 0; i < Math.Min(holds.Length, s[axis]); i++) if (holds[i] != 0) keep.Add(i);
        return Take(x, s, axis, [.. keep]);
    }

    /// <summary>The slices of x, seen as shape s, at positions <paramref name="at"/> of an axis.</summary>
    public static Tensor Take(Tensor x, Shape s, int axis, long[] at)
    {
        Tensor y = Tensor.Empty(x.Type, s.With(axis, at.Length));
        long outer = s.CountOf(0, axis), inner = s.CountOf(axis + 1, s.Rank), to = 0;
        int size = x.Type.Bits() / 8;
        if (size == 0) throw new TesseraException(ErrorCode.Unsupported, $"Selecting elements of {x.Type} is not supported; cast them to Int8 first.");
        for (long o = 0; o < outer; o++)
            foreach (long i in at)
            {
                long from = (o * s[axis] + i) * inner;
                if (x.Type == DType.String) Array.Copy(x.Strings, from, y.Strings, to, inner);
                else x.RawBytes().Slice(checked((int)(from * size)), checked((int)(inner * size))).CopyTo(y.RawBytes()[checked((int)(to * size))..]);
                to += inner;
            }
        return y;
    }
}
