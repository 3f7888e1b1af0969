using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>A number per row, per column, or for all.</summary>
internal unsafe struct OutputFactor
{
    public float* Values;
    public int RowStep, ColumnStep;
}

/// <summary>
/// What becomes of the sums of a tile: zero points are taken off, s − rowZero·columnZero − rowSum·columnSum; then, unless the result is Int32, the sum is
/// scaled and shifted as Float32, and then, when the result is 8 bits wide, kept between two bounds, rounded half to even and shifted by its zero point.
/// </summary>
internal unsafe struct QuadOutput
{
    /// <summary>A null <see cref="ColumnZero"/> is 1 for all.</summary>
    public int* RowZero, ColumnZero;

    /// <summary>Null when the second term is nothing.</summary>
    public int* RowSum, ColumnSum;
    public OutputFactor Scale, Bias;
    public float Low, High;
    public int Zero;
    public DType Type;

    /// <summary>Element (0, 0) of the result, rows <see cref="Step"/> elements apart.</summary>
    public byte* To;
    public long Step;

    /// <summary>Rows [row, row + rows) and columns [column, column + columns) of the result.</summary>
    /// <param name="tile">Sums, rows <paramref name="width"/> apart; overwritten.</param>
    public readonly void Put(int* tile, int width, long row, int rows, long column, int columns)
    {
        int done = Avx512F.IsSupported && Type != DType.Int32 ? columns & ~15 : 0;
        if (done > 0) Vectors<int>(tile, width, row, rows, column, done);
        if (done == columns) return;
        for (int r = 0; r < rows; r++)
        {
            Correct(tile + r * width + done, row + r, column + done, columns - done);
            Rest(tile + r * width + done, row + r, column + done, columns - done);
        }
    }

    /// <summary>Columns [column, column + columns) of one row of the result, from sums that are whole numbers of Float32 and have no zero points to be taken off.</summary>
    /// <param name="sums">Overwritten.</param>
    public readonly void Put(float* sums, long row, long column, int columns)
    {
        int done = Avx512F.IsSupported && Type != DType.Int32 ? columns & ~15 : 0;
        if (done > 0) Vectors<float>((int*)sums, columns, row, 1, column, done);
        if (done == columns) return;
        Whole(sums + done, columns - done);
        Rest((int*)sums + done, row, column + done, columns - done);
    }

    /// <summary>Whole vectors in one go.</summary>
    /// <typeparam name="T">Int32 or Float32: what sums are.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Vectors<T>(int* tile, int width, long row, int rows, long column, int n)
    {
        // What a row needs is kept in locals: stores to the result could change a field for all the compiler knows.
        bool real = Type == DType.Float32;
        long step = Step * (real ? 4 : 1), scaleRow = Scale.RowStep, biasRow = Bias.RowStep;
        int scaleStep = Scale.ColumnStep, biasStep = Bias.ColumnStep;
        int* zeros = RowZero + row, sums = RowSum == null ? null : RowSum + row, by = ColumnZero == null ? null : ColumnZero + column, and = ColumnSum + column;
        float* scale = Scale.Values + row * scaleRow + column * scaleStep, bias = Bias.Values == null ? null : Bias.Values + row * biasRow + column * biasStep;
        byte* to = To + row * step + column * (real ? 4 : 1);
        Vector512<float> low = Vector512.Create(Low), high = Vector512.Create(High), b = Vector512<float>.Zero;
        Vector512<int> shift = Vector512.Create(Zero);
        for (; rows > 0; rows--, tile += width, to += step)
        {
            int sum = sums == null ? 0 : *sums++;
            Vector512<int> zero = typeof(T) == typeof(float) ? default : Vector512.Create(*zeros++);
            Vector512<float> s = Vector512.Create(*scale);
            if (bias != null) b = Vector512.Create(*bias);
            for (int j = 0; j < n; j += 16)
            {
                Vector512<int> v = Vector512.Load(tile + j);
                Vector512<float> y = v.AsSingle();
                if (typeof(T) == typeof(int))
                {
                    v -= by == null ? zero : zero * Vector512.Load(by + j);
                    if (sum != 0) v -= Vector512.Create(sum) * Vector512.Load(and + j);
                    y = Vector512.ConvertToSingle(v);
                }
                if (scaleStep != 0) s = Vector512.Load(scale + j);
                if (biasStep != 0) b = Vector512.Load(bias + j);
                y *= s;
                if (bias != null) y += b;
                if (real) y.Store((float*)to + j);
                // Rounds half to even, as all conversions but the truncating ones do; the low byte is the value in either type.
                else Avx512F.ConvertToVector128Byte(Avx512F.ConvertToVector512Int32(Vector512.MinNative(Vector512.MaxNative(y, low), high)) + shift).Store(to + j);
            }
            scale += scaleRow;
            if (bias != null) bias += biasRow;
        }
    }

    /// <summary>Takes off zero points.</summary>
    private readonly void Correct(int* tile, long i, long column, int columns)
    {
        Correct(tile, RowZero[i], ColumnZero == null ? null : ColumnZero + column, columns);
        if (RowSum != null && RowSum[i] != 0) Correct(tile, RowSum[i], ColumnSum + column, columns);
    }

    private readonly void Rest(int* tile, long i, long column, int columns)
    {
        long at = i * Step + column;
        if (Type == DType.Int32)
        {
            new ReadOnlySpan<int>(tile, columns).CopyTo(new Span<int>((int*)To + at, columns));
            return;
        }
        float* y = Type == DType.Float32 ? (float*)To + at : (float*)tile;
        Real(tile, y, i, column, columns);
        if (Type != DType.Float32) Narrow(y, tile, To + at, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Correct(int* sums, int factor, int* by, int n)
    {
        if (factor == 0) return;
        int j = 0;
        Vector<int> f = Vector.Create(factor);
        if (by == null)
        {
            for (; j + Vector<int>.Count <= n; j += Vector<int>.Count) (Vector.Load(sums + j) - f).Store(sums + j);
            for (; j < n; j++) sums[j] -= factor;
            return;
        }
        for (; j + Vector<int>.Count <= n; j += Vector<int>.Count) (Vector.Load(sums + j) - f * Vector.Load(by + j)).Store(sums + j);
        for (; j < n; j++) sums[j] -= factor * by[j];
    }

    /// <summary>Whole numbers of Float32 as Int32, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Whole(float* x, int n)
    {
        int j = 0;
        for (; j + Vector<float>.Count <= n; j += Vector<float>.Count) Vector.ConvertToInt32Native(Vector.Load(x + j)).Store((int*)x + j);
        for (; j < n; j++) ((int*)x)[j] = (int)x[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Real(int* sums, float* y, long row, long column, int n)
    {
        int lanes = Vector<int>.Count, j = 0, scaleStep = Scale.ColumnStep, biasStep = Bias.ColumnStep;
        float* scale = Scale.Values + row * Scale.RowStep + column * scaleStep, bias = Bias.Values == null ? null : Bias.Values + row * Bias.RowStep + column * biasStep;
        Vector<float> s = Vector.Create(*scale), b = Vector.Create(bias == null ? 0 : *bias);
        for (; j + lanes <= n; j += lanes)
        {
            if (scaleStep != 0) s = Vector.Load(scale + j);
            if (biasStep != 0) b = Vector.Load(bias + j);
            Vector<float> v = Vector.ConvertToSingle(Vector.Load(sums + j)) * s;
            (bias == null ? v : v + b).Store(y + j);
        }
        for (; j < n; j++)
        {
            float v = sums[j] * scale[j * scaleStep];
            y[j] = bias == null ? v : v + bias[j * biasStep];
        }
    }

    /// <summary>Float32 in place to integers, then to bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Narrow(float* x, int* whole, byte* to, int n)
    {
        int lanes = Vector<int>.Count, j = 0;
        Vector<float> low = Vector.Create(Low), high = Vector.Create(High);
        Vector<int> zero = Vector.Create(Zero);
        for (; j + lanes <= n; j += lanes) (Vector.ConvertToInt32Native(Vector.Round(Vector.MinNative(Vector.MaxNative(Vector.Load(x + j), low), high))) + zero).Store(whole + j);
        for (; j < n; j++) whole[j] = (int)MathF.Round(MathF.Min(MathF.Max(x[j], Low), High)) + Zero;
        j = 0;
        // The low byte is the value in either type.
        if (Avx512F.IsSupported)
            for (; j + 16 <= n; j += 16) Avx512F.ConvertToVector128Byte(Vector512.Load(whole + j)).Store(to + j);
        else if (Vector128.IsHardwareAccelerated)
            for (; j + 16 <= n; j += 16) Vector128.Narrow(Halves(whole + j), Halves(whole + j + 8)).Store(to + j);
        for (; j < n; j++) to[j] = (byte)whole[j];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ushort> Halves(int* x) =>
        Vector128.Narrow(Vector128.Load(x).AsUInt32() & Vector128.Create(255u), Vector128.Load(x + 4).AsUInt32() & Vector128.Create(255u));
}
