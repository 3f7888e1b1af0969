using Tessera.Onnx;
using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Every form of attention against one loop in double precision over heads laid out [batch][head][position][element].</summary>
public sealed class AttentionTests(OpEngines engines) : IClassFixture<OpEngines>
{
    private const string Contrib = "com.microsoft";

    private static float[] Numbers(Random r, int n) => [.. Enumerable.Range(0, n).Select(_ => (float)(r.NextDouble() * 2 - 1))];

    /// <summary>softmax(cap(scale·q·k) + bias)·v; a bias of −∞ hides a key, a row without keys gives zeros.</summary>
    private static float[] Attend(float[] q, float[] k, float[] v, (int B, int H, int G, int S, int T, int D, int E) n, double scale, Func<int, int, int, int, double> bias, double cap = 0)
    {
        float[] y = new float[n.B * n.H * n.S * n.E];
        for (int b = 0; b < n.B; b++)
            for (int h = 0; h < n.H; h++)
                for (int s = 0; s < n.S; s++)
                {
                    int g = b * n.G + h / (n.H / n.G), row = (b * n.H + h) * n.S + s;
                    double[] w = new double[n.T];
                    for (int t = 0; t < n.T; t++)
                    {
                        for (int d = 0; d < n.D; d++) w[t] += (double)q[row * n.D + d] * k[(g * n.T + t) * n.D + d] * scale;
                        w[t] = (cap > 0 ? cap * Math.Tanh(w[t] / cap) : w[t]) + bias(b, h, s, t);
                    }
                    double most = w.Max(), sum = double.IsNegativeInfinity(most) ? 1 : w.Sum(x => Math.Exp(x - most));
                    for (int e = 0; e < n.E; e++)
                        y[row * n.E + e] = (float)Enumerable.Range(0, n.T).Sum(t => double.IsNegativeInfinity(w[t]) ? 0 : Math.Exp(w[t] - most) / sum * v[(g * n.T + t) * n.E + e]);
                }
        return y;
    }

    /// <summary>[B, S, H, D] from [B, H, S, D], or back.</summary>
    private static float[] Swap(float[] x, int b, int m, int n, int d)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            (int e, int r) = (i % d, i / d);
            (int q, int p, int o) = (r % n, r / n % m, r / n / m);
            y[((o * n + q) * m + p) * d + e] = x[i];
        }
        return y;
    }

    /// <summary>Two caches joined along positions.</summary>
    private static float[] Join(float[] past, float[] now, int heads, int p, int s, int d)
    {
        List<float> y = [];
        for (int h = 0; h < heads; h++)
        {
            y.AddRange(past.AsSpan(h * p * d, p * d));
            y.AddRange(now.AsSpan(h * s * d, s * d));
        }
        return [.. y];
    }

    private void Check(OpCase c)
    {
        foreach (string name in OpEngines.Names) c.Check(engines[name], constant: false);
    }

    [Fact]
    public void Grouped_heads_see_the_past_and_a_mask_through_a_cap()
    {
        Random r = Seeds.Random();
        (int b, int h, int g, int s, int p, int d, int e) = (2, 4, 2, 3, 2, 4, 5);
        float[] q = Numbers(r, b * h * s * d), k = Numbers(r, b * g * s * d), v = Numbers(r, b * g * s * e), pk = Numbers(r, b * g * p * d), pv = Numbers(r, b * g * p * e), mask = Numbers(r, s * (s + p));
        float[] ak = Join(pk, k, b * g, p, s, d), av = Join(pv, v, b * g, p, s, e);
        float[] y = Attend(q, ak, av, (b, h, g, s, s + p, d, e), 0.3, (_, _, i, t) => t > i + p ? double.NegativeInfinity : mask[i * (s + p) + t], 0.5);
        Check(new("Attention", 23, [F([b, h, s, d], q), F([b, g, s, d], k), F([b, g, s, e], v), F([s, s + p], mask), F([b, g, p, d], pk), F([b, g, p, e], pv)],
            [F([b, h, s, e], y), F([b, g, s + p, d], ak), F([b, g, s + p, e], av)], A("is_causal", 1), A("scale", 0.3f), A("softcap", 0.5f)));
    }

    [Fact]
    public void Flat_inputs_and_a_short_boolean_mask()
    {
        Random r = Seeds.Random();
        (int b, int h, int s, int t, int d) = (2, 3, 2, 4, 2);
        float[] q = Numbers(r, b * h * s * d), k = Numbers(r, b * h * t * d), v = Numbers(r, b * h * t * d);
        bool[] mask = [true, false, true, true, true, false];
        float[] y = Attend(q, k, v, (b, h, h, s, t, d, d), 1 / Math.Sqrt(d), (_, _, i, j) => j < 3 && mask[i * 3 + j] ? 0 : double.NegativeInfinity);
        Check(new("Attention", 24, [F([b, s, h * d], Swap(q, b, h, s, d)), F([b, t, h * d], Swap(k, b, h, t, d)), F([b, t, h * d], Swap(v, b, h, t, d)), T([s, 3], mask)],
            [F([b, s, h * d], Swap(y, b, h, s, d))], A("q_num_heads", h), A("kv_num_heads", h)));
    }

    [Fact]
    public void Filled_lengths_of_a_static_cache_move_the_causal_frontier()
    {
        Random r = Seeds.Random();
        (int b, int h, int s, int t, int d) = (2, 1, 2, 5, 2);
        float[] q = Numbers(r, b * s * d), k = Numbers(r, b * t * d), v = Numbers(r, b * t * d);
        int[] valid = [3, 5];
        float[] y = Attend(q, k, v, (b, h, h, s, t, d, d), 1 / Math.Sqrt(d), (n, _, i, j) => j < valid[n] && j <= i + valid[n] - s ? 0 : double.NegativeInfinity);
        Check(new("Attention", 24, [F([b, h, s, d], q), F([b, h, t, d], k), F([b, h, t, d], v), null, null, null, L(3, 5)], [F([b, h, s, d], y)], A("is_causal", 1)));
    }

    [Fact]
    public void Scores_after_the_softmax()
    {
        Tensor q = F([1, 1, 1, 1], 1), k = F([1, 1, 2, 1], 0, (float)Math.Log(3));
        Check(new("Attention", 23, [q, k, F([1, 1, 2, 1], 0, 4)], [F([1, 1, 1, 1], 3), null, null, F([1, 1, 1, 2], 0.25f, 0.75f)], A("qk_matmul_output_mode", 3)));
        Check(new("Attention", 23, [q, k, F([1, 1, 2, 1], 0, 4)], [null, null, null, F([1, 1, 1, 2], 0, 1.0986123f)]));
    }

    [Theory, InlineData("separate"), InlineData("keys"), InlineData("all"), InlineData("cross")]
    public void Multi_head_attention_takes_every_packing(string packing)
    {
        Random r = Seeds.Random();
        (int b, int h, int s, int d) = (2, 2, 3, 4);
        int n = b * h * s * d, w = h * d;
        float[] q = Numbers(r, n), k = Numbers(r, n), v = Numbers(r, n), bias = Numbers(r, 3 * w), extra = Numbers(r, s * s);
        float[] Shift(float[] x, int part) => packing == "cross" && part > 0 ? x : [.. x.Select((e, i) => e + bias[part * w + i / (s * d) % h * d + i % d])];
        int[] lengths = [2, 3];
        float[] y = Attend(Shift(q, 0), Shift(k, 1), Shift(v, 2), (b, h, h, s, s, d, d), 1 / Math.Sqrt(d), (o, _, i, t) => extra[i * s + t] - (t < lengths[o] ? 0 : 10000));
        Tensor Flat(float[] x) => F([b, s, w], Swap(x, b, h, s, d));
        // [B, S, H, parts, D]
        Tensor Packed(params float[][] parts) => F([b, s, h, parts.Length, d], [.. Enumerable.Range(0, b * s * h).SelectMany(i => parts.SelectMany(x => Swap(x, b, h, s, d).Skip(i * d).Take(d)))]);
        Tensor?[] operands = packing switch
        {
            "separate" => [Flat(q), Flat(k), Flat(v)],
            "keys" => [Flat(q), Packed(k, v), null],
            "all" => [Packed(q, k, v), null, null],
            _ => [Flat(q), F([b, h, s, d], k), F([b, h, s, d], v)],
        };
        Check(new("MultiHeadAttention", 1, [.. operands, F(bias), N(lengths), F([1, 1, s, s], extra)], [F([b, s, w], Swap(y, b, h, s, d)), F([b, h, s, d], Shift(k, 1))], A("num_heads", h)) { Domain = Contrib, Tolerance = 1e-5 });
    }

    [Theory, InlineData("none"), InlineData("ends"), InlineData("ends and starts"), InlineData("keys"), InlineData("queries")]
    public void Merged_projection_takes_every_mask(string form)
    {
        Random r = Seeds.Random();
        (int b, int h, int s, int p, int i, int d) = (2, 2, 2, 1, 3, 2);
        (int w, int t) = (h * d, s + p);
        float[] x = Numbers(r, b * s * i), weights = Numbers(r, i * 3 * w), bias = Numbers(r, 3 * w), past = Numbers(r, 2 * b * h * p * d);
        float[] Project(int part)
        {
            float[] y = new float[b * s * w];
            for (int a = 0; a < b * s; a++)
                for (int c = 0; c < w; c++) y[a * w + c] = (float)(bias[part * w + c] + Enumerable.Range(0, i).Sum(j => (double)x[a * i + j] * weights[j * 3 * w + part * w + c]));
            return Swap(y, b, s, h, d);
        }
        float[] k = Join(past[..(b * h * p * d)], Project(1), b * h, p, s, d), v = Join(past[(b * h * p * d)..], Project(2), b * h, p, s, d);
        int[] keys = [1, 1, 0, 0, 1, 1], queries = [1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 1];
        (Tensor? mask, Func<int, int, int, bool> sees) = form switch
        {
            "ends" => ((Tensor?)N(2, 3), (Func<int, int, int, bool>)((o, _, j) => j < (o == 0 ? 2 : 3))),
            "ends and starts" => (N(3, 3, 1, 0), (o, _, j) => j >= (o == 0 ? 1 : 0)),
            "keys" => (T<int>([b, t], keys), (o, _, j) => keys[o * t + j] != 0),
            "queries" => (T<int>([b, s, t], queries), (o, q, j) => queries[(o * s + q) * t + j] != 0),
            _ => (null, (_, _, _) => true),
        };
        float[] y = Attend(Project(0), k, v, (b, h, h, s, t, d, d), 1 / Math.Sqrt(d), (o, _, q, j) => j > q + p ? double.NegativeInfinity : sees(o, q, j) ? 0 : -10000);
        Check(new("Attention", 1, [F([b, s, i], x), F([i, 3 * w], weights), F(bias), mask, F([2, b, h, p, d], past)],
            [F([b, s, w], Swap(y, b, h, s, d)), F([2, b, h, t, d], [.. k, .. v])], A("num_heads", h), A("unidirectional", 1))
        { Domain = Contrib, Tolerance = 1e-5 });
    }

    /// <summary>Turns the halves of each head's vector by position · 1, position · ½, …</summary>
    private static float[] Turn(float[] x, int s, int d, Func<int, int, int> position, int heads)
    {
        float[] y = new float[x.Length];
        for (int i = 0; i < x.Length / d; i++)
            for (int e = 0; e < d / 2; e++)
            {
                double a = position(i / s / heads, i % s) / (double)(e + 1);
                (float p, float q) = (x[i * d + e], x[i * d + e + d / 2]);
                y[i * d + e] = (float)(p * Math.Cos(a) - q * Math.Sin(a));
                y[i * d + e + d / 2] = (float)(p * Math.Sin(a) + q * Math.Cos(a));
            }
        return y;
    }

    private static Tensor Angles(int n, int half, Func<double, double> f) => F([n, half], [.. Enumerable.Range(0, n * half).Select(i => (float)f(i / half / (double)(i % half + 1)))]);

    [Theory, InlineData(false, -1), InlineData(true, -1), InlineData(true, 2)]
    public void Grouped_query_attention_writes_its_cache_and_turns_positions(bool packed, int window)
    {
        Random r = Seeds.Random();
        (int b, int h, int g, int s, int room, int d) = (2, 4, 2, 2, 6, 4);
        float[] q = Numbers(r, b * h * s * d), k = Numbers(r, b * g * s * d), v = Numbers(r, b * g * s * d), pk = Numbers(r, b * g * room * d), pv = Numbers(r, b * g * room * d);
        int[] past = [1, 3];
        float[] ak = [.. pk], av = [.. pv], tk = Turn(k, s, d, (o, i) => past[o] + i, g);
        for (int o = 0; o < b; o++)
            for (int j = 0; j < g; j++)
                for (int i = 0; i < s * d; i++)
                {
                    int at = (o * g + j) * room * d + past[o] * d + i;
                    (ak[at], av[at]) = (tk[(o * g + j) * s * d + i], v[(o * g + j) * s * d + i]);
                }
        float[] y = Attend(Turn(q, s, d, (o, i) => past[o] + i, h), ak, av, (b, h, g, s, room, d, d), 1 / Math.Sqrt(d),
            (o, _, i, t) => t <= past[o] + i && (window < 0 || t > past[o] + i - window) ? 0 : double.NegativeInfinity);
        float[] fq = Swap(q, b, h, s, d), fk = Swap(k, b, g, s, d), fv = Swap(v, b, g, s, d);
        float[] all = [.. Enumerable.Range(0, b * s).SelectMany(i => (float[])[.. fq.AsSpan(i * h * d, h * d), .. fk.AsSpan(i * g * d, g * d), .. fv.AsSpan(i * g * d, g * d)])];
        Tensor?[] operands = packed ? [F([b, s, (h + 2 * g) * d], all), null, null] : [F([b, s, h * d], fq), F([b, s, g * d], fk), F([b, s, g * d], fv)];
        Check(new("GroupQueryAttention", 1, [.. operands, F([b, g, room, d], pk), F([b, g, room, d], pv), N(2, 4), T<int>([], 5), Angles(8, 2, Math.Cos), Angles(8, 2, Math.Sin)],
            [F([b, s, h * d], Swap(y, b, h, s, d)), F([b, g, room, d], ak), F([b, g, room, d], av)], A("num_heads", h), A("kv_num_heads", g), A("do_rotary", 1), A("local_window_size", window))
        { Domain = Contrib, Tolerance = 1e-5 });
    }

    [Fact]
    public void Grouped_query_attention_without_a_cache_is_causal_and_has_a_sink()
    {
        Random r = Seeds.Random();
        (int h, int s, int d) = (2, 3, 2);
        float[] q = Numbers(r, h * s * d), k = Numbers(r, s * d), v = Numbers(r, s * d);
        // The sink is one more key that scores 0 and has the value 0.
        float[] y = Attend(q, [.. k, 0, 0], [.. v, 0, 0], (1, h, 1, s, s + 1, d, d), 0.5, (_, _, i, t) => t <= i || t == s ? 0 : double.NegativeInfinity);
        Check(new("GroupQueryAttention", 1, [F([1, s, h * d], Swap(q, 1, h, s, d)), F([1, s, d], k), F([1, s, d], v), null, null, N(s - 1), T<int>([], s)],
            [F([1, s, h * d], Swap(y, 1, h, s, d)), F([1, 1, s, d], k), F([1, 1, s, d], v)], A("num_heads", h), A("kv_num_heads", 1), A("scale", 0.5f), A("smooth_softmax", 1))
        { Domain = Contrib });
    }

    [Fact]
    public void Rotary_embedding_of_both_domains_and_both_pairings()
    {
        Tensor x = F([1, 2, 1, 4], 1, 2, 3, 4, 5, 6, 7, 8), cos = F([3, 1], 1, 0, -1), sin = F([3, 1], 0, 1, 0);
        Tensor at = T<long>([1, 1], 1);
        Check(new("RotaryEmbedding", 23, [x, cos, sin, at], [F([1, 2, 1, 4], -2, 1, 3, 4, -6, 5, 7, 8)], A("rotary_embedding_dim", 2)));
        Check(new("RotaryEmbedding", 23, [x, F([1, 1, 2], 0, -1), F([1, 1, 2], 1, 0)], [F([1, 2, 1, 4], -3, -2, 1, -4, -7, -6, 5, -8)]));
        Check(new("RotaryEmbedding", 23, [x, F([1, 1, 2], 0, -1), F([1, 1, 2], 1, 0)], [F([1, 2, 1, 4], -2, 1, -3, -4, -6, 5, -7, -8)], A("interleaved", 1)));
        Check(new("RotaryEmbedding", 1, [F([1, 2, 2], 1, 2, 3, 4), L(1), cos, sin], [F([1, 2, 2], -2, 1, -3, -4)]) { Domain = Contrib });
        Check(new("RotaryEmbedding", 1, [F([1, 2, 2], 1, 2, 3, 4), T<long>([1, 2], 2, 0), cos, sin], [F([1, 2, 2], -1, -2, 3, 4)]) { Domain = Contrib });
    }
}
