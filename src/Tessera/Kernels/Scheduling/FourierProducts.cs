using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Fourier transforms as products with small matrices, which have kernels on every target.</summary>
/// <remarks>
/// X[k] = Σ x[j]·w^(j·k), w = e^(∓2πi÷n). For n = p·q, j = q·j₁ + j₂ and k = k₁ + p·k₂: p-point transforms over j₁, a turn by w^(j₂·k₁), q-point transforms over j₂
/// (Cooley and Tukey, Math. Comp. 19 (1965) 297). A length with a large prime factor becomes a convolution with a chirp, of a length that is a power of two (Bluestein, IEEE Trans. Audio
/// Electroacoust. 18 (1970) 451). Angles are reduced in integers, then computed in Float64, so that rounding grows with the number of passes and not with n.
/// </remarks>
internal sealed class FourierProducts
{
    // A pass costs n·p, and a launch about as much as a few thousand operations: factors up to 16. Above 96 a prime's own matrix would cost more than a chirp's two transforms.
    private const int MostFactor = 16, MostDirect = 32, MostPrime = 96;

    private readonly GraphBuilder _g;
    private readonly DType _type;
    private readonly int _sign;

    private FourierProducts(GraphBuilder g, DType type, bool inverse) => (_g, _type, _sign) = (g, type, inverse ? 1 : -1);

    /// <summary>What computes <see cref="GraphOp.Fft"/> with <paramref name="a"/> of <paramref name="x"/>: [… , n, … , 1 or 2] → [… , bins, … , 2].</summary>
    public static Node Of(GraphBuilder g, Node x, Arg.Fft a)
    {
        Shape s = x.Shape;
        int last = s.Rank - 1;
        long n = s[a.Axis], bins = a.OneSided ? n / 2 + 1 : n;
        Node wide = g.Widen(x);
        FourierProducts f = new(g, wide.Type, a.Inverse);
        // Lines: everything else, then real and imaginary part, then the points.
        int[] others = [.. Enumerable.Range(0, last).Where(d => d != a.Axis)];
        long rows = 1;
        foreach (int d in others) rows *= s[d];
        Node lines = g.Reshape(g.Transpose(wide, [.. others, last, a.Axis]), Shape.Of(rows, s[last], n));
        Node y = f.Transform(lines, bins, a.Inverse ? 1.0 / n : 1);
        y = g.Reshape(y, Shape.Of([.. others.Select(d => s[d]), bins, 2]));
        int[] back = new int[s.Rank];
        for (int d = 0; d < s.Rank; d++) back[d] = d == a.Axis ? last - 1 : d == last ? last : Array.IndexOf(others, d);
        return g.Cast(g.Transpose(y, back), x.Type);
    }

    /// <summary>[rows, parts, n] → [rows, bins, 2], the first bins of the transform, times <paramref name="scale"/>.</summary>
    private Node Transform(Node x, long bins, double scale)
    {
        long n = x.Shape[2];
        if (n <= MostDirect) return Direct(x, bins, scale);
        long p = Factor(n);
        return p < n ? Split(x, p, bins, scale) : n <= MostPrime ? Direct(x, bins, scale) : Chirped(x, bins, scale);
    }

    /// <summary>The divisor that makes all factors about equal; the least one where the small ones are used up; n itself when it is prime.</summary>
    private static long Factor(long n)
    {
        double even = Math.Pow(n, 1 / Math.Ceiling(Math.Log(n, MostFactor)));
        long best = 1;
        for (long d = 2; d <= MostFactor; d++)
            if (n % d == 0 && (best == 1 || Math.Abs(Math.Log(d / even)) < Math.Abs(Math.Log(best / even)))) best = d;
        for (long d = MostFactor + 1; best == 1 && d * d <= n; d++)
            if (n % d == 0) best = d;
        return best == 1 ? n : best;
    }

    private Node Direct(Node x, long bins, double scale)
    {
        long n = x.Shape[2], parts = x.Shape[1];
        // Row (part, j), column (k, part).
        Node matrix = Constant([parts * n, bins * 2], (row, column) => Cell(row / n, column % 2, Product(row % n, column / 2, n), n) * scale);
        return _g.Reshape(_g.MatMul(_g.Reshape(x, [x.Shape[0], parts * n]), matrix), [x.Shape[0], bins, 2]);
    }

    private Node Split(Node x, long p, long bins, double scale)
    {
        long rows = x.Shape[0], parts = x.Shape[1], n = x.Shape[2], q = n / p, each = (bins + p - 1) / p;
        // Row (part, k₁), column (part, j₁).
        Node matrix = Constant([2 * p, parts * p], (row, column) => Cell(column / p, row / p, Product(row % p, column % p, p), p));
        Node y = _g.Reshape(_g.MatMul(matrix, _g.Reshape(x, [rows, parts * p, q])), [rows, 2, p, q]);
        y = Turned(y, 1, [p, q], (k, j) => Product(k, j, n), n);
        y = Transform(_g.Reshape(_g.Transpose(y, 0, 2, 1, 3), [rows * p, 2, q]), each, scale);
        y = _g.Reshape(_g.Transpose(_g.Reshape(y, [rows, p, each, 2]), 0, 2, 1, 3), [rows, each * p, 2]);
        return _g.Slice(y, 1, 0, bins);
    }

    /// <summary>j·k = (j² + k² − (k − j)²) ÷ 2: the transform is a convolution with a chirp, between two turns.</summary>
    private Node Chirped(Node x, long bins, double scale)
    {
        long rows = x.Shape[0], n = x.Shape[2], m = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)(n + bins - 1));
        Node a = x.Shape[1] == 2 ? x : _g.Concat(1, x, _g.Broadcast(_g.Scalar(_type, 0), x.Shape));
        a = Turned(a, 1, [n], (j, _) => Product(j, j, 2 * n), 2 * n);
        a = _g.Pad(a, PadMode.Constant, Ints.Of(0, 0, 0), Ints.Of(0, 0, m - n));
        // Between the two transforms, which are each other's inverse, any sign will do.
        FourierProducts there = new(_g, _type, inverse: false), back = new(_g, _type, inverse: true);
        Node spectrum = _g.Transpose(there.Transform(a, m, 1), 0, 2, 1);
        (double[] re, double[] im) = ChirpSpectrum(n, bins, m);
        Node product = _g.Add(_g.Mul(spectrum, Constant([1, m], (_, k) => re[k])), _g.Mul(_g.Slice(spectrum, 1, 1, 2, -1), Constant([2, m], (i, k) => i == 0 ? -im[k] : im[k])));
        Node y = _g.Transpose(back.Transform(product, bins, scale / m), 0, 2, 1);
        return _g.Transpose(Turned(y, 1, [bins], (k, _) => Product(k, k, 2 * n), 2 * n), 0, 2, 1);
    }

    /// <summary>Each complex number times w^place of the given turn; real and imaginary parts lie along <paramref name="axis"/>, the places along what follows it.</summary>
    private Node Turned(Node y, int axis, long[] extents, Func<long, long, long> place, long turn)
    {
        long inner = extents.Length > 1 ? extents[1] : 1;
        Node cos = Constant([1, .. extents], (_, at) => Math.Cos(Angle(place(at / inner, at % inner), turn)));
        Node sin = Constant([2, .. extents], (part, at) => Math.Sin(Angle(place(at / inner, at % inner), turn)) * (part == 0 ? -1 : 1));
        return _g.Add(_g.Mul(y, cos), _g.Mul(_g.Slice(y, axis, 1, 2, -1), sin));
    }

    /// <summary>The transform of the conjugate chirp, wrapped around at m.</summary>
    private (double[] Re, double[] Im) ChirpSpectrum(long n, long bins, long m)
    {
        double[] re = new double[m], im = new double[m];
        for (long d = 1 - n; d < bins; d++)
        {
            double angle = Angle(Product(d, d, 2 * n), 2 * n);
            (im[(d + m) % m], re[(d + m) % m]) = (-Math.Sin(angle), Math.Cos(angle));
        }
        for (long i = 0, j = 0; i < m; i++)
        {
            if (i < j) (re[i], re[j], im[i], im[j]) = (re[j], re[i], im[j], im[i]);
            long bit = m >> 1;
            for (; (j & bit) != 0; bit >>= 1) j ^= bit;
            j |= bit;
        }
        for (long half = 1; half < m; half *= 2)
            for (long i = 0; i < m; i++)
            {
                if ((i & half) != 0) continue;
                (double s, double c) = Math.SinCos(-Math.PI * (i & (half - 1)) / half);
                long o = i + half;
                (double r, double t) = (re[o] * c - im[o] * s, re[o] * s + im[o] * c);
                (re[o], im[o], re[i], im[i]) = (re[i] - r, im[i] - t, re[i] + r, im[i] + t);
            }
        return (re, im);
    }

    /// <summary>What part <paramref name="from"/> of an operand adds to part <paramref name="to"/> of its product with w^place.</summary>
    private double Cell(long from, long to, long place, long turn)
    {
        double angle = Angle(place, turn);
        return from == to ? Math.Cos(angle) : from == 0 ? Math.Sin(angle) : -Math.Sin(angle);
    }

    private static long Product(long a, long b, long turn) => (long)((Int128)a * b % turn);

    private double Angle(long place, long turn) => _sign * 2 * Math.PI * place / turn;

    /// <summary>A constant by the index along its first axis, and the index in what follows.</summary>
    private Node Constant(long[] dims, Func<long, long, double> value)
    {
        Shape s = Shape.Of(dims);
        using Tensor t = Tensor.Empty(DType.Float64, s);
        Span<double> to = t.Span<double>();
        long inner = s.Count / Math.Max(1, dims[0]);
        for (int i = 0; i < to.Length; i++) to[i] = value(i / inner, i % inner);
        if (_type == DType.Float64) return _g.Const(t.Share());
        Tensor narrow = Tensor.Empty(DType.Float32, s);
        Span<float> single = narrow.Span<float>();
        for (int i = 0; i < single.Length; i++) single[i] = (float)to[i];
        return _g.Const(narrow);
    }
}
