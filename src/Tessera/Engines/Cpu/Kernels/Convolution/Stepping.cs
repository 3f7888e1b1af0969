using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Copies every so many elements.</summary>
internal static unsafe class Stepping
{
    /// <summary>to[i] = x[i·step] for i &lt; n; nothing beyond the last one is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy<T>(T* x, long step, T* to, long n) where T : unmanaged
    {
        long i = 0;
        if (sizeof(T) == 4 && step == 2 && (Avx2.IsSupported || Sse.IsSupported || AdvSimd.Arm64.IsSupported))
        {
            float* f = (float*)x, y = (float*)to;
            if (Avx2.IsSupported)
            {
                for (; i + 8 < n; i += 8)
                    Avx2.Permute4x64(Avx.Shuffle(Vector256.Load(f + 2 * i), Vector256.Load(f + 2 * i + 8), 0x88).AsDouble(), 0xD8).AsSingle().Store(y + i);
            }
            for (; i + 4 < n; i += 4)
            {
                Vector128<float> a = Vector128.Load(f + 2 * i), b = Vector128.Load(f + 2 * i + 4);
                (Sse.IsSupported ? Sse.Shuffle(a, b, 0x88) : AdvSimd.Arm64.UnzipEven(a, b)).Store(y + i);
            }
        }
        for (; i < n; i++) to[i] = x[i * step];
    }
}
