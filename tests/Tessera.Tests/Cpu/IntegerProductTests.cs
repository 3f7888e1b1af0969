using Tessera.Engines.Cpu.Kernels;

namespace Tessera.Tests.Cpu;

/// <summary>8-bit products are exact, extreme values and zero points included.</summary>
public sealed unsafe class IntegerProductTests
{
    private static void Check<TA, TB>(Random r, int m, int n, int k, bool extreme) where TA : unmanaged where TB : unmanaged
    {
        byte[] a = new byte[m * k], b = new byte[k * n];
        r.NextBytes(a);
        r.NextBytes(b);
        if (extreme)
        {
            Array.Fill(a, typeof(TA) == typeof(byte) ? (byte)255 : (byte)128);
            Array.Fill(b, typeof(TB) == typeof(byte) ? (byte)255 : (byte)128);
        }
        int zeroA = typeof(TA) == typeof(byte) ? r.Next(256) : r.Next(-128, 128), zeroB = typeof(TB) == typeof(byte) ? r.Next(256) : r.Next(-128, 128);
        int[] expected = new int[m * n], c = new int[m * n];
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                for (int p = 0; p < k; p++)
                    expected[i * n + j] += ((typeof(TA) == typeof(byte) ? a[i * k + p] : (sbyte)a[i * k + p]) - zeroA) * ((typeof(TB) == typeof(byte) ? b[p * n + j] : (sbyte)b[p * n + j]) - zeroB);
        short[] packedA = new short[Igemm.PackedA(m, k)], packedB = new short[Igemm.PackedB(k, n)];
        fixed (byte* pa = a, pb = b)
        fixed (short* qa = packedA, qb = packedB)
        fixed (int* pc = c)
        {
            Igemm.PackA((TA*)pa, k, 1, m, k, zeroA, qa);
            Igemm.PackB((TB*)pb, 1, n, n, k, zeroB, qb);
            Igemm.Run(m, n, k, qa, qb, pc, n);
        }
        Assert.Equal(expected, c);
    }

    [Fact]
    public void Signed_and_unsigned_of_any_size()
    {
        Random r = Seeds.Random();
        for (int round = 0; round < 100; round++)
        {
            int m = r.Next(1, 30), n = r.Next(1, 70), k = r.Next(1, 100);
            bool extreme = r.Next(4) == 0;
            Check<byte, sbyte>(r, m, n, k, extreme);
            Check<sbyte, sbyte>(r, m, n, k, extreme);
            Check<byte, byte>(r, m, n, k, extreme);
            Check<sbyte, byte>(r, m, n, k, extreme);
        }
    }
}
