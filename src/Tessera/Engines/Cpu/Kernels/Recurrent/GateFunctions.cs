using System.Numerics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Activation functions of recurrent networks, over the elements of a gate.</summary>
internal static unsafe class GateFunctions<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>x = f(x), limited to ±clip before when clip &gt; 0.</summary>
    public static void Apply(RnnActivation f, double clip, T* x, int n)
    {
        if (clip > 0)
        {
            T most = T.CreateTruncating(clip);
            for (int i = 0; i < n; i++) x[i] = T.Clamp(x[i], -most, most);
        }
        if (f.Kind == RnnActivationKind.Sigmoid) Loops.Unary<SigmoidOp, T>(x, x, n);
        else if (f.Kind == RnnActivationKind.Tanh && typeof(T) == typeof(float)) Loops.Unary<TanhOp, T>(x, x, n);
        else
        {
            T alpha = T.CreateTruncating(f.Alpha), beta = T.CreateTruncating(f.Beta);
            for (int i = 0; i < n; i++) x[i] = One(f.Kind, alpha, beta, x[i]);
        }
    }

    private static T One(RnnActivationKind kind, T alpha, T beta, T v) => kind switch
    {
        RnnActivationKind.Sigmoid => T.One / (T.One + T.Exp(-v)),
        RnnActivationKind.Tanh => T.Tanh(v),
        RnnActivationKind.Relu => T.Max(T.Zero, v),
        RnnActivationKind.Affine => alpha * v + beta,
        RnnActivationKind.LeakyRelu => v < T.Zero ? alpha * v : v,
        RnnActivationKind.ThresholdedRelu => v > alpha ? v : T.Zero,
        RnnActivationKind.ScaledTanh => alpha * T.Tanh(beta * v),
        RnnActivationKind.HardSigmoid => T.Clamp(alpha * v + beta, T.Zero, T.One),
        RnnActivationKind.Elu => v < T.Zero ? alpha * (T.Exp(v) - T.One) : v,
        RnnActivationKind.Softsign => v / (T.One + T.Abs(v)),
        RnnActivationKind.Softplus => T.Max(v, T.Zero) + T.Log(T.One + T.Exp(-T.Abs(v))),
    };

    /// <summary>y += a·b.</summary>
    public static void AddProduct(T* a, T* b, T* y, int n)
    {
        int i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(y + i) + Vector.Load(a + i) * Vector.Load(b + i)).Store(y + i);
        for (; i < n; i++) y[i] += a[i] * b[i];
    }

    /// <summary>y = a·b.</summary>
    public static void Product(T* a, T* b, T* y, int n)
    {
        int i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(a + i) * Vector.Load(b + i)).Store(y + i);
        for (; i < n; i++) y[i] = a[i] * b[i];
    }

    /// <summary>y = (1 − z)·a + z·y.</summary>
    public static void Mix(T* z, T* a, T* y, int n)
    {
        int i = 0;
        Vector<T> one = Vector.Create(T.One);
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> v = Vector.Load(z + i);
            ((one - v) * Vector.Load(a + i) + v * Vector.Load(y + i)).Store(y + i);
        }
        for (; i < n; i++) y[i] = (T.One - z[i]) * a[i] + z[i] * y[i];
    }

    /// <summary>y = 1 − x.</summary>
    public static void Complement(T* x, T* y, int n)
    {
        for (int i = 0; i < n; i++) y[i] = T.One - x[i];
    }
}
