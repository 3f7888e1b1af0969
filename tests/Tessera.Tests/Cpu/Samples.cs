namespace Tessera.Tests.Cpu;

/// <summary>Random operands, and numbers out of tensors.</summary>
internal static class Samples
{
    public static Tensor Float32(Random r, params long[] shape)
    {
        float[] x = new float[Shape.Of(shape).Count];
        for (int i = 0; i < x.Length; i++) x[i] = (float)(r.NextDouble() * 2 - 1);
        return Tensor.From(x, Shape.Of(shape));
    }

    public static Tensor Float64(Random r, params long[] shape)
    {
        double[] x = new double[Shape.Of(shape).Count];
        for (int i = 0; i < x.Length; i++) x[i] = r.NextDouble() * 2 - 1;
        return Tensor.From(x, Shape.Of(shape));
    }

    /// <summary>Integers over the whole range of the type, so that products wrap.</summary>
    public static Tensor Bits<T>(Random r, params long[] shape) where T : unmanaged
    {
        T[] x = new T[Shape.Of(shape).Count];
        r.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(x.AsSpan()));
        return Tensor.From(x, Shape.Of(shape));
    }

    public static double[] Values(Tensor t) => t.Type switch
    {
        DType.Float32 => Array.ConvertAll(t.ToArray<float>(), v => (double)v),
        DType.Float64 => t.ToArray<double>(),
        DType.Int32 => Array.ConvertAll(t.ToArray<int>(), v => (double)v),
        DType.Int64 => Array.ConvertAll(t.ToArray<long>(), v => (double)v),
        DType.Int8 => Array.ConvertAll(t.ToArray<sbyte>(), v => (double)v),
        DType.UInt8 => Array.ConvertAll(t.ToArray<byte>(), v => (double)v),
        _ => throw new ArgumentException($"{t.Type}"),
    };

    /// <summary>The same numbers seen with the last two axes exchanged: a view whose rows are columns in memory.</summary>
    public static Tensor Turned(Tensor t)
    {
        int[] axes = [.. Enumerable.Range(0, t.Shape.Rank)];
        (axes[^1], axes[^2]) = (axes[^2], axes[^1]);
        return t.Transpose(axes);
    }

    public static void Close(double[] expected, Tensor actual, double tolerance, string what)
    {
        double[] a = Values(actual);
        Assert.Equal(expected.Length, a.Length);
        for (int i = 0; i < a.Length; i++)
        {
            bool same = double.IsNaN(expected[i]) ? double.IsNaN(a[i]) : double.IsInfinity(expected[i]) ? a[i] == expected[i] : Math.Abs(a[i] - expected[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i]));
            if (!same) Assert.Fail($"{what}: element {i} is {a[i]}, not {expected[i]}");
        }
    }
}
