using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Planes of bytes to pixels whose channels lie side by side as 16-bit numbers.</summary>
internal static unsafe class ByteTurning
{
    /// <summary>Channels of a pixel.</summary>
    public const int Channels = 16;

    /// <summary>to[16·i + c] = (x[c·step + i] xor flip) − zero for i &lt; n; 0 in the channels from <paramref name="channels"/> on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ToChannels(byte* x, nint step, int channels, byte flip, byte zero, short* to, int n)
    {
        if (!Sse2.IsSupported)
        {
            for (int i = 0; i < n; i++)
                for (int c = 0; c < Channels; c++) to[Channels * i + c] = c < channels ? (short)((x[c * step + i] ^ flip) - zero) : (short)0;
            return;
        }
        for (int c = 0; c < Channels; c += 8)
        {
            int some = Math.Clamp(channels - c, 0, 8);
            byte* from = x + c * step;
            // The last sixteen pixels may overlap those before them.
            if (n < 16) Eight(from, step, some, flip, zero, to + c, n);
            else for (int i = 0; i < n; i += 16) Eight(from + Math.Min(i, n - 16), step, some, flip, zero, to + Channels * Math.Min(i, n - 16) + c, 16);
        }
    }

    /// <summary>Eight channels of at most sixteen pixels, turned in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight(byte* x, nint step, int channels, byte flip, byte zero, short* to, int n)
    {
        Vector128<byte> f = Vector128.Create(flip), none = Vector128.Create(zero);
        Vector128<byte> a, b, c, d, e, g, h, k;
        if (channels == 8 && n == 16)
        {
            (a, b, c, d) = (Vector128.Load(x) ^ f, Vector128.Load(x + step) ^ f, Vector128.Load(x + 2 * step) ^ f, Vector128.Load(x + 3 * step) ^ f);
            x += 4 * step;
            (e, g, h, k) = (Vector128.Load(x) ^ f, Vector128.Load(x + step) ^ f, Vector128.Load(x + 2 * step) ^ f, Vector128.Load(x + 3 * step) ^ f);
        }
        else
        {
            a = channels > 0 ? Some(x, n) ^ f : none;
            b = channels > 1 ? Some(x + step, n) ^ f : none;
            c = channels > 2 ? Some(x + 2 * step, n) ^ f : none;
            d = channels > 3 ? Some(x + 3 * step, n) ^ f : none;
            e = channels > 4 ? Some(x + 4 * step, n) ^ f : none;
            g = channels > 5 ? Some(x + 5 * step, n) ^ f : none;
            h = channels > 6 ? Some(x + 6 * step, n) ^ f : none;
            k = channels > 7 ? Some(x + 7 * step, n) ^ f : none;
        }
        // Channels c and c + 4, then c, c + 2, …: pairs of pixels.
        Vector128<byte> ae = Sse2.UnpackLow(a, e), bg = Sse2.UnpackLow(b, g), ch = Sse2.UnpackLow(c, h), dk = Sse2.UnpackLow(d, k);
        Quarter(Sse2.UnpackLow(ae, ch), Sse2.UnpackLow(bg, dk), zero, to, n);
        if (n > 4) Quarter(Sse2.UnpackHigh(ae, ch), Sse2.UnpackHigh(bg, dk), zero, to + 4 * Channels, n - 4);
        if (n <= 8) return;
        (ae, bg, ch, dk) = (Sse2.UnpackHigh(a, e), Sse2.UnpackHigh(b, g), Sse2.UnpackHigh(c, h), Sse2.UnpackHigh(d, k));
        Quarter(Sse2.UnpackLow(ae, ch), Sse2.UnpackLow(bg, dk), zero, to + 8 * Channels, n - 8);
        if (n > 12) Quarter(Sse2.UnpackHigh(ae, ch), Sse2.UnpackHigh(bg, dk), zero, to + 12 * Channels, n - 12);
    }

    /// <summary>Up to four pixels of the even and the odd channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(Vector128<byte> even, Vector128<byte> odd, byte zero, short* to, int n)
    {
        Vector128<ushort> off = Vector128.Create((ushort)zero);
        Vector128<byte> two = Sse2.UnpackLow(even, odd);
        (Vector128.WidenLower(two) - off).AsInt16().Store(to);
        if (n > 1) (Vector128.WidenUpper(two) - off).AsInt16().Store(to + Channels);
        if (n <= 2) return;
        two = Sse2.UnpackHigh(even, odd);
        (Vector128.WidenLower(two) - off).AsInt16().Store(to + 2 * Channels);
        if (n > 3) (Vector128.WidenUpper(two) - off).AsInt16().Store(to + 3 * Channels);
    }

    /// <summary>The first <paramref name="n"/> ≤ 16 bytes; the rest is anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Some(byte* x, int n)
    {
        if (n == 16) return Vector128.Load(x);
        if (n >= 8) return Vector128.Create(*(ulong*)x, *(ulong*)(x + n - 8) >> 8 * (16 - n)).AsByte();
        ulong v = 0;
        if (n >= 4) v = *(uint*)x | (ulong)(*(uint*)(x + n - 4) >> 8 * (8 - n)) << 32;
        else for (int i = 0; i < n; i++) v |= (ulong)x[i] << 8 * i;
        return Vector128.Create(v, 0).AsByte();
    }
}
