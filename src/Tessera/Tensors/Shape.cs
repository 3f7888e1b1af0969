using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tessera;

/// <summary>Extents of a tensor, rank 0–8, stored inline: no heap allocation.</summary>
/// <exception cref="TesseraException">ShapeMismatch when the rank exceeds 8 or an extent is negative.</exception>
[CollectionBuilder(typeof(Shape), nameof(Of))]
public readonly struct Shape : IEquatable<Shape>
{
    public const int MaxRank = 8;

    private readonly Extents _extents;
    private readonly int _rank;

    [InlineArray(MaxRank)]
    private struct Extents { private long _first; }

    private Shape(ReadOnlySpan<long> extents)
    {
        if (extents.Length > MaxRank) throw new TesseraException(ErrorCode.ShapeMismatch, $"Rank {extents.Length} exceeds the {MaxRank} that Tessera supports.");
        _rank = extents.Length;
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 0) throw new TesseraException(ErrorCode.ShapeMismatch, $"Extent {extents[i]} on axis {i} is negative.");
            _extents[i] = extents[i];
        }
    }

    public static Shape Scalar => default;

    public static Shape Of(params ReadOnlySpan<long> extents) => new(extents);

    public int Rank => _rank;

    /// <summary>Number of elements, ∏ extents (1 for a scalar).</summary>
    /// <exception cref="TesseraException">ShapeMismatch when it exceeds 2⁶³−1.</exception>
    public long Count
    {
        get
        {
            long n = 1;
            bool zero = false;
            for (int i = 0; i < _rank; i++) zero |= _extents[i] == 0;
            if (zero) return 0;
            for (int i = 0; i < _rank; i++)
                if (Math.BigMul(n, _extents[i], out n) != 0 || n < 0) throw new TesseraException(ErrorCode.ShapeMismatch, $"{this} holds more than 2^63 elements.");
            return n;
        }
    }

    /// <summary>Extent of <paramref name="axis"/>; negative axes count from the end.</summary>
    public long this[int axis]
    {
        get
        {
            int i = axis < 0 ? axis + _rank : axis;
            if ((uint)i >= (uint)_rank) throw new TesseraException(ErrorCode.ShapeMismatch, $"Axis {axis} does not exist in {this}.");
            return _extents[i];
        }
    }

    public long this[Index axis] => this[axis.IsFromEnd ? -axis.Value : axis.Value];

    [UnscopedRef]
    public ReadOnlySpan<long> Span => ((ReadOnlySpan<long>)_extents)[.._rank];

    [UnscopedRef]
    public ReadOnlySpan<long>.Enumerator GetEnumerator() => Span.GetEnumerator();

    public long[] ToArray() => Span.ToArray();

    /// <summary>Axis in 0…rank−1 for one that may be negative.</summary>
    public int Axis(long axis)
    {
        long i = axis < 0 ? axis + _rank : axis;
        return i >= 0 && i < _rank ? (int)i : throw new TesseraException(ErrorCode.ShapeMismatch, $"Axis {axis} does not exist in {this} (rank {_rank}).");
    }

    /// <summary>∏ extents over [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public long CountOf(int from, int to)
    {
        long n = 1;
        for (int i = from; i < to; i++) n = checked(n * _extents[i]);
        return n;
    }

    public Shape With(int axis, long extent)
    {
        Shape s = this;
        Span<long> e = stackalloc long[MaxRank];
        s.Span.CopyTo(e);
        e[Axis(axis)] = extent;
        return new Shape(e[.._rank]);
    }

    /// <summary>NumPy broadcasting of two shapes.</summary>
    /// <exception cref="TesseraException">ShapeMismatch naming both shapes.</exception>
    public static Shape Broadcast(Shape a, Shape b)
    {
        int rank = Math.Max(a._rank, b._rank);
        Span<long> e = stackalloc long[MaxRank];
        for (int i = 0; i < rank; i++)
        {
            long x = i < rank - a._rank ? 1 : a._extents[i - (rank - a._rank)];
            long y = i < rank - b._rank ? 1 : b._extents[i - (rank - b._rank)];
            e[i] = x == y || y == 1 ? x : x == 1 ? y : throw new TesseraException(ErrorCode.ShapeMismatch, $"{a} and {b} do not broadcast: {x} ≠ {y} on axis {i - rank}.");
        }
        return new Shape(e[..rank]);
    }

    /// <summary>Row-major strides in elements.</summary>
    public Shape RowMajorStrides()
    {
        Span<long> e = stackalloc long[MaxRank];
        long step = 1;
        for (int i = _rank - 1; i >= 0; i--) { e[i] = step; step *= Math.Max(1, _extents[i]); }
        return new Shape(e[.._rank]);
    }

    public bool Equals(Shape other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Shape s && Equals(s);

    public override int GetHashCode()
    {
        HashCode h = default;
        for (int i = 0; i < _rank; i++) h.Add(_extents[i]);
        return h.ToHashCode();
    }

    public static bool operator ==(Shape a, Shape b) => a.Equals(b);

    public static bool operator !=(Shape a, Shape b) => !a.Equals(b);

    public override string ToString() => Listed(Span);

    /// <summary>Integers in brackets. (Joining them as a sequence is code that .NET compiles when it is first needed, and plans are told apart by such texts.)</summary>
    internal static string Listed(ReadOnlySpan<long> values)
    {
        StringBuilder text = new("[");
        for (int i = 0; i < values.Length; i++) text.Append(i > 0 ? ", " : "").Append(values[i].ToString(CultureInfo.InvariantCulture));
        return text.Append(']').ToString();
    }
}
