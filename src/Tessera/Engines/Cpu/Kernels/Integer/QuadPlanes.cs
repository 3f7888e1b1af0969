using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// An 8-bit image as planes of four channels side by side, with its padding written out and, where the window steps by s along the last axis, columns sorted
/// by their remainder modulo s: so every tap of the window meets neighbouring output positions at neighbouring quads, at one distance for all of them.
/// </summary>
internal sealed unsafe class QuadPlanes
{
    private readonly ConvGeometry _g;
    private readonly int _last;
    private readonly long _columns, _row, _rows;

    /// <summary>Padded extents of all axes but the last.</summary>
    private readonly long[] _outer;

    public QuadPlanes(ConvGeometry g)
    {
        (_g, _last) = (g, g.Rank - 1);
        _columns = g.Out[_last] + (g.Kernel[_last] - 1) * g.Dilations[_last] / g.Strides[_last];
        _row = g.Strides[_last] * _columns;
        _outer = new long[_last];
        _rows = 1;
        for (int a = 0; a < _last; a++) _rows *= _outer[a] = (g.Out[a] - 1) * g.Strides[a] + (g.Kernel[a] - 1) * g.Dilations[a] + 1;
    }

    /// <summary>Quads of channels of a group.</summary>
    public long Depth => (_g.Channels + 3) / 4;

    /// <summary>Bytes of a plane.</summary>
    public long Plane => 4 * _rows * _row;

    /// <summary>Bytes from output position 0's quad to that under <paramref name="tap"/>, in the first plane.</summary>
    public long Tap(long tap)
    {
        (tap, long k) = Math.DivRem(tap, _g.Kernel[_last]);
        (long shift, long phase) = Math.DivRem(k * _g.Dilations[_last], _g.Strides[_last]);
        long at = phase * _columns + shift, scale = _row;
        for (int a = _last - 1; a >= 0; a--)
        {
            (tap, k) = Math.DivRem(tap, _g.Kernel[a]);
            at += k * _g.Dilations[a] * scale;
            scale *= _outer[a];
        }
        return 4 * at;
    }

    /// <summary>Bytes from output position 0's quad to that of the first position of output row <paramref name="row"/>.</summary>
    public long Row(long row)
    {
        long at = 0, scale = _row;
        for (int a = _last - 1; a >= 0; a--)
        {
            (row, long o) = Math.DivRem(row, _g.Out[a]);
            at += o * _g.Strides[a] * scale;
            scale *= _outer[a];
        }
        return 4 * at;
    }

    /// <summary>Writes one plane.</summary>
    /// <param name="x">First of its channels, of which <paramref name="channels"/> exist.</param>
    /// <param name="flip">Xored with every byte.</param>
    /// <param name="pad">Padding, already xored.</param>
    public void Fill(byte* x, int channels, byte flip, byte pad, byte* to)
    {
        long size = _g.InSize, width = _g.In[_last];
        for (long r = 0; r < _rows; r++, to += 4 * _row)
        {
            long rest = r, at = 0, scale = width;
            bool inside = true;
            for (int a = _last - 1; a >= 0; a--)
            {
                (rest, long p) = Math.DivRem(rest, _outer[a]);
                p -= _g.Before[a];
                inside &= (ulong)p < (ulong)_g.In[a];
                at += p * scale;
                scale *= _g.In[a];
            }
            if (!inside) new Span<byte>(to, (int)(4 * _row)).Fill(pad);
            else FillRow(x + at, size, channels, width, flip, pad, to);
        }
    }

    private void FillRow(byte* x, long size, int channels, long width, byte flip, byte pad, byte* to)
    {
        // Channels that do not exist have weights of 0: any byte does.
        byte* x1 = channels > 1 ? x + size : x, x2 = channels > 2 ? x1 + size : x, x3 = channels > 3 ? x2 + size : x;
        long step = _g.Strides[_last], before = _g.Before[_last];
        for (long phase = 0; phase < step; phase++, to += 4 * _columns)
        {
            // Columns [low, high) lie in the image.
            long low = Math.Clamp((before - phase + step - 1) / step, 0, _columns), high = Math.Clamp((width + before - phase + step - 1) / step, low, _columns), first = low * step + phase - before;
            new Span<byte>(to, (int)(4 * low)).Fill(pad);
            Interleave(x + first, x1 + first, x2 + first, x3 + first, step, high - low, flip, to + 4 * low);
            new Span<byte>(to + 4 * high, (int)(4 * (_columns - high))).Fill(pad);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave(byte* a, byte* b, byte* c, byte* d, long step, long n, byte flip, byte* to)
    {
        long i = 0;
        if (step == 1 && Sse2.IsSupported)
            for (Vector128<byte> f = Vector128.Create(flip); i + 16 <= n; i += 16)
                Quads(Vector128.Load(a + i) ^ f, Vector128.Load(b + i) ^ f, Vector128.Load(c + i) ^ f, Vector128.Load(d + i) ^ f, to + 4 * i);
        else if (step == 2 && Sse2.IsSupported)
            // Of the last element nothing is read but itself.
            for (Vector128<byte> f = Vector128.Create(flip); i + 17 <= n; i += 16) Quads(Second(a + 2 * i) ^ f, Second(b + 2 * i) ^ f, Second(c + 2 * i) ^ f, Second(d + 2 * i) ^ f, to + 4 * i);
        uint mask = 0x01010101u * flip;
        for (long at = i * step; i < n; i++, at += step) ((uint*)to)[i] = (a[at] | (uint)b[at] << 8 | (uint)c[at] << 16 | (uint)d[at] << 24) ^ mask;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(Vector128<byte> p, Vector128<byte> q, Vector128<byte> r, Vector128<byte> s, byte* to)
    {
        Vector128<short> ab = Sse2.UnpackLow(p, q).AsInt16(), cd = Sse2.UnpackLow(r, s).AsInt16();
        Sse2.UnpackLow(ab, cd).AsByte().Store(to);
        Sse2.UnpackHigh(ab, cd).AsByte().Store(to + 16);
        (ab, cd) = (Sse2.UnpackHigh(p, q).AsInt16(), Sse2.UnpackHigh(r, s).AsInt16());
        Sse2.UnpackLow(ab, cd).AsByte().Store(to + 32);
        Sse2.UnpackHigh(ab, cd).AsByte().Store(to + 48);
    }

    /// <summary>Every second of 32 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Second(byte* x) =>
        Sse2.PackUnsignedSaturate(Vector128.Load(x).AsInt16() & Vector128.Create((short)255), Vector128.Load(x + 16).AsInt16() & Vector128.Create((short)255));
}
