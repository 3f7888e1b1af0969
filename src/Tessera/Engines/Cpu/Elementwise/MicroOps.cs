using System.Numerics;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>The micro-operator of each elementwise primitive and computing type.</summary>
internal static class MicroOps
{
    /// <summary>The type that elements of <paramref name="type"/> are computed in.</summary>
    public static DType Computing(DType type) => type switch
    {
        DType.Float32 or DType.Float16 or DType.BFloat16 or DType.Float8E4M3FN or DType.Float8E4M3FNUZ or DType.Float8E5M2 or DType.Float8E5M2FNUZ => DType.Float32,
        DType.Int4 => DType.Int8,
        DType.UInt4 => DType.UInt8,
        DType.Float64 or DType.Int8 or DType.Int16 or DType.Int32 or DType.Int64 or DType.UInt8 or DType.UInt16 or DType.UInt32 or DType.UInt64 or DType.Bool => type,
        DType.String => throw new TesseraException(ErrorCode.Internal, "Strings are not computed with."),
    };

    /// <summary>Operators with one operand of computing type <paramref name="type"/>; IsNaN gives a mask.</summary>
    public static MicroOp Unary(GraphOp op, DType type) => type switch
    {
        DType.Float32 => Float<float>(op, false),
        DType.Float64 => Float<double>(op, true),
        DType.Int8 => Integer<sbyte>(op),
        DType.Int16 => Integer<short>(op),
        DType.Int32 => Integer<int>(op),
        DType.Int64 => Integer<long>(op),
        DType.UInt8 => Integer<byte>(op),
        DType.UInt16 => Integer<ushort>(op),
        DType.UInt32 => Integer<uint>(op),
        DType.UInt64 => Integer<ulong>(op),
        _ => throw None(op, type),
    };

    /// <summary>Operators with two operands of computing type <paramref name="type"/>; comparisons give masks.</summary>
    public static MicroOp Binary(GraphOp op, DType type) => type switch
    {
        DType.Float32 => FloatPair<float>(op),
        DType.Float64 => FloatPair<double>(op),
        DType.Int8 => IntegerPair<sbyte>(op),
        DType.Int16 => IntegerPair<short>(op),
        DType.Int32 => IntegerPair<int>(op),
        DType.Int64 => IntegerPair<long>(op),
        DType.UInt8 => IntegerPair<byte>(op),
        DType.UInt16 => IntegerPair<ushort>(op),
        DType.UInt32 => IntegerPair<uint>(op),
        DType.UInt64 => IntegerPair<ulong>(op),
        _ => throw None(op, type),
    };

    public static MicroOp Select(int width) => width switch
    {
        1 => new SelectMicroOp<byte>(),
        2 => new SelectMicroOp<ushort>(),
        4 => new SelectMicroOp<uint>(),
        _ => new SelectMicroOp<ulong>(),
    };

    private static MicroOp Float<T>(GraphOp op, bool precise) where T : unmanaged, IFloatingPointIeee754<T> => op switch
    {
        GraphOp.Neg => new UnaryMicroOp<NegOp, T>(),
        GraphOp.Abs => new UnaryMicroOp<AbsOp, T>(),
        GraphOp.Sign => new UnaryMicroOp<SignOp, T>(),
        GraphOp.Floor => new UnaryMicroOp<FloorOp, T>(),
        GraphOp.Ceil => new UnaryMicroOp<CeilOp, T>(),
        GraphOp.Round => new UnaryMicroOp<RoundOp, T>(),
        GraphOp.Sqrt => new UnaryMicroOp<SqrtOp, T>(0.3),
        GraphOp.Exp => new UnaryMicroOp<ExpOp, T>(0.5),
        GraphOp.Log => new UnaryMicroOp<LogOp, T>(0.8),
        GraphOp.Sin => new UnaryMicroOp<SinOp, T>(1),
        GraphOp.Cos => new UnaryMicroOp<CosOp, T>(1),
        GraphOp.Sigmoid => new UnaryMicroOp<SigmoidOp, T>(0.8),
        GraphOp.Tanh => precise ? new ScalarUnaryMicroOp<PreciseTanhOp<T>, T>() : new UnaryMicroOp<TanhOp, T>(0.8),
        GraphOp.Erf => precise ? new ScalarUnaryMicroOp<PreciseErfOp, double>() : new UnaryMicroOp<ErfOp, T>(1),
        GraphOp.Tan => precise ? new ScalarUnaryMicroOp<PreciseTanOp<T>, T>() : new UnaryMicroOp<TanOp, T>(1),
        GraphOp.Asin => precise ? new ScalarUnaryMicroOp<PreciseAsinOp<T>, T>() : new UnaryMicroOp<AsinOp, T>(1),
        GraphOp.Acos => precise ? new ScalarUnaryMicroOp<PreciseAcosOp<T>, T>() : new UnaryMicroOp<AcosOp, T>(1),
        GraphOp.Atan => precise ? new ScalarUnaryMicroOp<PreciseAtanOp<T>, T>() : new UnaryMicroOp<AtanOp, T>(1),
        GraphOp.Sinh => precise ? new ScalarUnaryMicroOp<PreciseSinhOp<T>, T>() : new UnaryMicroOp<SinhOp, T>(1),
        GraphOp.Cosh => precise ? new ScalarUnaryMicroOp<PreciseCoshOp<T>, T>() : new UnaryMicroOp<CoshOp, T>(1),
        GraphOp.Asinh => precise ? new ScalarUnaryMicroOp<PreciseAsinhOp<T>, T>() : new UnaryMicroOp<AsinhOp, T>(1),
        GraphOp.Acosh => precise ? new ScalarUnaryMicroOp<PreciseAcoshOp<T>, T>() : new UnaryMicroOp<AcoshOp, T>(1),
        GraphOp.Atanh => precise ? new ScalarUnaryMicroOp<PreciseAtanhOp<T>, T>() : new UnaryMicroOp<AtanhOp, T>(1),
        GraphOp.IsNaN => new UnaryMicroOp<IsNaNOp, T>(),
        _ => throw None(op, DTypes.Of<T>()),
    };

    private static MicroOp Integer<T>(GraphOp op) where T : unmanaged, IBinaryInteger<T> => op switch
    {
        GraphOp.Neg => new UnaryMicroOp<NegOp, T>(),
        GraphOp.Abs => new ScalarUnaryMicroOp<IntegerAbsOp<T>, T>(),
        GraphOp.Sign => new ScalarUnaryMicroOp<IntegerSignOp<T>, T>(),
        GraphOp.Not => new UnaryMicroOp<NotOp, T>(),
        _ => throw None(op, DTypes.Of<T>()),
    };

    private static MicroOp FloatPair<T>(GraphOp op) where T : unmanaged, IFloatingPointIeee754<T> => op switch
    {
        GraphOp.Div => new BinaryMicroOp<DivOp, T>(0.3),
        GraphOp.Mod => new ScalarBinaryMicroOp<ModOp<T>, T>(15),
        GraphOp.Rem => new ScalarBinaryMicroOp<RemOp<T>, T>(15),
        GraphOp.Pow => typeof(T) == typeof(float) ? new PowMicroOp() : new ScalarBinaryMicroOp<PowOp<T>, T>(20),
        _ => Pair<T>(op),
    };

    private static MicroOp IntegerPair<T>(GraphOp op) where T : unmanaged, IBinaryInteger<T> => op switch
    {
        GraphOp.Div => new ScalarBinaryMicroOp<IntegerDivOp<T>, T>(),
        GraphOp.Mod => new ScalarBinaryMicroOp<IntegerModOp<T>, T>(),
        GraphOp.Rem => new ScalarBinaryMicroOp<IntegerRemOp<T>, T>(),
        GraphOp.Pow => new ScalarBinaryMicroOp<IntegerPowOp<T>, T>(),
        GraphOp.And => new BinaryMicroOp<AndOp, T>(),
        GraphOp.Or => new BinaryMicroOp<OrOp, T>(),
        GraphOp.Xor => new BinaryMicroOp<XorOp, T>(),
        GraphOp.Shl => new ScalarBinaryMicroOp<ShlOp<T>, T>(1),
        GraphOp.Shr => new ScalarBinaryMicroOp<ShrOp<T>, T>(1),
        _ => Pair<T>(op),
    };

    private static MicroOp Pair<T>(GraphOp op) => op switch
    {
        GraphOp.Add => new BinaryMicroOp<AddOp, T>(),
        GraphOp.Sub => new BinaryMicroOp<SubOp, T>(),
        GraphOp.Mul => new BinaryMicroOp<MulOp, T>(),
        GraphOp.Min => new BinaryMicroOp<MinOp, T>(),
        GraphOp.Max => new BinaryMicroOp<MaxOp, T>(),
        GraphOp.Eq => new BinaryMicroOp<EqOp, T>(),
        GraphOp.Lt => new BinaryMicroOp<LtOp, T>(),
        GraphOp.Le => new BinaryMicroOp<LeOp, T>(),
        _ => throw None(op, DTypes.Of<T>()),
    };

    private static TesseraException None(GraphOp op, DType type) => new(ErrorCode.Unsupported, $"{op} has no meaning on {type}; cast first.");
}
