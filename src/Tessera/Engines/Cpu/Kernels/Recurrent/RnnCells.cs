using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>One step of one sequence, from the gates' sums to the next state (ONNX RNN-22, GRU-22, LSTM-22).</summary>
internal static unsafe class RnnCells<T>
{
    /// <param name="gates">i, o, f, c: sums of inputs, states and biases.</param>
    /// <param name="p">Peepholes i, o, f; null for none.</param>
    /// <param name="c">Cell state; replaced.</param>
    /// <param name="h">Hidden state; written.</param>
    public static void Lstm(Arg.Rnn a, ReadOnlySpan<RnnActivation> f, T* gates, T* p, T* c, T* h, int n)
    {
        T* i = gates, o = gates + n, forget = gates + 2 * n, cell = gates + 3 * n;
        if (p != null)
        {
            GateFunctions<T>.AddProduct(p, c, i, n);
            GateFunctions<T>.AddProduct(p + 2 * n, c, forget, n);
        }
        GateFunctions<T>.Apply(f[0], a.Clip, i, n);
        if (a.CoupledInputForget) GateFunctions<T>.Complement(i, forget, n);
        else GateFunctions<T>.Apply(f[0], a.Clip, forget, n);
        GateFunctions<T>.Apply(f[1], a.Clip, cell, n);
        GateFunctions<T>.Product(forget, c, c, n);
        GateFunctions<T>.AddProduct(i, cell, c, n);
        if (p != null) GateFunctions<T>.AddProduct(p + n, c, o, n);
        GateFunctions<T>.Apply(f[0], a.Clip, o, n);
        new ReadOnlySpan<T>(c, n).CopyTo(new Span<T>(h, n));
        GateFunctions<T>.Apply(f[2], 0, h, n);
        GateFunctions<T>.Product(o, h, h, n);
    }

    /// <summary>The gates z and r become numbers between 0 and 1; with r, the state that gate h reads: r·h (or, linear before reset, gate h itself finished).</summary>
    /// <param name="gates">z, r, h sums; h without the state's part.</param>
    /// <param name="state">Linear before reset: R_h·h + its bias. Else: receives r·h.</param>
    public static void GruReset(Arg.Rnn a, ReadOnlySpan<RnnActivation> f, T* gates, T* state, T* h, int n)
    {
        GateFunctions<T>.Apply(f[0], a.Clip, gates, n);
        GateFunctions<T>.Apply(f[0], a.Clip, gates + n, n);
        if (a.LinearBeforeReset) GateFunctions<T>.AddProduct(gates + n, state, gates + 2 * n, n);
        else GateFunctions<T>.Product(gates + n, h, state, n);
    }

    public static void GruUpdate(Arg.Rnn a, ReadOnlySpan<RnnActivation> f, T* gates, T* h, int n)
    {
        GateFunctions<T>.Apply(f[1], a.Clip, gates + 2 * n, n);
        GateFunctions<T>.Mix(gates, gates + 2 * n, h, n);
    }

    public static void Simple(Arg.Rnn a, ReadOnlySpan<RnnActivation> f, T* gates, T* h, int n)
    {
        GateFunctions<T>.Apply(f[0], a.Clip, gates, n);
        new ReadOnlySpan<T>(gates, n).CopyTo(new Span<T>(h, n));
    }
}
