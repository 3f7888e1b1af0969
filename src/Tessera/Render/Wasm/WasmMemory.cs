namespace Tessera.Render;

/// <summary>Reading and writing elements of buffers: narrow types are widened and narrowed on the way.</summary>
/// <param name="code">Where instructions go.</param>
/// <param name="temporary">Makes a local.</param>
internal sealed class WasmMemory(WasmCode code, Func<WasmType, int> temporary)
{
    /// <summary>Where an element lies.</summary>
    /// <param name="Address">Pushes an address.</param>
    /// <param name="Index">Pushes the number of the element counted from there; null where there is none.</param>
    /// <param name="Offset">Bytes to add.</param>
    public readonly record struct Place(Func<WasmCode> Address, Action? Index, uint Offset);

    /// <summary>One 32-bit element in all lanes.</summary>
    public void Splat(Place p)
    {
        p.Address();
        At(WasmOp.V128Load32Splat, 2, p.Offset);
    }

    public void Load(DType type, int lanes, Place p)
    {
        if (lanes == 1) { LoadOne(type, p); return; }
        switch (type)
        {
            case DType.Float32 or DType.Int32 or DType.UInt32: p.Address(); At(WasmOp.V128Load, 2, p.Offset); break;
            case DType.Int16: p.Address(); At(WasmOp.V128Load16x4S, 1, p.Offset); break;
            case DType.UInt16: p.Address(); At(WasmOp.V128Load16x4U, 1, p.Offset); break;
            case DType.BFloat16: p.Address(); At(WasmOp.V128Load16x4U, 1, p.Offset); code.Op(WasmOp.I32Const).Signed(16).Op(WasmOp.I32x4Shl); break;
            case DType.Int8: p.Address(); At(WasmOp.V128Load32Zero, 0, p.Offset); code.Op(WasmOp.I16x8ExtendLowI8x16S).Op(WasmOp.I32x4ExtendLowI16x8S); break;
            case DType.UInt8: Bytes(type, p); break;
            case DType.Bool: Bytes(type, p); code.Op(WasmOp.I32Const).Signed(0).Op(WasmOp.I32x4Splat).Op(WasmOp.I32x4Ne); break;
            case DType.Float16: Halves(p); break;
            default: Lanes(type, p); break;
        }
    }

    private void Bytes(DType type, Place p)
    {
        p.Address();
        At(WasmOp.V128Load32Zero, 0, p.Offset);
        code.Op(WasmOp.I16x8ExtendLowI8x16U).Op(WasmOp.I32x4ExtendLowI16x8U);
    }

    /// <summary>Four Float16 as Float32, as <see cref="WasmHalves.WidenBody"/> makes one.</summary>
    private void Halves(Place p)
    {
        uint v = (uint)temporary(WasmType.V128), b = (uint)temporary(WasmType.V128);
        WasmCode Get(uint local) => code.Op(WasmOp.LocalGet).Unsigned(local);
        void All(int bits) => code.Op(WasmOp.I32Const).Signed(bits).Op(WasmOp.I32x4Splat);
        p.Address();
        At(WasmOp.V128Load16x4U, 1, p.Offset);
        code.Op(WasmOp.LocalTee).Unsigned(v);
        All(0x7FFF);
        code.Op(WasmOp.V128And).Op(WasmOp.I32Const).Signed(13).Op(WasmOp.I32x4Shl).Op(WasmOp.LocalTee).Unsigned(b);
        All(0x7F800000);
        code.Op(WasmOp.V128Or);
        Get(b).Op(WasmOp.F32Const).Float(MathF.ScaleB(1, 112)).Op(WasmOp.F32x4Splat).Op(WasmOp.F32x4Mul);
        All(0x7C00 << 13);
        Get(b).Op(WasmOp.I32x4LeS).Op(WasmOp.V128BitSelect);
        Get(v);
        All(0x8000);
        code.Op(WasmOp.V128And).Op(WasmOp.I32Const).Signed(16).Op(WasmOp.I32x4Shl).Op(WasmOp.V128Or);
    }

    /// <summary>Four elements one by one.</summary>
    private void Lanes(DType type, Place p)
    {
        bool isFloat = type.IsFloat();
        p = Kept(p);
        for (int l = 0; l < 4; l++)
        {
            LoadOne(type, Next(type, p, l));
            if (l == 0) code.Op(isFloat ? WasmOp.F32x4Splat : WasmOp.I32x4Splat);
            else code.Op(isFloat ? WasmOp.F32x4ReplaceLane : WasmOp.I32x4ReplaceLane).Byte(l);
        }
    }

    /// <summary>The same with the index, if there is one, in a local.</summary>
    private Place Kept(Place p)
    {
        if (p.Index is null) return p;
        int index = temporary(WasmType.I32);
        p.Index();
        code.Op(WasmOp.LocalSet).Unsigned((uint)index);
        return p with { Index = () => code.Op(WasmOp.LocalGet).Unsigned((uint)index) };
    }

    /// <summary>The element <paramref name="lane"/> places further on.</summary>
    private Place Next(DType type, Place p, int lane)
    {
        if (p.Index is not { } index) return p with { Offset = p.Offset + (uint)(lane * type.Bits() / 8) };
        return p with { Index = () => { index(); code.Op(WasmOp.I32Const).Signed(lane).Op(WasmOp.I32Add); } };
    }

    private void LoadOne(DType type, Place p)
    {
        if (type is DType.Int4 or DType.UInt4) { Nibble(type, p); return; }
        p.Address();
        switch (type)
        {
            case DType.Float32: At(WasmOp.F32Load, 2, p.Offset); break;
            case DType.Float64: At(WasmOp.F64Load, 3, p.Offset); break;
            case DType.Int64 or DType.UInt64: At(WasmOp.I64Load, 3, p.Offset); break;
            case DType.Int32 or DType.UInt32: At(WasmOp.I32Load, 2, p.Offset); break;
            case DType.Int16: At(WasmOp.I32Load16S, 1, p.Offset); break;
            case DType.UInt16: At(WasmOp.I32Load16U, 1, p.Offset); break;
            case DType.Int8: At(WasmOp.I32Load8S, 0, p.Offset); break;
            case DType.UInt8: At(WasmOp.I32Load8U, 0, p.Offset); break;
            case DType.Bool: At(WasmOp.I32Load8U, 0, p.Offset); code.Op(WasmOp.I32Const).Signed(0).Op(WasmOp.I32Ne); break;
            case DType.BFloat16: At(WasmOp.I32Load16U, 1, p.Offset); code.Op(WasmOp.I32Const).Signed(16).Op(WasmOp.I32Shl).Op(WasmOp.F32ReinterpretI32); break;
            case DType.Float16: At(WasmOp.I32Load16U, 1, p.Offset); code.Op(WasmOp.Call).Unsigned(WasmHalves.Widen); break;
            default: throw new TesseraException(ErrorCode.Internal, $"Kernels do not read {type}.");
        }
    }

    private void Nibble(DType type, Place p)
    {
        int index = temporary(WasmType.I32);
        p.Address();
        p.Index!();
        code.Op(WasmOp.LocalTee).Unsigned((uint)index).Op(WasmOp.I32Const).Signed(1).Op(WasmOp.I32ShrU).Op(WasmOp.I32Add);
        At(WasmOp.I32Load8U, 0, p.Offset);
        code.Op(WasmOp.LocalGet).Unsigned((uint)index).Op(WasmOp.I32Const).Signed(1).Op(WasmOp.I32And).Op(WasmOp.I32Const).Signed(2).Op(WasmOp.I32Shl).Op(WasmOp.I32ShrU);
        if (type == DType.UInt4) code.Op(WasmOp.I32Const).Signed(15).Op(WasmOp.I32And);
        else code.Op(WasmOp.I32Const).Signed(28).Op(WasmOp.I32Shl).Op(WasmOp.I32Const).Signed(28).Op(WasmOp.I32ShrS);
    }

    public void Store(DType type, int lanes, Place p, Action value)
    {
        if (lanes == 1) { StoreOne(type, p, value); return; }
        if (type is DType.Float32 or DType.Int32 or DType.UInt32)
        {
            p.Address();
            value();
            At(WasmOp.V128Store, 2, p.Offset);
            return;
        }
        bool isFloat = type.IsFloat();
        int vector = temporary(WasmType.V128);
        value();
        code.Op(WasmOp.LocalSet).Unsigned((uint)vector);
        for (int l = 0; l < lanes; l++)
        {
            int lane = l;
            StoreOne(type, Next(type, p, lane),
                () =>
                {
                    code.Op(WasmOp.LocalGet).Unsigned((uint)vector).Op(isFloat ? WasmOp.F32x4ExtractLane : WasmOp.I32x4ExtractLane).Byte(lane);
                    if (type == DType.Bool) code.Op(WasmOp.I32Const).Signed(1).Op(WasmOp.I32And);
                });
        }
    }

    private void StoreOne(DType type, Place p, Action value)
    {
        if (type is DType.Int4 or DType.UInt4) throw new TesseraException(ErrorCode.Unsupported, $"Kernels in WebAssembly do not write {type}.");
        p.Address();
        value();
        switch (type)
        {
            case DType.Float32: At(WasmOp.F32Store, 2, p.Offset); break;
            case DType.Float64: At(WasmOp.F64Store, 3, p.Offset); break;
            case DType.Int64 or DType.UInt64: At(WasmOp.I64Store, 3, p.Offset); break;
            case DType.Int32 or DType.UInt32: At(WasmOp.I32Store, 2, p.Offset); break;
            case DType.Int16 or DType.UInt16: At(WasmOp.I32Store16, 1, p.Offset); break;
            case DType.Int8 or DType.UInt8 or DType.Bool: At(WasmOp.I32Store8, 0, p.Offset); break;
            case DType.Float16: code.Op(WasmOp.Call).Unsigned(WasmHalves.Narrow); At(WasmOp.I32Store16, 1, p.Offset); break;
            case DType.BFloat16: code.Op(WasmOp.Call).Unsigned(WasmHalves.NarrowBrain); At(WasmOp.I32Store16, 1, p.Offset); break;
            default: throw new TesseraException(ErrorCode.Internal, $"Kernels do not write {type}.");
        }
    }

    private void At(WasmOp op, uint align, uint offset) => code.Op(op).Unsigned(align).Unsigned(offset);
}
