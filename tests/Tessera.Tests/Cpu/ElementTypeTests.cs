using System.Numerics;
using System.Reflection;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Tests.Cpu;

/// <summary>What lets kernels be compiled ahead of time: docs/architecture.md, "Start".</summary>
public sealed class ElementTypeTests
{
    [Fact]
    public void Type_parameters_for_elements_have_no_constraint()
    {
        BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        Type[] types = [.. typeof(CpuEngine).Assembly.GetTypes().Where(t => t.Namespace?.StartsWith("Tessera.Engines.Cpu", StringComparison.Ordinal) == true)];
        IEnumerable<string> wrong = from t in types
                                    from p in t.GetGenericArguments().Select(p => (p, Where: t.Name)).Concat(t.GetMethods(all).Where(m => m.IsGenericMethodDefinition)
                                        .SelectMany(m => m.GetGenericArguments().Select(p => (p, Where: $"{t.Name}.{m.Name}"))))
                                    where p.p.Name == "T" && p.p.GetGenericParameterConstraints() is [{ } only] && only == typeof(ValueType)
                                    select $"{p.Where}<{p.p.Name}>";
        Assert.Empty(wrong.Distinct());
        Assert.Contains(typeof(ILanes<,>), types);
    }

    public static TheoryData<double> Numbers => [0, -0.0, 1, -1, 2.5, -3.75, 127, -128, 1e9, double.NaN, double.PositiveInfinity, double.NegativeInfinity];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Scalars_compute_what_their_types_do(double number)
    {
        foreach (double other in Numbers.Select(d => d.Data))
        {
            Floats((float)number, (float)other);
            Floats(number, other);
            Same((sbyte)3, sbyte.CreateSaturating(number), sbyte.CreateSaturating(other));
            Same((short)3, short.CreateSaturating(number), short.CreateSaturating(other));
            Same(3, int.CreateSaturating(number), int.CreateSaturating(other));
            Same(3L, long.CreateSaturating(number), long.CreateSaturating(other));
            Same((byte)3, byte.CreateSaturating(number), byte.CreateSaturating(other));
            Same((ushort)3, ushort.CreateSaturating(number), ushort.CreateSaturating(other));
            Same(3u, uint.CreateSaturating(number), uint.CreateSaturating(other));
            Same(3UL, ulong.CreateSaturating(number), ulong.CreateSaturating(other));
        }
    }

    private static void Floats<T>(T a, T b) where T : unmanaged, IFloatingPointIeee754<T>, IMinMaxValue<T>
    {
        Same(T.One, a, b);
        Bits(a / b, (Scalar<T>)a / b);
        Bits(-a, -(Scalar<T>)a);
        Bits(T.Abs(a), Scalar<T>.Abs(a));
        Bits(T.Sqrt(a), Scalar<T>.Sqrt(a));
        Bits(T.Exp(a), Scalar<T>.Exp(a));
        Bits(T.Log(a), Scalar<T>.Log(a));
        Bits(T.Tanh(a), Scalar<T>.Tanh(a));
        Bits(T.Clamp(a, -T.One, T.One), Scalar<T>.Clamp(a, -T.One, T.One));
        Assert.Equal(T.NegativeInfinity, Scalar<T>.Least);
        Assert.Equal(T.PositiveInfinity, Scalar<T>.Greatest);
        Assert.Equal(T.CreateTruncating(0.1), Scalar<T>.Of(0.1));
    }

    private static void Same<T>(T c, T a, T b) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        Bits(unchecked(a + b), (Scalar<T>)a + b);
        Bits(unchecked(a - b), (Scalar<T>)a - b);
        Bits(unchecked(a * b + c), (Scalar<T>)a * b + c);
        Bits(T.Max(a, b), Scalar<T>.Max(a, b));
        Bits(T.Min(a, b), Scalar<T>.Min(a, b));
        Assert.Equal(a < b, (Scalar<T>)a < b);
        Assert.Equal(a > b, (Scalar<T>)a > b);
        Assert.Equal(a == b, Scalar<T>.Equal(a, b));
        Assert.Equal(T.IsNaN(a), Scalar<T>.IsNaN(a));
        Assert.Equal(T.Zero, Scalar<T>.Zero);
        Assert.Equal(T.One, Scalar<T>.One);
        if (T.IsNaN(T.CreateTruncating(double.NaN))) return;
        Assert.Equal(T.MinValue, Scalar<T>.Least);
        Assert.Equal(T.MaxValue, Scalar<T>.Greatest);
    }

    /// <summary>Signs of zeros count; one NaN is as good as another.</summary>
    private static void Bits<T>(T expected, Scalar<T> actual) where T : unmanaged, INumber<T>
    {
        T found = actual;
        if (T.IsNaN(expected)) Assert.True(T.IsNaN(found));
        else Assert.True(expected == found && T.IsNegative(expected) == T.IsNegative(found), $"{expected} expected, {found} found");
    }
}
