using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>How a tile of an operand is reached.</summary>
internal enum TileAccess
{
    /// <summary>In place: element i of the output goes with element i of the operand.</summary>
    Direct,
    /// <summary>One element for all, repeated over a tile.</summary>
    Uniform,
    /// <summary>One element for all, in place.</summary>
    Single,
    /// <summary>Copied by rows through strides.</summary>
    Strided,
    /// <summary>One element for each row of the output, used in place; tiles do not cross rows.</summary>
    Row,
}

/// <summary>An operand of a group seen from the group's output.</summary>
internal sealed unsafe class TileSource
{
    private readonly Layout _layout;

    public TileSource(Operand operand, Shape shape, int register)
    {
        (Operand, Register) = (operand, register);
        Strides strides = BroadcastStrides(operand, shape);
        _layout = Layout.Of(shape, strides);
        Access = shape.Count == 0 || strides.IsRowMajor(shape) ? TileAccess.Direct : _layout.Rank == 1 && _layout.Strides[0][0] == 0 ? TileAccess.Uniform : TileAccess.Strided;
        if (operand.Count == 1 && shape.Count > 1) Access = TileAccess.Uniform;
    }

    public Operand Operand { get; }

    public int Register { get; }

    public TileAccess Access { get; private set; }

    /// <summary>Neighbouring elements of the output that go with one element of the operand; 0 when it changes within a row.</summary>
    public long RowLength => Access is TileAccess.Strided or TileAccess.Row && _layout.Strides[0][^1] == 0 ? _layout.Extents[^1] : 0;

    public void Once() => Access = TileAccess.Single;

    public void ByRow() => Access = TileAccess.Row;

    /// <summary>The element that goes with the row of output element <paramref name="index"/>.</summary>
    public byte* Element(byte* operand, long index) => operand + (Operand.Offset + _layout.OffsetOf(0, index / _layout.Extents[^1], _layout.Rank - 1)) * Operand.Size;

    public static Strides BroadcastStrides(Operand operand, Shape shape)
    {
        Span<long> s = stackalloc long[Shape.MaxRank];
        int lead = shape.Rank - operand.Shape.Rank;
        for (int i = lead; i < shape.Rank; i++) s[i] = operand.Shape[i - lead] == 1 ? 0 : operand.Strides[i - lead];
        return new Strides(s[..shape.Rank]);
    }

    /// <summary>Copies elements [start, start + n) of the broadcast operand to <paramref name="to"/>; one element repeated when uniform.</summary>
    public void Load(byte* operand, long start, nint n, byte* to)
    {
        switch (Operand.Size)
        {
            case 1: Copy(operand + Operand.Offset, start, n, to); break;
            case 2: Copy((ushort*)operand + Operand.Offset, start, n, (ushort*)to); break;
            case 4: Copy((uint*)operand + Operand.Offset, start, n, (uint*)to); break;
            default: Copy((ulong*)operand + Operand.Offset, start, n, (ulong*)to); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Copy<T>(T* x, long start, nint n, T* to)
    {
        if (Access == TileAccess.Uniform)
        {
            new Span<T>(to, (int)n).Fill(*x);
            return;
        }
        int last = _layout.Rank - 1;
        long* at = stackalloc long[Shape.MaxRank];
        long rest = start;
        for (int i = last; i >= 0; i--)
        {
            (rest, at[i]) = Math.DivRem(rest, _layout.Extents[i]);
            x += at[i] * _layout.Strides[0][i];
        }
        long extent = _layout.Extents[last], step = _layout.Strides[0][last];
        while (true)
        {
            nint m = (nint)Math.Min(n, extent - at[last]);
            Row(x, step, m, to);
            if ((n -= m) == 0) return;
            to += m;
            // To the start of the next row.
            x -= at[last] * step;
            at[last] = 0;
            for (int i = last - 1; i >= 0; i--)
            {
                x += _layout.Strides[0][i];
                if (++at[i] < _layout.Extents[i]) break;
                x -= at[i] * _layout.Strides[0][i];
                at[i] = 0;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(T* x, long step, nint n, T* to)
    {
        if (step == 1) Buffer.MemoryCopy(x, to, n * sizeof(T), n * sizeof(T));
        else if (step == 0) new Span<T>(to, (int)n).Fill(*x);
        else for (nint i = 0; i < n; i++) to[i] = x[i * step];
    }
}
