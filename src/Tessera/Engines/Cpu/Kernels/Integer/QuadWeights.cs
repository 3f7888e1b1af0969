using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// Signed 8-bit weights packed for <see cref="QuadTile{V, R, S}"/>: in groups (panels of columns, or tiles of rows), each sorted into near quads, whose pairs
/// of products with any unsigned bytes stay within 16 bits, twos of them foremost whose sums do so too, and far ones.
/// </summary>
/// <param name="shape">Tiles of the machine.</param>
/// <param name="count">Columns or rows.</param>
/// <param name="k">Terms of a sum.</param>
/// <param name="columns">Whether the weights are the columns of the product.</param>
internal sealed unsafe class QuadWeights(QuadShape shape, long count, long k, bool columns)
{
    /// <summary>Quads of a sum from which on a loop of its own for twos pays.</summary>
    private const int Worthwhile = 32;

    public long Count { get; } = count;

    /// <summary>Quads of a sum.</summary>
    public int Quads { get; } = checked((int)((k + 3) / 4));

    /// <summary>Columns of a panel or rows of a tile.</summary>
    public int Group { get; } = columns ? shape.Columns : shape.Height(count);

    public int Groups => (int)((Count + Group - 1) / Group);

    /// <summary>Bytes of memory that <see cref="Pack"/> fills.</summary>
    public long Bytes => WordsAt + (columns ? 0 : 8L * Groups * Group * Quads);

    private long NearAt => 4L * Groups * Group;

    private long TwosAt => NearAt + 4L * Groups;

    private long OrderAt => TwosAt + 4L * Groups;

    private long BytesAt => (OrderAt + 4L * Groups * Quads + 63) & ~63L;

    private long WordsAt => BytesAt + 4L * Groups * Group * Quads;

    /// <summary>∑ of the weights of each column or row; zeros after the last.</summary>
    public static int* Sums(byte* packed) => (int*)packed;

    /// <summary>How many twos of near quads a group begins with.</summary>
    public int Twos(byte* packed, int group) => ((int*)(packed + TwosAt))[group];

    /// <summary>How many more quads of a group are near.</summary>
    public int Near(byte* packed, int group) => ((int*)(packed + NearAt))[group];

    public int* Order(byte* packed, int group) => (int*)(packed + OrderAt) + (long)group * Quads;

    /// <summary>Panel of columns, or near quads of a tile of rows.</summary>
    public byte* Data(byte* packed, int group) => packed + BytesAt + 4L * group * Group * Quads;

    /// <summary>Far quads of a tile of rows.</summary>
    public byte* Words(byte* packed, int group) => packed + WordsAt + 8L * group * Group * Quads;

    /// <summary>Rows or columns of a group that exist.</summary>
    public int Of(int group) => (int)Math.Min(Group, Count - (long)group * Group);

    /// <summary>Packs one group.</summary>
    /// <param name="w">Element (column or row i, term k) is w[i·step + k·kStep] + shift, which fits a signed byte.</param>
    /// <param name="match">Whether to look for twos, which takes longer.</param>
    public void Pack<T>(T* w, long step, long kStep, int shift, int group, byte* packed, bool match)
    {
        byte[] room = ArrayPool<byte>.Shared.Rent(checked(4 * Math.Max(1, columns ? Group : Of(group)) * Math.Max(1, Quads)));
        fixed (byte* quads = room) Sort(w, step, kStep, shift, group, packed, match, (sbyte*)quads);
        ArrayPool<byte>.Shared.Return(room);
    }

    private void Sort<T>(T* w, long step, long kStep, int shift, int group, byte* packed, bool match, sbyte* quads)
    {
        int n = Of(group), lanes = columns ? Group : n, near = 0, far = Quads;
        int* order = Order(packed, group), sums = Sums(packed) + (long)group * Group;
        byte* bytes = Data(packed, group), words = columns ? null : Words(packed, group);
        QuadMatching? twos = match && Quads >= Worthwhile && shape.Bytes == ByteProducts.Saturating ? new(2 * lanes) : null;
        w += (long)group * Group * step;
        for (int i = 0; i < Group; i++) sums[i] = 0;
        for (int q = 0; q < Quads; q++)
        {
            sbyte* quad = quads + 4L * lanes * q;
            Read(w + 4L * q * kStep, step, kStep, shift, n, (int)Math.Min(4, k - 4L * q), lanes, quad);
            for (int i = 0; i < n; i++) sums[i] += quad[4 * i] + quad[4 * i + 1] + quad[4 * i + 2] + quad[4 * i + 3];
            bool isNear = shape.Bytes == ByteProducts.Exact || shape.Bytes == ByteProducts.Saturating && Stays(quad, lanes);
            order[isNear ? near++ : --far] = q;
            if (isNear) twos?.Add(q, quad);
        }
        // Far quads were laid down from the end.
        new Span<int>(order + near, Quads - near).Reverse();
        int matched = twos?.Order(new Span<int>(order, near)) ?? 0;
        ((int*)(packed + TwosAt))[group] = matched;
        ((int*)(packed + NearAt))[group] = near - 2 * matched;
        for (int at = 0; at < Quads; at++)
        {
            sbyte* quad = quads + 4L * lanes * order[at];
            if (columns || at < near) Buffer.MemoryCopy(quad, bytes + 4L * lanes * at, 4 * lanes, 4 * lanes);
            else Widen(quad, lanes, (short*)(words + 8L * lanes * (at - near)));
        }
    }

    /// <summary>Whether a pair of products with bytes up to 255 stays within 16 bits for every pair of the quad.</summary>
    private static bool Stays(sbyte* quad, int lanes)
    {
        int i = 0;
        Vector<short> most = Vector.Create((short)128), none = Vector<short>.Zero;
        for (; i + Vector<short>.Count <= 2 * lanes; i += Vector<short>.Count)
        {
            Vector<short> pair = Vector.Load((short*)(quad + 2 * i)), a = pair << 8 >> 8, b = pair >> 8;
            if (Vector.GreaterThanAny(Vector.Max(a, none) + Vector.Max(b, none), most) || Vector.LessThanAny(Vector.Min(a, none) + Vector.Min(b, none), -most)) return false;
        }
        for (; i < 2 * lanes; i++)
        {
            int a = quad[2 * i], b = quad[2 * i + 1];
            if (Math.Max(a, 0) + Math.Max(b, 0) > 128 || Math.Min(a, 0) + Math.Min(b, 0) < -128) return false;
        }
        return true;
    }

    private static void Read<T>(T* w, long step, long kStep, int shift, int n, int terms, int lanes, sbyte* quad)
    {
        if (n < lanes || terms < 4) new Span<sbyte>(quad, 4 * lanes).Clear();
        if (kStep == 1)
        {
            for (int i = 0; i < n; i++, w += step)
                for (int p = 0; p < terms; p++) quad[4 * i + p] = (sbyte)(Wide(w[p]) + shift);
            return;
        }
        for (int p = 0; p < terms; p++, w += kStep)
        {
            T* from = w;
            for (int i = 0; i < n; i++, from += step) quad[4 * i + p] = (sbyte)(Wide(*from) + shift);
        }
    }

    /// <summary>Even bytes of every row as 16-bit numbers, then odd ones.</summary>
    private static void Widen(sbyte* quad, int rows, short* to)
    {
        for (int i = 0; i < rows; i++)
        {
            (to[2 * i], to[2 * i + 1]) = (quad[4 * i], quad[4 * i + 2]);
            (to[2 * (rows + i)], to[2 * (rows + i) + 1]) = (quad[4 * i + 1], quad[4 * i + 3]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Wide<T>(T x) => typeof(T) == typeof(int) ? *(int*)&x : typeof(T) == typeof(byte) ? *(byte*)&x : *(sbyte*)&x;
}
