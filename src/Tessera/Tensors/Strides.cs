using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Tessera;

/// <summary>Steps in elements along each axis of a tensor, rank 0–8, stored inline; may be zero or negative.</summary>
public readonly struct Strides : IEquatable<Strides>
{
    private readonly Steps _steps;
    private readonly int _rank;

    [InlineArray(Shape.MaxRank)]
    private struct Steps { private long _first; }

    public Strides(ReadOnlySpan<long> steps)
    {
        _rank = steps.Length;
        for (int i = 0; i < steps.Length; i++) _steps[i] = steps[i];
    }

    public int Rank => _rank;

    public long this[int axis] => (uint)axis < (uint)_rank ? _steps[axis] : throw new TesseraException(ErrorCode.ShapeMismatch, $"Axis {axis} does not exist in rank {_rank}.");

    [UnscopedRef]
    public ReadOnlySpan<long> Span => ((ReadOnlySpan<long>)_steps)[.._rank];

    public static Strides RowMajor(Shape shape) => new(shape.RowMajorStrides().Span);

    /// <summary>Whether elements lie in row-major order without gaps; extents of 1 put no demand on their stride.</summary>
    public bool IsRowMajor(Shape shape)
    {
        long step = 1;
        for (int i = _rank - 1; i >= 0; i--)
        {
            long n = shape[i];
            if (n == 0) return true;
            if (n != 1 && _steps[i] != step) return false;
            step *= n;
        }
        return true;
    }

    public bool Equals(Strides other) => Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => obj is Strides s && Equals(s);

    public override int GetHashCode()
    {
        HashCode h = default;
        for (int i = 0; i < _rank; i++) h.Add(_steps[i]);
        return h.ToHashCode();
    }

    public static bool operator ==(Strides a, Strides b) => a.Equals(b);

    public static bool operator !=(Strides a, Strides b) => !a.Equals(b);

    public override string ToString() => Shape.Listed(Span);
}
