namespace Tessera.Kernels;

/// <summary>The closed set of kernel instructions (IR 2). <see cref="KernelInterpreter"/> is their definition.</summary>
/// <remarks>
/// Operands of an arithmetic instruction have one type, scalar or short vector. Integers wrap. Nothing here is rounded less than its type says, except
/// Fma, which may round once or twice. Min and Max propagate NaN. Shifts take counts below the width.
/// </remarks>
public enum KernelOp
{
    // Leaves. Item is the work item's number in the launch; Group and Local are its workgroup and its place there.
    Const, Item, Group, Local,

    // Memory of buffers: elements are widened when read and narrowed when written; a vector reads or writes consecutive elements.
    Load, Store,

    // Memory of a workgroup, and the point that all its items reach before one goes on.
    LoadShared, StoreShared, Barrier,

    // Mutable locals
    Var, Get, Set,

    // Control: For counts an Int32 from operand 0 up to operand 1, exclusively, by a positive constant; its value is the counter.
    For, If,

    // Arithmetic. Div and Rem truncate on integers; dividing an integer by zero is undefined. Rem is for integers only.
    Neg, Abs, Add, Sub, Mul, Div, Rem, Fma, Min, Max,

    // Bits of integers, and truth values
    And, Or, Xor, Not, Shl, Shr,

    // Of Int32 that hold two signed 16-bit numbers each: low · low + high · high. For targets with KernelTarget.HasPairs.
    PairDot,

    // Comparisons: false when an operand is NaN
    Eq, Lt, Le,

    // operand 0 ? operand 1 : operand 2
    Select,

    // Functions of floats. Round is half to even.
    Floor, Ceil, Round, Trunc, Sqrt, Exp, Log, Sin, Cos,

    // Convert changes the value's type as C does (floats to integers must be in range); Bitcast keeps the bits.
    Convert, Bitcast,

    // Vectors: all lanes from one scalar, one lane, from one scalar per lane
    Splat, Lane, Vector,
}
