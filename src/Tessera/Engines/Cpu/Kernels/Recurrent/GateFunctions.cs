using System.Numerics;
using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Activation functions of recurrent networks, over the elements of a gate.</summary>
internal static unsafe class GateFunctions<T>
{
    /// <summary>x = f(x), limited to ±clip before when clip &gt; 0.</summary>
    public static void Apply(RnnActivation f, double clip, T* x, int n)
    {
        if (clip > 0)
        {
            T most = Scalar<T>.Of(clip), least = Scalar<T>.Of(-clip);
            for (int i = 0; i < n; i++) x[i] = Scalar<T>.Clamp(x[i], least, most);
        }
        if (f.Kind == RnnActivationKind.Sigmoid) Loops.Unary<SigmoidOp, T>(x, x, n);
        else if (f.Kind == RnnActivationKind.Tanh && typeof(T) == typeof(float)) Loops.Unary<TanhOp, T>(x, x, n);
        else
        {
            T alpha = Scalar<T>.Of(f.Alpha), beta = Scalar<T>.Of(f.Beta);
            for (int i = 0; i < n; i++) x[i] = One(f.Kind, alpha, beta, x[i]);
        }
    }

    private static Scalar<T> One(RnnActivationKind kind, Scalar<T> alpha, Scalar<T> beta, Scalar<T> v)
    {
        Scalar<T> zero = Scalar<T>.Zero, one = Scalar<T>.One;
        return kind switch
        {
            RnnActivationKind.Sigmoid => one / (one + Scalar<T>.Exp(-v)),
            RnnActivationKind.Tanh => Scalar<T>.Tanh(v),
            RnnActivationKind.Relu => Scalar<T>.Max(zero, v),
            RnnActivationKind.Affine => alpha * v + beta,
            RnnActivationKind.LeakyRelu => v < zero ? alpha * v : v,
            RnnActivationKind.ThresholdedRelu => v > alpha ? v : zero,
            RnnActivationKind.ScaledTanh => alpha * Scalar<T>.Tanh(beta * v),
            RnnActivationKind.HardSigmoid => Scalar<T>.Clamp(alpha * v + beta, zero, one),
            RnnActivationKind.Elu => v < zero ? alpha * (Scalar<T>.Exp(v) - one) : v,
            RnnActivationKind.Softsign => v / (one + Scalar<T>.Abs(v)),
            RnnActivationKind.Softplus => Scalar<T>.Max(v, zero) + (Scalar<T>)Scalar<T>.Log(one + Scalar<T>.Exp(-(Scalar<T>)Scalar<T>.Abs(v))),
        };
    }

    /// <summary>y += a·b.</summary>
    public static void AddProduct(T* a, T* b, T* y, int n)
    {
        int i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(y + i) + Vector.Load(a + i) * Vector.Load(b + i)).Store(y + i);
        for (; i < n; i++) y[i] += (Scalar<T>)a[i] * b[i];
    }

    /// <summary>y = a·b.</summary>
    public static void Product(T* a, T* b, T* y, int n)
    {
        int i = 0;
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count) (Vector.Load(a + i) * Vector.Load(b + i)).Store(y + i);
        for (; i < n; i++) y[i] = (Scalar<T>)a[i] * b[i];
    }

    /// <summary>y = (1 − z)·a + z·y.</summary>
    public static void Mix(T* z, T* a, T* y, int n)
    {
        int i = 0;
        Vector<T> one = Vector.Create(Scalar<T>.One);
        for (; i <= n - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector<T> v = Vector.Load(z + i);
            ((one - v) * Vector.Load(a + i) + v * Vector.Load(y + i)).Store(y + i);
        }
        for (; i < n; i++) y[i] = ((Scalar<T>)Scalar<T>.One - z[i]) * a[i] + (Scalar<T>)z[i] * y[i];
    }

    /// <summary>y = 1 − x.</summary>
    public static void Complement(T* x, T* y, int n)
    {
        for (int i = 0; i < n; i++) y[i] = (Scalar<T>)Scalar<T>.One - x[i];
    }
}
