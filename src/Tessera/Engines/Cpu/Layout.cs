using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu;

/// <summary>Nested loops over several operands at once: extents and one stride per operand and axis, neighbouring axes merged where all operands allow it.</summary>
internal sealed class Layout
{
    private Layout(long[] extents, long[][] strides) => (Extents, Strides) = (extents, strides);

    /// <summary>Extents, outermost first; at least one axis.</summary>
    public long[] Extents { get; }

    /// <summary>Per operand, steps in elements along each axis.</summary>
    public long[][] Strides { get; }

    public int Rank => Extents.Length;

    public static Layout Of(Shape shape, params ReadOnlySpan<Strides> operands)
    {
        List<long> extents = [];
        List<long>[] strides = new List<long>[operands.Length];
        for (int k = 0; k < operands.Length; k++) strides[k] = [];
        for (int i = 0; i < shape.Rank; i++)
        {
            if (shape[i] == 1) continue;
            bool merges = extents.Count > 0;
            for (int k = 0; k < operands.Length && merges; k++) merges = strides[k][^1] == operands[k][i] * shape[i];
            if (merges) extents[^1] *= shape[i];
            else extents.Add(shape[i]);
            for (int k = 0; k < operands.Length; k++)
            {
                if (merges) strides[k][^1] = operands[k][i];
                else strides[k].Add(operands[k][i]);
            }
        }
        if (extents.Count == 0)
        {
            extents.Add(1);
            foreach (List<long> s in strides) s.Add(1);
        }
        return new([.. extents], [.. strides.Select(s => s.ToArray())]);
    }

    /// <summary>Offset of row-major position <paramref name="index"/> over the first <paramref name="axes"/> axes in operand <paramref name="k"/>.</summary>
    public long OffsetOf(int k, long index, int axes)
    {
        long offset = 0;
        long[] s = Strides[k];
        for (int i = axes - 1; i >= 0; i--)
        {
            (long q, long r) = Math.DivRem(index, Extents[i]);
            offset += r * s[i];
            index = q;
        }
        return offset;
    }

    /// <summary>A walk over the rows (all axes but the last), from row <paramref name="row"/> on.</summary>
    public Cursor Rows(long row) => new(this, row);

    /// <summary>Offsets of a row in the first two operands, stepped from row to row without division.</summary>
    internal unsafe struct Cursor
    {
        private readonly Layout _layout;
        private fixed long _at[Shape.MaxRank];

        public Cursor(Layout layout, long row)
        {
            _layout = layout;
            for (int i = layout.Rank - 2; i >= 0 && row > 0; i--)
            {
                (row, long at) = Math.DivRem(row, layout.Extents[i]);
                _at[i] = at;
                A += at * layout.Strides[0][i];
                if (layout.Strides.Length > 1) B += at * layout.Strides[1][i];
            }
        }

        /// <summary>Offset in the first operand.</summary>
        public long A { get; private set; }

        /// <summary>Offset in the second operand.</summary>
        public long B { get; private set; }

        // Called per row from loops that are optimised from the first call.
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Next()
        {
            long[] a = _layout.Strides[0], b = _layout.Strides[^1];
            for (int i = _layout.Rank - 2; i >= 0; i--)
            {
                A += a[i];
                B += b[i];
                if (++_at[i] < _layout.Extents[i]) return;
                A -= _at[i] * a[i];
                B -= _at[i] * b[i];
                _at[i] = 0;
            }
        }
    }

    /// <summary>∏ extents of the first <paramref name="axes"/> axes.</summary>
    public long CountOf(int axes)
    {
        long n = 1;
        for (int i = 0; i < axes; i++) n *= Extents[i];
        return n;
    }
}
