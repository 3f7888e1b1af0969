using System.Numerics;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Finds near quads that go together in twos: sums of their four products stay within 16 bits in every pair of lanes.</summary>
/// <param name="pairs">Pairs of weights of a quad.</param>
internal sealed unsafe class QuadMatching(int pairs)
{
    /// <summary>Quads that wait for another one, at most.</summary>
    private const int Window = 48;

    /// <summary>Largest sum of the positive weights, and of the negative ones, of four that stay: 255·128 &lt; 2¹⁵.</summary>
    private const int Most = 128;

    private readonly List<(int Quad, byte[] Sums)> _waiting = [];
    private readonly List<int> _twos = [], _alone = [];
    private readonly int _length = (2 * pairs + Vector<byte>.Count - 1) / Vector<byte>.Count * Vector<byte>.Count;

    /// <summary>Takes a near quad, as <see cref="QuadWeights"/> reads it.</summary>
    public void Add(int quad, sbyte* weights)
    {
        byte[] sums = new byte[_length];
        int done = 0;
        Vector<short> none = Vector<short>.Zero;
        fixed (byte* to = sums)
            for (; done + Vector<short>.Count <= pairs; done += Vector<short>.Count)
            {
                // Both sums fit a byte: a pair's take the place of its weights.
                Vector<short> pair = Vector.Load((short*)(weights + 2 * done)), a = pair << 8 >> 8, b = pair >> 8;
                Vector<short> above = Vector.Max(a, none) + Vector.Max(b, none), below = none - (Vector.Min(a, none) + Vector.Min(b, none));
                Vector.Store(above | below << 8, (short*)(to + 2 * done));
            }
        for (int i = done; i < pairs; i++)
        {
            int a = weights[2 * i], b = weights[2 * i + 1];
            sums[2 * i] = (byte)(Math.Max(a, 0) + Math.Max(b, 0));
            sums[2 * i + 1] = (byte)-(Math.Min(a, 0) + Math.Min(b, 0));
        }
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (!Match(sums, _waiting[i].Sums)) continue;
            _twos.Add(_waiting[i].Quad);
            _twos.Add(quad);
            _waiting.RemoveAt(i);
            return;
        }
        if (_waiting.Count == Window)
        {
            _alone.Add(_waiting[0].Quad);
            _waiting.RemoveAt(0);
        }
        _waiting.Add((quad, sums));
    }

    /// <summary>Writes the quads taken: twos first, then those that found none.</summary>
    /// <returns>How many twos there are.</returns>
    public int Order(Span<int> to)
    {
        int n = 0;
        foreach (int q in _twos) to[n++] = q;
        foreach (int q in _alone) to[n++] = q;
        foreach ((int q, _) in _waiting) to[n++] = q;
        return _twos.Count / 2;
    }

    private static bool Match(byte[] a, byte[] b)
    {
        Vector<byte> most = Vector.Create((byte)Most);
        // Neither is above the bound by itself.
        for (int i = 0; i < a.Length; i += Vector<byte>.Count)
            if (Vector.GreaterThanAny(new Vector<byte>(a, i), most - new Vector<byte>(b, i))) return false;
        return true;
    }
}
