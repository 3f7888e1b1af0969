using System.Numerics.Tensors;

namespace Tessera;

public sealed unsafe partial class Tensor
{
    /// <summary>This tensor as .NET's own tensor span, no copy; valid until this tensor is disposed. Views keep their strides.</summary>
    /// <exception cref="TesseraException">TypeMismatch when <typeparamref name="T"/> does not store <see cref="Type"/>; Unsupported for a reversed view, whose strides are negative.</exception>
    public TensorSpan<T> AsTensorSpan<T>() where T : unmanaged
    {
        Span<nint> lengths = stackalloc nint[Shape.MaxRank], strides = stackalloc nint[Shape.MaxRank];
        long extent = Layout<T>(lengths, strides);
        return new((T*)Address, (nint)extent, lengths[..Math.Max(1, Shape.Rank)], strides[..Math.Max(1, Shape.Rank)]);
    }

    /// <summary>The same for reading.</summary>
    /// <inheritdoc cref="AsTensorSpan{T}" path="/exception"/>
    public ReadOnlyTensorSpan<T> AsReadOnlyTensorSpan<T>() where T : unmanaged => AsTensorSpan<T>();

    /// <summary>A row-major copy of <paramref name="source"/>.</summary>
    public static Tensor From<T>(in ReadOnlyTensorSpan<T> source) where T : unmanaged
    {
        Span<long> extents = stackalloc long[Shape.MaxRank];
        if (source.Rank > Shape.MaxRank) throw new TesseraException(ErrorCode.ShapeMismatch, $"Rank {source.Rank} exceeds the {Shape.MaxRank} that Tessera supports.");
        for (int i = 0; i < source.Rank; i++) extents[i] = source.Lengths[i];
        Tensor t = Empty(DTypes.Of<T>(), Shape.Of(extents[..source.Rank]));
        source.FlattenTo(t.Span<T>());
        return t;
    }

    /// <summary>Fills in lengths and strides (a scalar has one axis of one element there) and returns how many elements the memory between the first and the last spans.</summary>
    private long Layout<T>(Span<nint> lengths, Span<nint> strides) where T : unmanaged
    {
        if (sizeof(T) * 8 != Type.Bits()) throw new TesseraException(ErrorCode.TypeMismatch, $"A tensor of {Type} is not one of {typeof(T).Name}.");
        lengths[0] = 1;
        long last = 0;
        for (int i = 0; i < Shape.Rank; i++)
        {
            long stride = Strides[i];
            if (stride < 0) throw new TesseraException(ErrorCode.Unsupported, $"A view {Shape} with strides {Strides} runs backwards, which TensorSpan cannot; call Contiguous() first.");
            lengths[i] = (nint)Shape[i];
            // .NET wants stride 0 where nothing is stepped over.
            strides[i] = Shape[i] == 1 || Count == 0 ? 0 : (nint)stride;
            last += (Shape[i] - 1) * stride;
        }
        return Count == 0 ? 0 : last + 1;
    }
}
