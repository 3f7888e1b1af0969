namespace Tessera.Kernels;

/// <summary>How the lanes of a vector hold a value.</summary>
internal enum LaneForm
{
    /// <summary>One scalar for all lanes.</summary>
    Same,

    /// <summary>Int32 only: lane l holds scalar + l·stride.</summary>
    Counting,

    /// <summary>A vector.</summary>
    Each,
}

/// <summary>A value in a template: what one work item computes, perhaps for several neighbouring results at once.</summary>
/// <remarks>
/// A template is written as for one result. Where an item computes a vector of results, and several such (a register block), the value stands for all of them:
/// one instruction per distinct result, so what does not depend on a block's axis is computed once for the axis.
/// </remarks>
internal readonly struct Val
{
    /// <param name="e">Where further instructions go.</param>
    /// <param name="parts">One instruction per place in the block along the axes of <paramref name="axes"/>, last axis quickest.</param>
    /// <param name="axes">Bit a: depends on axis a of the block.</param>
    public Val(Emitter e, Instruction[] parts, int axes, LaneForm form = LaneForm.Same, int stride = 0) => (E, Parts, Axes, Form, Stride) = (e, parts, axes, form, stride);

    public Emitter E { get; }

    public Instruction[] Parts { get; }

    public int Axes { get; }

    public LaneForm Form { get; }

    public int Stride { get; }

    /// <summary>Type of one lane.</summary>
    public KernelType Type => Parts[0].Type.Of(1);

    /// <summary>Whether every result sees the same.</summary>
    public bool IsUniform => Axes == 0 && Form == LaneForm.Same;

    public static Val operator +(Val a, Val b) => a.E.Binary(KernelOp.Add, a, b);
    public static Val operator +(Val a, double b) => a + a.E.Like(a, b);
    public static Val operator -(Val a, Val b) => a.E.Binary(KernelOp.Sub, a, b);
    public static Val operator -(Val a, double b) => a - a.E.Like(a, b);
    public static Val operator -(double a, Val b) => b.E.Like(b, a) - b;
    public static Val operator -(Val a) => a.E.Unary(KernelOp.Neg, a);
    public static Val operator *(Val a, Val b) => a.E.Binary(KernelOp.Mul, a, b);
    public static Val operator *(Val a, double b) => a * a.E.Like(a, b);
    public static Val operator *(double a, Val b) => b.E.Like(b, a) * b;
    public static Val operator /(Val a, Val b) => a.E.Binary(KernelOp.Div, a, b);
    public static Val operator /(Val a, double b) => a / a.E.Like(a, b);
    public static Val operator /(double a, Val b) => b.E.Like(b, a) / b;
    public static Val operator %(Val a, Val b) => a.E.Binary(KernelOp.Rem, a, b);
    public static Val operator %(Val a, double b) => a % a.E.Like(a, b);
    public static Val operator &(Val a, Val b) => a.E.Binary(KernelOp.And, a, b);
    public static Val operator |(Val a, Val b) => a.E.Binary(KernelOp.Or, a, b);
    public static Val operator ^(Val a, Val b) => a.E.Binary(KernelOp.Xor, a, b);
    public static Val operator !(Val a) => a.E.Unary(KernelOp.Not, a);
    public static Val operator <<(Val a, Val b) => a.E.Binary(KernelOp.Shl, a, b);
    public static Val operator <<(Val a, int b) => a << a.E.Like(a, b);
    public static Val operator >>(Val a, Val b) => a.E.Binary(KernelOp.Shr, a, b);
    public static Val operator >>(Val a, int b) => a >> a.E.Like(a, b);
    public static Val operator <(Val a, Val b) => a.E.Compare(KernelOp.Lt, a, b);
    public static Val operator <(Val a, double b) => a < a.E.Like(a, b);
    public static Val operator >(Val a, Val b) => a.E.Compare(KernelOp.Lt, b, a);
    public static Val operator >(Val a, double b) => a > a.E.Like(a, b);
    public static Val operator <=(Val a, Val b) => a.E.Compare(KernelOp.Le, a, b);
    public static Val operator <=(Val a, double b) => a <= a.E.Like(a, b);
    public static Val operator >=(Val a, Val b) => a.E.Compare(KernelOp.Le, b, a);
    public static Val operator >=(Val a, double b) => a >= a.E.Like(a, b);

    public Val Is(Val b) => E.Compare(KernelOp.Eq, this, b);
    public Val Is(double b) => Is(E.Like(this, b));
    public Val Min(Val b) => E.Binary(KernelOp.Min, this, b);
    public Val Min(double b) => Min(E.Like(this, b));
    public Val Max(Val b) => E.Binary(KernelOp.Max, this, b);
    public Val Max(double b) => Max(E.Like(this, b));
    public Val Clamp(double low, double high) => Max(low).Min(high);
    public Val Abs() => E.Unary(KernelOp.Abs, this);
    public Val To(ScalarKind kind) => E.Convert(this, kind);
    public Val Bits(ScalarKind kind) => E.Cast(KernelOp.Bitcast, this, kind);

    /// <summary>this ? a : b</summary>
    public Val Then(Val a, Val b) => E.Select(this, a, b);

    /// <summary>this·b + c, rounded once or twice.</summary>
    public Val Fma(Val b, Val c) => E.Fma(this, b, c);
    /// <summary>c + low · low + high · high of pairs of 16-bit numbers.</summary>
    public Val PairDot(Val b, Val c) => c + E.Binary(KernelOp.PairDot, this, b);

    public Val Fma(double b, double c) => E.Fma(this, E.Like(this, b), E.Like(this, c));
    public Val Fma(Val b, double c) => E.Fma(this, b, E.Like(this, c));
}

/// <summary>A mutable local, one for every result of the item.</summary>
internal readonly struct Local(Emitter e, Instruction[] parts, int axes, LaneForm form)
{
    public Val Value
    {
        get => new(e, Array.ConvertAll(parts, e.B.Get), axes, form);
        set => e.Assign(parts, axes, form, value);
    }
}
