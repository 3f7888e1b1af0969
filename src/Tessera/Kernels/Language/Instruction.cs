using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>What an instruction needs besides its operands.</summary>
public abstract record KernelArg
{
    private KernelArg() { }

    /// <summary>Const of an integer type, or a truth value (0, 1).</summary>
    public sealed record Integer(long Value) : KernelArg;

    /// <summary>Const of a floating type. Equal when the bits are.</summary>
    public sealed record Real(double Value) : KernelArg
    {
        public bool Equals(Real? o) => o is not null && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(o.Value);

        public override int GetHashCode() => BitConverter.DoubleToInt64Bits(Value).GetHashCode();
    }

    /// <summary>Load, Store: number of the buffer; LoadShared, StoreShared: of the workgroup's array. Lane: which. For: the step.</summary>
    public sealed record Number(int Value) : KernelArg;
}

/// <summary>One instruction; its value is referred to by the instructions after it in its block and the blocks inside.</summary>
public sealed class Instruction
{
    internal Instruction(int id, KernelOp op, KernelType type, ImmutableArray<Instruction> inputs, KernelArg? arg, int depth, IntegerFacts facts)
    {
        (Id, Op, Type, In, Arg, Depth, Facts) = (id, op, type, inputs, arg, depth, facts);
    }

    /// <summary>Number in order of creation.</summary>
    public int Id { get; }

    public KernelOp Op { get; }

    /// <summary>Type of the value; of what is written for Store and Set; Bool for Barrier and If.</summary>
    public KernelType Type { get; }

    public ImmutableArray<Instruction> In { get; }

    public KernelArg? Arg { get; }

    /// <summary>For: the body. If: what runs when true, then, perhaps, when false.</summary>
    public ImmutableArray<Block> Bodies { get; internal set; } = [];

    /// <summary>How many blocks enclose the one it stands in.</summary>
    internal int Depth { get; }

    /// <summary>What is known of an Int32 value.</summary>
    internal IntegerFacts Facts { get; }

    public long? Integer => Arg is KernelArg.Integer i && Op == KernelOp.Const ? i.Value : null;

    public int Number => ((KernelArg.Number)Arg!).Value;

    public override string ToString() => $"%{Id}";
}

/// <summary>Instructions in order.</summary>
public sealed class Block
{
    internal List<Instruction> List { get; } = [];

    public IReadOnlyList<Instruction> Instructions => List;
}

/// <summary>Bounds of an integer, both inclusive, and a number that divides it.</summary>
internal readonly record struct IntegerFacts(long Low, long High, long Divisor)
{
    public static readonly IntegerFacts Unknown = new(int.MinValue, int.MaxValue, 1);

    public static IntegerFacts Of(long value) => new(value, value, value == 0 ? 0 : Math.Abs(value));

    public bool IsMultipleOf(long n) => Divisor % n == 0;

    public static long Gcd(long a, long b)
    {
        while (b != 0) (a, b) = (b, a % b);
        return Math.Abs(a);
    }
}
