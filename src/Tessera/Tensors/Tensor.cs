using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessera;

/// <summary>An n-dimensional array: an element type, a shape, strides, and a block of memory shared with its views.</summary>
/// <remarks>Layout is row-major unless a view says otherwise; 4-bit types are packed two to a byte, low half first, and are always contiguous. Disposing the last tensor of a block gives its memory back.</remarks>
public sealed unsafe partial class Tensor : IDisposable
{
    private readonly MemoryBlock? _block;
    private readonly string[]? _strings;
    private readonly nint _address;
    private int _disposed;

    private Tensor(DType type, Shape shape, Strides strides, MemoryBlock? block, nint address, string[]? strings)
    {
        (Type, Shape, Strides, _block, _address, _strings) = (type, shape, strides, block, address, strings);
    }

    /// <summary>Where the elements lie; null for strings.</summary>
    internal MemoryBlock? Block => _block;

    public DType Type { get; }

    public Shape Shape { get; }

    /// <summary>Steps in elements along each axis; 0 on broadcast axes, negative on reversed ones.</summary>
    public Strides Strides { get; }

    public long Count => Shape.Count;

    public long Bytes => Type.Bytes(Count);

    public bool IsContiguous => Strides.IsRowMajor(Shape);

    /// <summary>Address of the first element; valid until this tensor is disposed. Not for strings.</summary>
    public nint Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed != 0, this);
            return Type != DType.String ? _address : throw new TesseraException(ErrorCode.TypeMismatch, "A string tensor has no native address; use Strings.");
        }
    }

    /// <summary>Elements of a string tensor, row-major.</summary>
    public string[] Strings => _strings ?? throw new TesseraException(ErrorCode.TypeMismatch, $"A tensor of {Type} holds no strings.");

    /// <summary>A tensor with undefined content (strings: empty).</summary>
    public static Tensor Empty(DType type, Shape shape, MemoryPool? pool = null, string renter = "tensor")
    {
        if (type == DType.String) return FromStrings(NewStrings(shape.Count), shape);
        MemoryBlock block = (pool ?? MemoryPool.Shared).Rent(type.Bytes(shape.Count), renter);
        return new(type, shape, Strides.RowMajor(shape), block, block.Address, null);
    }

    public static Tensor Zeros(DType type, Shape shape, MemoryPool? pool = null)
    {
        Tensor t = Empty(type, shape, pool);
        if (type != DType.String) NativeMemory.Clear((void*)t._address, (nuint)t.Bytes);
        return t;
    }

    /// <summary>A copy of <paramref name="data"/>, row-major.</summary>
    /// <exception cref="TesseraException">ShapeMismatch when the lengths differ.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> data, Shape shape)
    {
        if (data.Length != shape.Count) throw new TesseraException(ErrorCode.ShapeMismatch, $"{data.Length} elements do not fill {shape}.");
        if (typeof(T) == typeof(string)) return FromStrings((string[])(object)data.ToArray(), shape);
        Tensor t = Empty(DTypes.Of<T>(), shape);
        // Element by element through a span of the target: the source may be on the managed heap, which moves.
        data.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.AsRef<T>((void*)t._address), data.Length));
        return t;
    }

    public static Tensor From<T>(T[] data, Shape shape) => From((ReadOnlySpan<T>)data, shape);

    public static Tensor Scalar<T>(T value) => From<T>([value], Shape.Scalar);

    public static Tensor FromStrings(string[] data, Shape shape) =>
        data.Length == shape.Count ? new(DType.String, shape, Strides.RowMajor(shape), null, 0, data)
        : throw new TesseraException(ErrorCode.ShapeMismatch, $"{data.Length} strings do not fill {shape}.");

    /// <summary>A tensor over memory that <paramref name="block"/> owns, starting <paramref name="offset"/> bytes in; takes a reference of its own.</summary>
    public static Tensor Over(MemoryBlock block, long offset, DType type, Shape shape)
    {
        if (offset < 0 || type.Bytes(shape.Count) > block.Bytes - offset) throw new TesseraException(ErrorCode.InvalidArgument, $"{type}{shape} at byte {offset} lies outside a block of {block.Bytes} bytes.");
        return new(type, shape, Strides.RowMajor(shape), block.Share(), block.Address + (nint)offset, null);
    }

    /// <summary>The elements of a contiguous tensor, no copy. At most 2³¹−1 elements; use <see cref="Address"/> beyond.</summary>
    public Span<T> Span<T>() where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() * 8 != Type.Bits() && !(Type.Bits() == 4 && Unsafe.SizeOf<T>() == 1)) throw new TesseraException(ErrorCode.TypeMismatch, $"A tensor of {Type} is not one of {typeof(T).Name}.");
        if (!IsContiguous) throw new TesseraException(ErrorCode.InvalidArgument, $"A view {Shape} with strides {Strides} has no span; call Contiguous() first.");
        return new((void*)Address, checked((int)(Bytes / Unsafe.SizeOf<T>())));
    }

    /// <summary>All bytes of a contiguous tensor.</summary>
    public Span<byte> RawBytes() => IsContiguous ? new((void*)Address, checked((int)Bytes)) : throw new TesseraException(ErrorCode.InvalidArgument, "Only contiguous tensors expose their bytes; call Contiguous() first.");

    /// <summary>Some of the bytes of a contiguous tensor, for those beyond 2³¹−1.</summary>
    /// <exception cref="TesseraException">InvalidArgument when they lie outside the tensor.</exception>
    public Span<byte> RawBytes(long offset, int length)
    {
        if (!IsContiguous || offset < 0 || length < 0 || length > Bytes - offset) throw new TesseraException(ErrorCode.InvalidArgument, $"{length} bytes at {offset} lie outside {this}, or it is not contiguous.");
        return new((byte*)Address + offset, length);
    }

    public T[] ToArray<T>() where T : unmanaged
    {
        using Tensor c = Contiguous();
        return c.Span<T>().ToArray();
    }

    /// <summary>This tensor's elements seen under another shape of equal count; shares memory when contiguous, else copies.</summary>
    public Tensor Reshape(Shape shape)
    {
        if (shape.Count != Count) throw new TesseraException(ErrorCode.ShapeMismatch, $"{Shape} ({Count} elements) cannot be seen as {shape} ({shape.Count}).");
        if (_strings is { } s) return FromStrings(s, shape);
        using Tensor c = Contiguous();
        return c.View(shape, Strides.RowMajor(shape), 0);
    }

    /// <summary>A view with other shape and strides, <paramref name="offset"/> elements in. Strings are copied: they live on the managed heap.</summary>
    /// <exception cref="TesseraException">Unsupported for 4-bit elements that would not start on a byte or not be contiguous.</exception>
    internal Tensor View(Shape shape, Strides strides, long offset)
    {
        if (_strings is not null) return FromStrings(PickStrings(shape, strides, offset), shape);
        if (Type.Bits() == 4 && ((offset & 1) != 0 || !strides.IsRowMajor(shape)))
            throw new TesseraException(ErrorCode.Unsupported, $"Packed {Type}{Shape} has no view {shape} with strides {strides} at element {offset}; unpack it to 8 bits first (Nibbles.Unpack).");
        return new(Type, shape, strides, _block!.Share(), Address + (nint)(offset * Type.Bits() / 8), null);
    }

    /// <summary>Another owner of the same elements.</summary>
    public Tensor Share() => _strings is null ? View(Shape, Strides, 0) : new(Type, Shape, Strides, null, 0, _strings);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _block?.Release();
    }

    public override string ToString() => $"{Type}{Shape}";

    private static string[] NewStrings(long count)
    {
        string[] s = new string[count];
        Array.Fill(s, "");
        return s;
    }
}
