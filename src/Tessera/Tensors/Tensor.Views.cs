namespace Tessera;

public sealed unsafe partial class Tensor
{
    /// <summary>A view with axes in another order: result axis i is this tensor's axis <paramref name="axes"/>[i].</summary>
    /// <exception cref="TesseraException">InvalidArgument when <paramref name="axes"/> is no permutation of this tensor's axes.</exception>
    public Tensor Transpose(params ReadOnlySpan<int> axes)
    {
        int seen = 0;
        foreach (int axis in axes) seen |= (uint)axis < (uint)Shape.Rank ? 1 << axis : 0;
        if (axes.Length != Shape.Rank || seen != (1 << Shape.Rank) - 1)
            throw new TesseraException(ErrorCode.InvalidArgument, $"[{string.Join(", ", axes.ToArray())}] is no permutation of the {Shape.Rank} axes of {Shape}.");
        Span<long> n = stackalloc long[Shape.Rank], s = stackalloc long[Shape.Rank];
        for (int i = 0; i < axes.Length; i++) (n[i], s[i]) = (Shape[axes[i]], Strides[axes[i]]);
        return View(Shape.Of(n), new Strides(s), 0);
    }

    /// <summary>A view of elements start, start+step, … along <paramref name="axis"/>, <paramref name="count"/> of them.</summary>
    public Tensor Slice(int axis, long start, long count, long step = 1)
    {
        axis = Shape.Axis(axis);
        Int128 last = start + (Int128)(count - 1) * step;
        if (count < 0 || (count > 0 && ((ulong)start >= (ulong)Shape[axis] || last < 0 || last >= Shape[axis])))
            throw new TesseraException(ErrorCode.InvalidArgument, $"{count} elements from {start} by {step} leave axis {axis} of {Shape}.");
        Span<long> s = stackalloc long[Shape.Rank];
        Strides.Span.CopyTo(s);
        s[axis] *= step;
        return View(Shape.With(axis, count), new Strides(s), count == 0 ? 0 : start * Strides[axis]);
    }

    /// <summary>A view that repeats this tensor along axes of extent 1, as NumPy broadcasting does.</summary>
    public Tensor Broadcast(Shape shape)
    {
        if (Shape.Broadcast(Shape, shape) != shape) throw new TesseraException(ErrorCode.ShapeMismatch, $"{Shape} does not broadcast to {shape}.");
        Span<long> s = stackalloc long[shape.Rank];
        int lead = shape.Rank - Shape.Rank;
        for (int i = 0; i < shape.Rank; i++) s[i] = i < lead || Shape[i - lead] == 1 ? 0 : Strides[i - lead];
        return View(shape, new Strides(s), 0);
    }

    /// <summary>This tensor when contiguous (shared), else a row-major copy.</summary>
    public Tensor Contiguous()
    {
        if (IsContiguous) return Share();
        Tensor t = Empty(Type, Shape);
        CopyStrided(Type.Bits() / 8, (byte*)t._address, 0, (byte*)_address);
        return t;
    }

    private string[] PickStrings(Shape shape, Strides strides, long offset)
    {
        string[] picked = new string[shape.Count];
        Span<long> index = stackalloc long[shape.Rank];
        for (int i = 0; i < picked.Length; i++)
        {
            picked[i] = _strings![offset];
            for (int axis = shape.Rank - 1; axis >= 0; axis--)
            {
                offset += strides[axis];
                if (++index[axis] < shape[axis]) break;
                offset -= index[axis] * strides[axis];
                index[axis] = 0;
            }
        }
        return picked;
    }

    /// <summary>Overwrites the bytes from <paramref name="offset"/> on with those of a contiguous tensor; for sizes beyond a span.</summary>
    internal void CopyBytesFrom(Tensor from, long offset)
    {
        if (offset < 0 || from.Bytes > Bytes - offset) throw new TesseraException(ErrorCode.InvalidArgument, $"{from} at byte {offset} does not fit {this}.");
        Buffer.MemoryCopy((byte*)from.Address, (byte*)Address + offset, Bytes - offset, from.Bytes);
    }

    private byte* CopyStrided(int size, byte* to, int axis, byte* from)
    {
        if (axis == Shape.Rank) { Buffer.MemoryCopy(from, to, size, size); return to + size; }
        long n = Shape[axis], step = Strides[axis] * size;
        if (axis == Shape.Rank - 1)
        {
            if (step == size) Buffer.MemoryCopy(from, to, n * size, n * size);
            else if (size == 8) CopyRow<long>(to, from, n, step);
            else if (size == 4) CopyRow<int>(to, from, n, step);
            else if (size == 2) CopyRow<short>(to, from, n, step);
            else CopyRow<byte>(to, from, n, step);
            return to + n * size;
        }
        for (long i = 0; i < n; i++) to = CopyStrided(size, to, axis + 1, from + i * step);
        return to;
    }

    private static void CopyRow<T>(byte* to, byte* from, long n, long step) where T : unmanaged
    {
        for (long i = 0; i < n; i++) ((T*)to)[i] = *(T*)(from + i * step);
    }
}
