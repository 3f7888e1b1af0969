namespace Tessera.Ir;

/// <summary>Random numbers that depend on nothing but seed and element index, so that every engine and every split of the work gives the same.</summary>
/// <remarks>Philox-4×32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.</remarks>
public static class Philox
{
    private const double TwoToMinus24 = 1.0 / (1 << 24), TwoToMinus53 = 1.0 / (1L << 53);

    /// <summary>Four random words: counter (index, 0), key seed.</summary>
    public static (uint A, uint B, uint C, uint D) Words(ulong seed, ulong index)
    {
        (uint a, uint b, uint c, uint d) = ((uint)index, (uint)(index >> 32), 0, 0);
        (uint k0, uint k1) = ((uint)seed, (uint)(seed >> 32));
        for (int round = 0; round < 10; round++)
        {
            ulong p = 0xD2511F53UL * a, q = 0xCD9E8D57UL * c;
            (a, b, c, d) = ((uint)(q >> 32) ^ b ^ k0, (uint)q, (uint)(p >> 32) ^ d ^ k1, (uint)p);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        return (a, b, c, d);
    }

    /// <summary>
    /// Element <paramref name="index"/> of a Random node, before it is rounded to the node's type. Uniform: A + (B − A)·u with u of 24 random bits, 53 for Float64.
    /// Normal: A + B·√(−2·ln u)·cos(2π·v) with u in (0, 1].
    /// </summary>
    public static double Element(Arg.Random random, long index)
    {
        (uint a, uint b, uint c, uint d) = Words(random.Seed, (ulong)index);
        if (random.Kind == RandomKind.Uniform)
            return random.A + (random.B - random.A) * (random.Type == DType.Float64 ? (((ulong)a << 32 | b) >> 11) * TwoToMinus53 : (a >> 8) * TwoToMinus24);
        double u = ((((ulong)a << 32 | b) >> 11) + 1) * TwoToMinus53, v = (((ulong)c << 32 | d) >> 11) * TwoToMinus53;
        return random.A + random.B * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }
}
