using System.Numerics;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>One operator over a tile of elements. Stateless; unused operands are null.</summary>
internal abstract unsafe class MicroOp
{
    public abstract void Run(byte* a, byte* b, byte* c, byte* y, nint n);

    /// <summary>Whether <see cref="RunOne"/> works.</summary>
    public virtual bool TakesOne => false;

    /// <summary>As Run with two operands, of which <paramref name="one"/> (1: a, 2: b) is one element for all.</summary>
    public virtual void RunOne(byte* a, byte* b, byte* y, nint n, int one) => throw new InvalidOperationException();

    /// <summary>Rough nanoseconds per element on one thread, for sharing out work.</summary>
    public virtual double Cost => 0.1;
}

internal sealed unsafe class UnaryMicroOp<TOp, T>(double cost = 0.1) : MicroOp where TOp : IUnary
{
    public override double Cost => cost;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Unary<TOp, T>((T*)a, (T*)y, n);
}

internal sealed unsafe class BinaryMicroOp<TOp, T>(double cost = 0.1) : MicroOp where TOp : IBinary
{
    public override double Cost => cost;

    public override bool TakesOne => true;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Binary<TOp, T>((T*)a, (T*)b, (T*)y, n);

    public override void RunOne(byte* a, byte* b, byte* y, nint n, int one) => Loops.BinaryOne<TOp, T>((T*)a, (T*)b, (T*)y, n, one);
}

internal sealed unsafe class ScalarUnaryMicroOp<TOp, T> : MicroOp where TOp : IScalarUnary<T>
{
    public override double Cost => 15;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.UnaryScalar<TOp, T>((T*)a, (T*)y, n);
}

internal sealed unsafe class ScalarBinaryMicroOp<TOp, T>(double cost = 3) : MicroOp where TOp : IScalarBinary<T>
{
    public override double Cost => cost;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.BinaryScalar<TOp, T>((T*)a, (T*)b, (T*)y, n);
}

/// <summary>y = a (a mask of T's width) ? b : c</summary>
internal sealed unsafe class SelectMicroOp<T> : MicroOp
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Select((T*)a, (T*)b, (T*)c, (T*)y, n);
}

/// <summary>A bitwise operator over masks of some width, seen as bytes.</summary>
internal sealed unsafe class MaskMicroOp<TOp>(int width) : MicroOp where TOp : IBinary
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Binary<TOp, byte>(a, b, y, n * width);
}

internal sealed unsafe class NotMaskMicroOp(int width) : MicroOp
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Unary<NotOp, byte>(a, y, n * width);
}

internal sealed unsafe class SelectMaskMicroOp(int width) : MicroOp
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Loops.Select(a, b, c, y, n * width);
}

internal sealed unsafe class CopyMicroOp(int width) : MicroOp
{
    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n) => Buffer.MemoryCopy(a, y, n * width, n * width);
}

/// <summary>Infinities of the wanted signs, as a mask.</summary>
internal sealed unsafe class IsInfMicroOp<T, TMask>(bool positive, bool negative) : MicroOp
    where T : unmanaged, IFloatingPointIeee754<T> where TMask : unmanaged, IBinaryInteger<TMask>
{
    public override double Cost => 1;

    public override void Run(byte* a, byte* b, byte* c, byte* y, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            T x = ((T*)a)[i];
            ((TMask*)y)[i] = (positive && T.IsPositiveInfinity(x)) || (negative && T.IsNegativeInfinity(x)) ? TMask.AllBitsSet : TMask.Zero;
        }
    }
}
