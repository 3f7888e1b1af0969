using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tessera.Engines.Cpu.Elementwise;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>What a block of rows is summed up from.</summary>
/// <param name="x">The padded row that the first output row's first tap reads.</param>
/// <param name="step">From the input row of one output row to that of the next.</param>
/// <param name="w">The plane's weights.</param>
/// <param name="weightStep">Between the weights of a run's neighbouring taps.</param>
/// <param name="bias">What every sum begins with.</param>
/// <param name="y">First output row.</param>
/// <param name="row">Outputs per row.</param>
/// <param name="end">End of the rows that may be written.</param>
internal unsafe readonly struct RowSource(float* x, long step, float* w, long weightStep, float bias, float* y, long row, float* end)
{
    public readonly float* X = x, W = w, Y = y, End = end;
    public readonly long Step = step, WeightStep = weightStep, Row = row;
    public readonly float Bias = bias;
}

/// <summary>Output rows as sums of shifted input rows: every row that is loaded goes into all the output rows that it reaches.</summary>
internal static unsafe class RowSums
{
    /// <summary>All columns of a block: whole vectors, then the narrowest one that holds the rest and ends where the rows end.</summary>
    public static void Run(in RowBlock b, TapRun* runs, in RowSource s)
    {
        long n = s.Row, i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            i = n & -Lanes512<float>.Count;
            if (i > 0) Columns<Lanes512<float>>(b, runs, s, 0, i);
            if (n - i > Lanes256<float>.Count) Last<Lanes512<float>>(b, runs, s);
            else if (n - i > Lanes128<float>.Count) Last<Lanes256<float>>(b, runs, s);
            else if (n > i) Last<Lanes128<float>>(b, runs, s);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            i = n & -Lanes256<float>.Count;
            if (i > 0) Columns<Lanes256<float>>(b, runs, s, 0, i);
            if (n - i > Lanes128<float>.Count) Last<Lanes256<float>>(b, runs, s);
            else if (n > i) Last<Lanes128<float>>(b, runs, s);
        }
        else
        {
            i = n & -Lanes128<float>.Count;
            if (i > 0) Columns<Lanes128<float>>(b, runs, s, 0, i);
            if (n > i) Last<Lanes128<float>>(b, runs, s);
        }
    }

    private static void Last<V>(in RowBlock b, TapRun* runs, in RowSource s) where V : unmanaged, ILanes<V, float>
    {
        long first = Math.Max(0, s.Row - V.Count);
        Columns<V>(b, runs, s, first, first + 1);
    }

    private static void Columns<V>(in RowBlock b, TapRun* runs, in RowSource s, long first, long end) where V : unmanaged, ILanes<V, float>
    {
        switch (b.Size)
        {
            case 1: Columns<V, Rows1>(b, runs + b.Runs, s, first, end); break;
            case 2: Columns<V, Rows2>(b, runs + b.Runs, s, first, end); break;
            case 4: Columns<V, Rows4>(b, runs + b.Runs, s, first, end); break;
            default: Columns<V, Rows8>(b, runs + b.Runs, s, first, end); break;
        }
    }

    /// <summary>Vectors of outputs that begin at columns first, first + V.Count, … before <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<V, R>(in RowBlock b, TapRun* runs, in RowSource s, long first, long end) where V : unmanaged, ILanes<V, float> where R : struct, IRows
    {
        float* x = s.X, w = s.W;
        long step = s.Step, weightStep = s.WeightStep;
        for (long i = first; i < end; i += V.Count)
        {
            V a0 = V.All(s.Bias), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            TapRun* t = runs;
            for (int k = b.Fives; k > 0; k--, t++)
            {
                float* p = x + t->At + i, q = w + t->Weight;
                V w0 = V.All(*q), w1 = V.All(q[weightStep]), w2 = V.All(q[2 * weightStep]), w3 = V.All(q[3 * weightStep]), w4 = V.All(q[4 * weightStep]);
                V v = V.Load(p); a0 = V.Fma(w0, v, a0);
                v = V.Load(p += step); a0 = V.Fma(w1, v, a0); if (R.Count > 1) a1 = V.Fma(w0, v, a1);
                v = V.Load(p += step); a0 = V.Fma(w2, v, a0); if (R.Count > 1) a1 = V.Fma(w1, v, a1); if (R.Count > 2) a2 = V.Fma(w0, v, a2);
                v = V.Load(p += step); a0 = V.Fma(w3, v, a0); if (R.Count > 1) a1 = V.Fma(w2, v, a1); if (R.Count > 2) a2 = V.Fma(w1, v, a2); if (R.Count > 3) a3 = V.Fma(w0, v, a3);
                v = V.Load(p += step); a0 = V.Fma(w4, v, a0); if (R.Count > 1) a1 = V.Fma(w3, v, a1); if (R.Count > 2) a2 = V.Fma(w2, v, a2); if (R.Count > 3) a3 = V.Fma(w1, v, a3); if (R.Count > 4) a4 = V.Fma(w0, v, a4);
                if (R.Count > 1) { v = V.Load(p += step); a1 = V.Fma(w4, v, a1); }
                if (R.Count > 2) a2 = V.Fma(w3, v, a2); if (R.Count > 3) a3 = V.Fma(w2, v, a3); if (R.Count > 4) a4 = V.Fma(w1, v, a4); if (R.Count > 5) a5 = V.Fma(w0, v, a5);
                if (R.Count > 2) { v = V.Load(p += step); a2 = V.Fma(w4, v, a2); }
                if (R.Count > 3) a3 = V.Fma(w3, v, a3); if (R.Count > 4) a4 = V.Fma(w2, v, a4); if (R.Count > 5) a5 = V.Fma(w1, v, a5); if (R.Count > 6) a6 = V.Fma(w0, v, a6);
                if (R.Count > 3) { v = V.Load(p += step); a3 = V.Fma(w4, v, a3); }
                if (R.Count > 4) a4 = V.Fma(w3, v, a4); if (R.Count > 5) a5 = V.Fma(w2, v, a5); if (R.Count > 6) a6 = V.Fma(w1, v, a6); if (R.Count > 7) a7 = V.Fma(w0, v, a7);
                if (R.Count > 4) { v = V.Load(p += step); a4 = V.Fma(w4, v, a4); }
                if (R.Count > 5) a5 = V.Fma(w3, v, a5); if (R.Count > 6) a6 = V.Fma(w2, v, a6); if (R.Count > 7) a7 = V.Fma(w1, v, a7);
                if (R.Count > 5) { v = V.Load(p += step); a5 = V.Fma(w4, v, a5); }
                if (R.Count > 6) a6 = V.Fma(w3, v, a6); if (R.Count > 7) a7 = V.Fma(w2, v, a7);
                if (R.Count > 6) { v = V.Load(p += step); a6 = V.Fma(w4, v, a6); }
                if (R.Count > 7) a7 = V.Fma(w3, v, a7);
                if (R.Count > 7) { v = V.Load(p += step); a7 = V.Fma(w4, v, a7); }
            }
            for (int k = b.Threes; k > 0; k--, t++)
            {
                float* p = x + t->At + i, q = w + t->Weight;
                V w0 = V.All(*q), w1 = V.All(q[weightStep]), w2 = V.All(q[2 * weightStep]);
                V v = V.Load(p); a0 = V.Fma(w0, v, a0);
                v = V.Load(p += step); a0 = V.Fma(w1, v, a0); if (R.Count > 1) a1 = V.Fma(w0, v, a1);
                v = V.Load(p += step); a0 = V.Fma(w2, v, a0); if (R.Count > 1) a1 = V.Fma(w1, v, a1); if (R.Count > 2) a2 = V.Fma(w0, v, a2);
                if (R.Count > 1) { v = V.Load(p += step); a1 = V.Fma(w2, v, a1); }
                if (R.Count > 2) a2 = V.Fma(w1, v, a2); if (R.Count > 3) a3 = V.Fma(w0, v, a3);
                if (R.Count > 2) { v = V.Load(p += step); a2 = V.Fma(w2, v, a2); }
                if (R.Count > 3) a3 = V.Fma(w1, v, a3); if (R.Count > 4) a4 = V.Fma(w0, v, a4);
                if (R.Count > 3) { v = V.Load(p += step); a3 = V.Fma(w2, v, a3); }
                if (R.Count > 4) a4 = V.Fma(w1, v, a4); if (R.Count > 5) a5 = V.Fma(w0, v, a5);
                if (R.Count > 4) { v = V.Load(p += step); a4 = V.Fma(w2, v, a4); }
                if (R.Count > 5) a5 = V.Fma(w1, v, a5); if (R.Count > 6) a6 = V.Fma(w0, v, a6);
                if (R.Count > 5) { v = V.Load(p += step); a5 = V.Fma(w2, v, a5); }
                if (R.Count > 6) a6 = V.Fma(w1, v, a6); if (R.Count > 7) a7 = V.Fma(w0, v, a7);
                if (R.Count > 6) { v = V.Load(p += step); a6 = V.Fma(w2, v, a6); }
                if (R.Count > 7) a7 = V.Fma(w1, v, a7);
                if (R.Count > 7) { v = V.Load(p += step); a7 = V.Fma(w2, v, a7); }
            }
            for (int k = b.Twos; k > 0; k--, t++)
            {
                float* p = x + t->At + i, q = w + t->Weight;
                V w0 = V.All(*q), w1 = V.All(q[weightStep]);
                V v = V.Load(p); a0 = V.Fma(w0, v, a0);
                v = V.Load(p += step); a0 = V.Fma(w1, v, a0); if (R.Count > 1) a1 = V.Fma(w0, v, a1);
                if (R.Count > 1) { v = V.Load(p += step); a1 = V.Fma(w1, v, a1); }
                if (R.Count > 2) a2 = V.Fma(w0, v, a2);
                if (R.Count > 2) { v = V.Load(p += step); a2 = V.Fma(w1, v, a2); }
                if (R.Count > 3) a3 = V.Fma(w0, v, a3);
                if (R.Count > 3) { v = V.Load(p += step); a3 = V.Fma(w1, v, a3); }
                if (R.Count > 4) a4 = V.Fma(w0, v, a4);
                if (R.Count > 4) { v = V.Load(p += step); a4 = V.Fma(w1, v, a4); }
                if (R.Count > 5) a5 = V.Fma(w0, v, a5);
                if (R.Count > 5) { v = V.Load(p += step); a5 = V.Fma(w1, v, a5); }
                if (R.Count > 6) a6 = V.Fma(w0, v, a6);
                if (R.Count > 6) { v = V.Load(p += step); a6 = V.Fma(w1, v, a6); }
                if (R.Count > 7) a7 = V.Fma(w0, v, a7);
                if (R.Count > 7) { v = V.Load(p += step); a7 = V.Fma(w1, v, a7); }
            }
            for (int k = b.Ones; k > 0; k--, t++)
            {
                float* p = x + t->At + i, q = w + t->Weight;
                V w0 = V.All(*q);
                V v = V.Load(p); a0 = V.Fma(w0, v, a0);
                if (R.Count > 1) { v = V.Load(p += step); a1 = V.Fma(w0, v, a1); }
                if (R.Count > 2) { v = V.Load(p += step); a2 = V.Fma(w0, v, a2); }
                if (R.Count > 3) { v = V.Load(p += step); a3 = V.Fma(w0, v, a3); }
                if (R.Count > 4) { v = V.Load(p += step); a4 = V.Fma(w0, v, a4); }
                if (R.Count > 5) { v = V.Load(p += step); a5 = V.Fma(w0, v, a5); }
                if (R.Count > 6) { v = V.Load(p += step); a6 = V.Fma(w0, v, a6); }
                if (R.Count > 7) { v = V.Load(p += step); a7 = V.Fma(w0, v, a7); }
            }
            Put(a0, i, s, 0);
            if (R.Count > 1 && b.Rows > 1) Put(a1, i, s, 1);
            if (R.Count > 2 && b.Rows > 2) Put(a2, i, s, 2);
            if (R.Count > 3 && b.Rows > 3) Put(a3, i, s, 3);
            if (R.Count > 4 && b.Rows > 4) Put(a4, i, s, 4);
            if (R.Count > 5 && b.Rows > 5) Put(a5, i, s, 5);
            if (R.Count > 6 && b.Rows > 6) Put(a6, i, s, 6);
            if (R.Count > 7 && b.Rows > 7) Put(a7, i, s, 7);
        }
    }

    /// <summary>Of a row shorter than a vector the rest is written too: the next row overwrites it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<V>(V v, long column, in RowSource s, int row) where V : unmanaged, ILanes<V, float>
    {
        float* to = s.Y + row * s.Row + column;
        if (to + V.Count <= s.End)
        {
            V.Store(v, to);
            return;
        }
        Sums.Store<V, float>(v, to, s.Row - column);
    }
}
