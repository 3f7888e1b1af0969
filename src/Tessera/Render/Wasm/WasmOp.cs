namespace Tessera.Render;

/// <summary>Opcodes; those with a prefix hold it in their third byte. Source: WebAssembly Core Specification 2.0, §5.4.</summary>
internal enum WasmOp
{
    Block = 0x02, Loop = 0x03, If = 0x04, Else = 0x05, End = 0x0B, Br = 0x0C, BrIf = 0x0D, Call = 0x10, Select = 0x1B, LocalGet = 0x20, LocalSet = 0x21, LocalTee = 0x22,

    I32Load = 0x28, I64Load = 0x29, F32Load = 0x2A, F64Load = 0x2B, I32Load8S = 0x2C, I32Load8U = 0x2D, I32Load16S = 0x2E, I32Load16U = 0x2F,
    I32Store = 0x36, I64Store = 0x37, F32Store = 0x38, F64Store = 0x39, I32Store8 = 0x3A, I32Store16 = 0x3B,

    I32Const = 0x41, I64Const = 0x42, F32Const = 0x43, F64Const = 0x44,

    I32Eqz = 0x45, I32Eq = 0x46, I32Ne = 0x47, I32LtS = 0x48, I32LtU = 0x49, I32GeS = 0x4E, I32LeS = 0x4C, I32LeU = 0x4D,
    I64Eqz = 0x50, I64Eq = 0x51, I64Ne = 0x52, I64LtS = 0x53, I64LtU = 0x54, I64LeS = 0x57, I64LeU = 0x58,
    F32Eq = 0x5B, F32Ne = 0x5C, F32Lt = 0x5D, F32Le = 0x5F, F64Eq = 0x61, F64Ne = 0x62, F64Lt = 0x63, F64Le = 0x65,

    I32Add = 0x6A, I32Sub = 0x6B, I32Mul = 0x6C, I32DivS = 0x6D, I32DivU = 0x6E, I32RemS = 0x6F, I32RemU = 0x70, I32And = 0x71, I32Or = 0x72, I32Xor = 0x73, I32Shl = 0x74, I32ShrS = 0x75, I32ShrU = 0x76,
    I64Add = 0x7C, I64Sub = 0x7D, I64Mul = 0x7E, I64DivS = 0x7F, I64DivU = 0x80, I64RemS = 0x81, I64RemU = 0x82, I64And = 0x83, I64Or = 0x84, I64Xor = 0x85, I64Shl = 0x86, I64ShrS = 0x87, I64ShrU = 0x88,
    F32Abs = 0x8B, F32Neg = 0x8C, F32Ceil = 0x8D, F32Floor = 0x8E, F32Trunc = 0x8F, F32Nearest = 0x90, F32Sqrt = 0x91, F32Add = 0x92, F32Sub = 0x93, F32Mul = 0x94, F32Div = 0x95, F32Min = 0x96, F32Max = 0x97,
    F64Abs = 0x99, F64Neg = 0x9A, F64Ceil = 0x9B, F64Floor = 0x9C, F64Trunc = 0x9D, F64Nearest = 0x9E, F64Sqrt = 0x9F, F64Add = 0xA0, F64Sub = 0xA1, F64Mul = 0xA2, F64Div = 0xA3, F64Min = 0xA4, F64Max = 0xA5,

    I32WrapI64 = 0xA7, I64ExtendI32S = 0xAC, I64ExtendI32U = 0xAD, F32ConvertI32S = 0xB2, F32ConvertI32U = 0xB3, F32ConvertI64S = 0xB4, F32ConvertI64U = 0xB5, F32DemoteF64 = 0xB6,
    F64ConvertI32S = 0xB7, F64ConvertI32U = 0xB8, F64ConvertI64S = 0xB9, F64ConvertI64U = 0xBA, F64PromoteF32 = 0xBB,
    I32ReinterpretF32 = 0xBC, I64ReinterpretF64 = 0xBD, F32ReinterpretI32 = 0xBE, F64ReinterpretI64 = 0xBF, I32Extend16S = 0xC1,

    I32TruncSatF32S = 0xFC0000, I32TruncSatF32U = 0xFC0001, I32TruncSatF64S = 0xFC0002, I32TruncSatF64U = 0xFC0003,
    I64TruncSatF32S = 0xFC0004, I64TruncSatF32U = 0xFC0005, I64TruncSatF64S = 0xFC0006, I64TruncSatF64U = 0xFC0007,

    V128Load = 0xFD0000, V128Load8x8S = 0xFD0001, V128Load16x4S = 0xFD0003, V128Load16x4U = 0xFD0004, V128Load32Splat = 0xFD0009, V128Store = 0xFD000B, V128Const = 0xFD000C,
    I32x4Splat = 0xFD0011, F32x4Splat = 0xFD0013, I32x4ExtractLane = 0xFD001B, I32x4ReplaceLane = 0xFD001C, F32x4ExtractLane = 0xFD001F, F32x4ReplaceLane = 0xFD0020,
    I32x4Eq = 0xFD0037, I32x4Ne = 0xFD0038, I32x4LtS = 0xFD0039, I32x4LtU = 0xFD003A, I32x4LeS = 0xFD003D, I32x4LeU = 0xFD003E,
    F32x4Eq = 0xFD0041, F32x4Ne = 0xFD0042, F32x4Lt = 0xFD0043, F32x4Le = 0xFD0045,
    V128Not = 0xFD004D, V128And = 0xFD004E, V128Or = 0xFD0050, V128Xor = 0xFD0051, V128BitSelect = 0xFD0052, V128Load32Zero = 0xFD005C,
    F32x4Ceil = 0xFD0067, F32x4Floor = 0xFD0068, F32x4Trunc = 0xFD0069, F32x4Nearest = 0xFD006A,
    I16x8ExtendLowI8x16S = 0xFD0087, I16x8ExtendLowI8x16U = 0xFD0089,
    I32x4Abs = 0xFD00A0, I32x4Neg = 0xFD00A1, I32x4ExtendLowI16x8S = 0xFD00A7, I32x4ExtendLowI16x8U = 0xFD00A9,
    I32x4Shl = 0xFD00AB, I32x4ShrS = 0xFD00AC, I32x4ShrU = 0xFD00AD, I32x4Add = 0xFD00AE, I32x4Sub = 0xFD00B1, I32x4Mul = 0xFD00B5,
    I32x4MinS = 0xFD00B6, I32x4MinU = 0xFD00B7, I32x4MaxS = 0xFD00B8, I32x4MaxU = 0xFD00B9, I32x4DotI16x8S = 0xFD00BA,
    F32x4Abs = 0xFD00E0, F32x4Neg = 0xFD00E1, F32x4Sqrt = 0xFD00E3, F32x4Add = 0xFD00E4, F32x4Sub = 0xFD00E5, F32x4Mul = 0xFD00E6, F32x4Div = 0xFD00E7, F32x4Min = 0xFD00E8, F32x4Max = 0xFD00E9, F32x4Pmin = 0xFD00EA, F32x4Pmax = 0xFD00EB,
    I32x4TruncSatF32x4S = 0xFD00F8, I32x4TruncSatF32x4U = 0xFD00F9, F32x4ConvertI32x4S = 0xFD00FA, F32x4ConvertI32x4U = 0xFD00FB,
}
