using System.Numerics;
using System.Runtime.CompilerServices;
using Tessera.Engines.Cpu.Movement;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>The transform of one line with full vectors: its N = rows · columns numbers as a matrix, columns transformed a vector of them at a time, element (k, j) turned by e^(−2πi·jk ÷ N),
/// then the rows, a vector of them at a time. Source: D. H. Bailey, FFTs in external or hierarchical memory, J. Supercomputing 4 (1990).</summary>
internal sealed unsafe class LineFft<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _rows, _columns, _rowBlocks, _columnBlocks;
    private readonly FftPlan<T> _down, _across;
    private readonly T* _turns;

    private LineFft(int rows, int columns, Func<long, nint> own)
    {
        int v = Vector<T>.Count;
        (_rows, _columns, _rowBlocks, _columnBlocks) = (rows, columns, (rows + v - 1) / v, (columns + v - 1) / v);
        (_down, _across) = (new(rows, own), new(columns, own));
        _turns = (T*)own(2L * sizeof(T) * rows * _columnBlocks * v);
        T* one = stackalloc T[2];
        for (long j = 0; j < columns; j++)
            for (long k = 0; k < rows; k++)
            {
                FftPlan<T>.Set(one, -2 * Math.PI * (j * k) / ((double)rows * columns));
                T* to = _turns + ((j / v * rows + k) * 2 * v) + j % v;
                (to[0], to[v]) = (one[0], one[1]);
            }
    }

    /// <summary>The transform of length n; null when n is no product of two numbers with small factors that fill a vector.</summary>
    public static LineFft<T>? Of(long n, Func<long, nint> own)
    {
        for (long r = (long)Math.Sqrt(n); r >= Vector<T>.Count; r--)
            if (n % r == 0 && FftPlan<T>.Splits((int)r) && FftPlan<T>.Splits((int)(n / r))) return new((int)r, (int)(n / r), own);
        return null;
    }

    /// <summary>Vectors that <see cref="Run"/> needs.</summary>
    public long Scratch => 2L * Longest * 2 + 2L * _rowBlocks * _columnBlocks * Vector<T>.Count;

    private long Longest => Math.Max(_rowBlocks, _columnBlocks) * (long)Vector<T>.Count;

    /// <summary>y = forward transform of x, times a number; real and imaginary parts in turn.</summary>
    /// <param name="x">The line.</param>
    /// <param name="y">The result; may not be x.</param>
    /// <param name="work"><see cref="Scratch"/> vectors.</param>
    /// <param name="swap">Whether real and imaginary parts change places on either side, which makes it the inverse transform.</param>
    /// <param name="scale">What the result is multiplied by.</param>
    public void Run(T* x, T* y, Vector<T>* work, bool swap, T scale)
    {
        Vector<T>* a = work, b = a + 2 * Longest, matrix = b + 2 * Longest;
        for (int block = 0; block < _columnBlocks; block++) Columns(x, block, a, b, matrix, swap);
        Vector<T> by = Vector.Create(scale);
        for (int block = 0; block < _rowBlocks; block++) Rows(y, block, matrix + 2L * block * _columnBlocks * Vector<T>.Count, a, swap, by);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Columns(T* x, int block, Vector<T>* a, Vector<T>* b, Vector<T>* matrix, bool swap)
    {
        int v = Vector<T>.Count, first = block * v, count = Math.Min(v, _columns - first);
        T* part = stackalloc T[2 * v];
        for (int i = 0; i < 2 * v; i++) part[i] = T.Zero;
        T* from = x + 2L * first;
        for (int k = 0; k < _rows; k++, from += 2L * _columns)
        {
            if (count < v) Buffer.MemoryCopy(from, part, 2L * v * sizeof(T), 2L * count * sizeof(T));
            Pairs<T>.Split(count < v ? part : from, out Vector<T> re, out Vector<T> im);
            a[2 * k] = swap ? im : re;
            a[2 * k + 1] = swap ? re : im;
        }
        Vector<T>* z = FftPasses<T>.Run(_down, a, b, null);
        T* w = _turns + 2L * block * _rows * v;
        for (int k = 0; k < _rows; k++, w += 2 * v)
        {
            Vector<T> re = z[2 * k], im = z[2 * k + 1], c = Vector.Load(w), s = Vector.Load(w + v);
            z[2 * k] = re * c - im * s;
            z[2 * k + 1] = re * s + im * c;
        }
        // Rows beyond the last are lanes that nobody reads.
        for (int r = 0; r < _rowBlocks; r++)
        {
            T* to = (T*)(matrix + 2L * (r * _columnBlocks + block) * v), p = (T*)(z + 2L * r * v);
            Turn(p, to);
            Turn(p + v, to + v);
        }
    }

    /// <summary>A square of vectors, every other one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Turn(T* x, T* y)
    {
        int v = Vector<T>.Count;
        if (SquareBlocks<T>.Side(v, v) == v) SquareBlocks<T>.Transpose(v, x, 2 * v, y, 2 * v);
        else for (int i = 0; i < v; i++) for (int j = 0; j < v; j++) y[2 * v * j + i] = x[2 * v * i + j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Rows(T* y, int block, Vector<T>* x, Vector<T>* work, bool swap, Vector<T> by)
    {
        int v = Vector<T>.Count, first = block * v, count = Math.Min(v, _rows - first);
        Vector<T>* z = FftPasses<T>.Run(_across, x, work, null);
        T* part = stackalloc T[2 * v], to = y + 2L * first;
        for (int k = 0; k < _columns; k++, to += 2L * _rows)
        {
            Vector<T> re = z[2 * k] * by, im = z[2 * k + 1] * by;
            Pairs<T>.Join(swap ? im : re, swap ? re : im, count < v ? part : to);
            if (count < v) Buffer.MemoryCopy(part, to, 2L * count * sizeof(T), 2L * count * sizeof(T));
        }
    }
}
