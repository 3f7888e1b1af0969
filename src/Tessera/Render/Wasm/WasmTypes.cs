using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Value types of WebAssembly, by their code.</summary>
internal enum WasmType { I32 = 0x7F, I64 = 0x7E, F32 = 0x7D, F64 = 0x7C, V128 = 0x7B }

internal static class WasmTypes
{
    /// <summary>Truth values are 0 and 1, lanes of vectors of them all zeros or all ones.</summary>
    public static WasmType Of(KernelType t) => t.Lanes > 1 ? WasmType.V128 : t.Kind switch
    {
        ScalarKind.Bool or ScalarKind.Int32 or ScalarKind.UInt32 => WasmType.I32,
        ScalarKind.Int64 or ScalarKind.UInt64 => WasmType.I64,
        ScalarKind.Float32 => WasmType.F32,
        ScalarKind.Float64 => WasmType.F64,
    };

    /// <summary>The one opcode of an instruction; null where it takes several.</summary>
    public static WasmOp? Op(KernelOp op, KernelType t)
    {
        string prefix = (t.Kind, t.Lanes > 1) switch
        {
            (ScalarKind.Float32, false) => "F32",
            (ScalarKind.Float64, false) => "F64",
            (ScalarKind.Float32, true) => "F32x4",
            (ScalarKind.Int64 or ScalarKind.UInt64, false) => "I64",
            (_, false) => "I32",
            (_, true) => "I32x4",
        };
        string sign = t.IsFloat ? "" : t.IsSigned ? "S" : "U", name = op switch
        {
            KernelOp.Neg when t.IsFloat || t.Lanes > 1 => prefix + "Neg",
            KernelOp.Abs when t.IsFloat || t.Lanes > 1 => prefix + "Abs",
            KernelOp.Add => prefix + "Add",
            KernelOp.Sub => prefix + "Sub",
            KernelOp.Mul => prefix + "Mul",
            KernelOp.Div when t.IsFloat || t.Lanes == 1 => prefix + "Div" + sign,
            KernelOp.Rem when t.Lanes == 1 => prefix + "Rem" + sign,
            KernelOp.Min when t.IsFloat || t.Lanes > 1 => prefix + "Min" + sign,
            KernelOp.Max when t.IsFloat || t.Lanes > 1 => prefix + "Max" + sign,
            KernelOp.And => t.Lanes > 1 ? "V128And" : prefix + "And",
            KernelOp.Or => t.Lanes > 1 ? "V128Or" : prefix + "Or",
            KernelOp.Xor => t.Lanes > 1 ? "V128Xor" : prefix + "Xor",
            KernelOp.Shl when t.Lanes == 1 => prefix + "Shl",
            KernelOp.Shr when t.Lanes == 1 => prefix + "Shr" + sign,
            KernelOp.PairDot when t.Lanes > 1 => "I32x4DotI16x8S",
            KernelOp.Eq => prefix + "Eq",
            KernelOp.Lt => prefix + "Lt" + sign,
            KernelOp.Le => prefix + "Le" + sign,
            KernelOp.Floor => prefix + "Floor",
            KernelOp.Ceil => prefix + "Ceil",
            KernelOp.Round => prefix + "Nearest",
            KernelOp.Trunc => prefix + "Trunc",
            KernelOp.Sqrt => prefix + "Sqrt",
            _ => "",
        };
        return Enum.TryParse(name, out WasmOp found) ? found : null;
    }

    /// <summary>Conversions between scalars, or vectors of them, that take one opcode; null where bits stay or several are needed.</summary>
    public static WasmOp? Convert(KernelType from, KernelType to)
    {
        if (from.Lanes > 1)
            return from.Kind == ScalarKind.Float32 ? to.IsSigned ? WasmOp.I32x4TruncSatF32x4S : WasmOp.I32x4TruncSatF32x4U
                : to.Kind == ScalarKind.Float32 ? from.IsSigned ? WasmOp.F32x4ConvertI32x4S : WasmOp.F32x4ConvertI32x4U : null;
        bool signed = from.IsFloat ? to.IsSigned : from.IsSigned;
        return (Of(from), Of(to)) switch
        {
            (WasmType.I64, WasmType.I32) => WasmOp.I32WrapI64,
            (WasmType.I32, WasmType.I64) => signed ? WasmOp.I64ExtendI32S : WasmOp.I64ExtendI32U,
            (WasmType.I32, WasmType.F32) => signed ? WasmOp.F32ConvertI32S : WasmOp.F32ConvertI32U,
            (WasmType.I32, WasmType.F64) => signed ? WasmOp.F64ConvertI32S : WasmOp.F64ConvertI32U,
            (WasmType.I64, WasmType.F32) => signed ? WasmOp.F32ConvertI64S : WasmOp.F32ConvertI64U,
            (WasmType.I64, WasmType.F64) => signed ? WasmOp.F64ConvertI64S : WasmOp.F64ConvertI64U,
            (WasmType.F32, WasmType.I32) => signed ? WasmOp.I32TruncSatF32S : WasmOp.I32TruncSatF32U,
            (WasmType.F64, WasmType.I32) => signed ? WasmOp.I32TruncSatF64S : WasmOp.I32TruncSatF64U,
            (WasmType.F32, WasmType.I64) => signed ? WasmOp.I64TruncSatF32S : WasmOp.I64TruncSatF32U,
            (WasmType.F64, WasmType.I64) => signed ? WasmOp.I64TruncSatF64S : WasmOp.I64TruncSatF64U,
            (WasmType.F32, WasmType.F64) => WasmOp.F64PromoteF32,
            (WasmType.F64, WasmType.F32) => WasmOp.F32DemoteF64,
            _ => null,
        };
    }
}
