using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Weights times one factor per output channel, computed once for all plans of a model: they live as long as the weights they come from.</summary>
internal static class ScaledWeights
{
    private static readonly ConditionalWeakTable<Tensor, ConcurrentDictionary<Key, Tensor>> s_known = [];

    private sealed class Key(WeightLayout layout, bool divide, double[] by) : IEquatable<Key>
    {
        private readonly WeightLayout _layout = layout;
        private readonly bool _divide = divide;

        private ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(by.AsSpan());

        public bool Equals(Key? o) => o is not null && _layout == o._layout && _divide == o._divide && Bytes.SequenceEqual(o.Bytes);

        public override bool Equals(object? obj) => Equals(obj as Key);

        public override int GetHashCode()
        {
            HashCode h = default;
            h.AddBytes(Bytes);
            return h.ToHashCode();
        }
    }

    /// <summary>w · f or w ÷ f, each product rounded once; null when one is not finite.</summary>
    public static Tensor? Of(Tensor w, Tensor factor, bool divide, WeightLayout layout)
    {
        double[] f = Scalars.ToFloat64(factor);
        if (!Array.TrueForAll(f, v => double.IsFinite(v) && (!divide || v != 0))) return null;
        ConcurrentDictionary<Key, Tensor> results = s_known.GetOrCreateValue(w);
        Key key = new(layout, divide, f);
        if (results.TryGetValue(key, out Tensor? known)) return known;
        using Tensor c = w.Contiguous();
        Tensor y = Tensor.Empty(w.Type, w.Shape, renter: "scaled weights");
        bool finite = w.Type == DType.Float32 ? Scale(c.Span<float>(), y.Span<float>(), f, divide, layout) : Scale(c.Span<double>(), y.Span<double>(), f, divide, layout);
        if (finite) return results.GetOrAdd(key, y);
        y.Dispose();
        return null;
    }

    private static bool Scale(ReadOnlySpan<float> w, Span<float> y, double[] f, bool divide, WeightLayout l)
    {
        int at = 0;
        bool finite = true;
        for (int g = 0; g < l.Groups; g++)
            for (long o = 0; o < l.Outer; o++)
                for (int c = 0; c < l.Channels; c++)
                {
                    double by = f.Length == 1 ? f[0] : f[g * l.Channels + c];
                    for (int end = at + (int)l.Inner; at < end; at++)
                    {
                        float v = (float)(divide ? w[at] / by : w[at] * by);
                        finite &= float.IsFinite(v);
                        y[at] = v;
                    }
                }
        return finite;
    }

    private static bool Scale(ReadOnlySpan<double> w, Span<double> y, double[] f, bool divide, WeightLayout l)
    {
        int at = 0;
        bool finite = true;
        for (int g = 0; g < l.Groups; g++)
            for (long o = 0; o < l.Outer; o++)
                for (int c = 0; c < l.Channels; c++)
                {
                    double by = f.Length == 1 ? f[0] : f[g * l.Channels + c];
                    for (int end = at + (int)l.Inner; at < end; at++)
                    {
                        y[at] = divide ? w[at] / by : w[at] * by;
                        finite &= double.IsFinite(y[at]);
                    }
                }
        return finite;
    }
}
