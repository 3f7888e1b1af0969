using System.Collections;
using System.Runtime.CompilerServices;

namespace Tessera.Ir;

/// <summary>An immutable list of integers with structural equality.</summary>
[CollectionBuilder(typeof(Ints), nameof(Of))]
public readonly struct Ints : IEquatable<Ints>, IEnumerable<long>
{
    private readonly long[]? _values;

    private Ints(long[] values) => _values = values;

    public static Ints Of(params ReadOnlySpan<long> values) => new(values.ToArray());

    public static Ints Of(IEnumerable<long> values) => new([.. values]);

    public static Ints Of(IEnumerable<int> values) => new([.. values.Select(v => (long)v)]);

    public static Ints Repeat(long value, int count)
    {
        long[] values = new long[count];
        Array.Fill(values, value);
        return new(values);
    }

    /// <summary>The axes of <paramref name="shape"/> that <paramref name="axes"/> names, each once and in order.</summary>
    public static Ints Axes(Shape shape, ReadOnlySpan<int> axes)
    {
        int named = 0;
        foreach (int a in axes) named |= 1 << shape.Axis(a);
        return Of(BitsOf(named));
    }

    private static ReadOnlySpan<long> BitsOf(int mask)
    {
        long[] bits = new long[System.Numerics.BitOperations.PopCount((uint)mask)];
        for (int i = 0, n = 0; n < bits.Length; i++) if ((mask >> i & 1) != 0) bits[n++] = i;
        return bits;
    }

    public int Count => _values?.Length ?? 0;

    public long this[int index] => _values![index];

    public ReadOnlySpan<long> Span => _values;

    public bool Contains(long value)
    {
        foreach (long v in Span)
            if (v == value) return true;
        return false;
    }

    public bool Equals(Ints other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Ints o && Equals(o);

    public override int GetHashCode()
    {
        HashCode h = default;
        foreach (long v in Span) h.Add(v);
        return h.ToHashCode();
    }

    public static bool operator ==(Ints a, Ints b) => a.Equals(b);

    public static bool operator !=(Ints a, Ints b) => !a.Equals(b);

    public IEnumerator<long> GetEnumerator() => ((IEnumerable<long>)(_values ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"[{string.Join(", ", Span.ToArray())}]";
}
