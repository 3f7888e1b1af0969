using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>One kernel as a function (address of each buffer …, first item, item after the last).</summary>
internal sealed class WasmFunction
{
    private readonly Kernel _k;
    private readonly WasmCode _code = new();
    private readonly List<WasmType> _locals = [];
    private readonly Dictionary<Instruction, int> _local = [];
    private readonly WasmUses _uses;
    private readonly WasmAddresses _addresses;
    private readonly ILookup<Instruction, WasmPointer> _following;
    private readonly WasmMemory _memory;
    private readonly int _item, _end;

    private WasmFunction(Kernel k)
    {
        _k = k;
        (_item, _end) = (k.Buffers.Length, k.Buffers.Length + 1);
        _memory = new(_code, Temporary);
        _addresses = new(k);
        _uses = new(k, _addresses);
        _following = _addresses.Pointers.Where(p => p.Term is not null).ToLookup(p => p.Term!);
        foreach (WasmPointer p in _addresses.Pointers) p.Local = p is { Origin: null, Start: 0 } ? p.Buffer : Temporary(WasmType.I32);
    }

    /// <summary>The function's locals and code; products of vectors of Float32 and the sums that they are added to are marked, for <see cref="WasmModule"/>.</summary>
    public static WasmCode Render(Kernel k)
    {
        if (!k.Shared.IsEmpty) throw new TesseraException(ErrorCode.Internal, $"Kernel '{k.Name}' shares memory in workgroups, which WebAssembly has not.");
        WasmFunction f = new(k);
        f.Whole();
        WasmCode body = new();
        body.Unsigned((uint)f._locals.Count);
        foreach (WasmType t in f._locals) body.Unsigned(1).Byte((int)t);
        return body.Part(f._code);
    }

    /// <summary>The loop over work items.</summary>
    private void Whole()
    {
        foreach (WasmPointer p in _addresses.Pointers)
        {
            if (p.Origin is not null || p.Start == 0) continue;
            Get(p.Buffer).Op(WasmOp.I32Const).Signed(p.Start).Op(WasmOp.I32Add);
            Set(p.Local);
        }
        Instruction? item = _k.Body.Instructions.FirstOrDefault(i => i.Op == KernelOp.Item);
        Loop(item, _item, 1, () => Get(_end), isNeverEmpty: false, _k.Body);
        _code.Op(WasmOp.End);
    }

    /// <summary>Runs a block while a counter is below an end; pointers that the counter moves start with it and step with it.</summary>
    private void Loop(Instruction? counted, int counter, int step, Action end, bool isNeverEmpty, Block body)
    {
        WasmPointer[] stepping = counted is null ? [] : [.. _following[counted]];
        if (!isNeverEmpty)
        {
            _code.Op(WasmOp.Block).Byte(0x40);
            Get(counter);
            end();
            _code.Op(WasmOp.I32GeS).Op(WasmOp.BrIf).Unsigned(0);
        }
        foreach (WasmPointer p in stepping) Point(p, () => Get(counter));
        _code.Op(WasmOp.Loop).Byte(0x40);
        Emit(body);
        foreach (WasmPointer p in stepping)
        {
            Get(p.Local).Op(WasmOp.I32Const).Signed(unchecked(p.Factor * step)).Op(WasmOp.I32Add);
            Set(p.Local);
        }
        Get(counter).Op(WasmOp.I32Const).Signed(step).Op(WasmOp.I32Add).Op(WasmOp.LocalTee).Unsigned((uint)counter);
        end();
        _code.Op(WasmOp.I32LtS).Op(WasmOp.BrIf).Unsigned(0).Op(WasmOp.End);
        if (!isNeverEmpty) _code.Op(WasmOp.End);
    }

    /// <summary>Sets a pointer from its origin and its term.</summary>
    private void Point(WasmPointer p, Action term)
    {
        Get(p.Origin!.Local);
        term();
        if (System.Numerics.BitOperations.IsPow2(p.Factor)) _code.Op(WasmOp.I32Const).Signed(System.Numerics.BitOperations.Log2((uint)p.Factor)).Op(WasmOp.I32Shl);
        else _code.Op(WasmOp.I32Const).Signed(p.Factor).Op(WasmOp.I32Mul);
        _code.Op(WasmOp.I32Add);
        Set(p.Local);
    }

    private WasmCode Get(int local) => _code.Op(WasmOp.LocalGet).Unsigned((uint)local);

    private void Set(int local) => _code.Op(WasmOp.LocalSet).Unsigned((uint)local);

    private int Temporary(WasmType type)
    {
        _locals.Add(type);
        return _end + _locals.Count;
    }

    private void Emit(Block block)
    {
        foreach (Instruction i in block.Instructions) if (_uses.IsOnItsOwn(i)) Emit(i);
    }

    private void Emit(Instruction i)
    {
        switch (i.Op)
        {
            case KernelOp.Const or KernelOp.Item: return;
            case KernelOp.Store: _memory.Store(_k.Buffers[i.Number].Type, i.Type.Lanes, Address(i), () => Push(i.In[1])); return;
            case KernelOp.Set: Push(i.In[1]); Set(_local[i.In[0]]); return;
            case KernelOp.For: For(i); return;
            case KernelOp.If: If(i); return;
            case KernelOp.Var: Push(i.In[0]); break;
            case KernelOp.Get: Get(_local[i.In[0]]); break;
            default: Compute(i); break;
        }
        int local = _local[i] = Temporary(WasmTypes.Of(i.Type));
        Set(local);
        foreach (WasmPointer p in _following[i]) Point(p, () => Get(local));
    }

    private void For(Instruction i)
    {
        int counter = _local[i] = Temporary(WasmType.I32);
        Push(i.In[0]);
        Set(counter);
        Loop(i, counter, i.Number, () => Push(i.In[1]), i.In[0].Facts.High < i.In[1].Facts.Low, i.Bodies[0]);
    }

    private void If(Instruction i)
    {
        Push(i.In[0]);
        _code.Op(WasmOp.If).Byte(0x40);
        Emit(i.Bodies[0]);
        if (i.Bodies.Length > 1)
        {
            _code.Op(WasmOp.Else);
            Emit(i.Bodies[1]);
        }
        _code.Op(WasmOp.End);
    }

    /// <summary>Puts a value on the stack.</summary>
    private void Push(Instruction i)
    {
        if (i.Op == KernelOp.Const) Const(i);
        else if (i.Op == KernelOp.Item) Get(_item);
        else if (_uses.IsInline(i)) Compute(i);
        else if (_uses.IsLate(i) && !_local.ContainsKey(i))
        {
            Compute(i);
            _code.Op(WasmOp.LocalTee).Unsigned((uint)(_local[i] = Temporary(WasmTypes.Of(i.Type))));
        }
        else Get(_local[i]);
    }

    private void Const(Instruction i)
    {
        switch (WasmTypes.Of(i.Type))
        {
            case WasmType.I32: _code.Op(WasmOp.I32Const).Signed((int)i.Integer!.Value); break;
            case WasmType.I64: _code.Op(WasmOp.I64Const).Signed(i.Integer!.Value); break;
            case WasmType.F32: _code.Op(WasmOp.F32Const).Float((float)((KernelArg.Real)i.Arg!).Value); break;
            case WasmType.F64: _code.Op(WasmOp.F64Const).Double(((KernelArg.Real)i.Arg!).Value); break;
            case WasmType.V128: throw new TesseraException(ErrorCode.Internal, "Constants are scalars.");
        }
    }

    private void Compute(Instruction i)
    {
        switch (i.Op)
        {
            case KernelOp.Load: _memory.Load(_k.Buffers[i.Number].Type, i.Type.Lanes, Address(i)); break;
            case KernelOp.Splat: Splat(i); break;
            case KernelOp.Lane: Lane(i.In[0], i.Number); break;
            case KernelOp.Vector: Vector(i.Type, l => Push(i.In[l])); break;
            case KernelOp.Select: Select(i); break;
            case KernelOp.Convert: Convert(i); break;
            case KernelOp.Bitcast: Bitcast(i); break;
            case KernelOp.Fma:
                // Marked where a host with relaxed SIMD puts one instruction in place of both.
                bool joins = i.Type is { Kind: ScalarKind.Float32, Lanes: > 1 };
                Push(i.In[0]); Push(i.In[1]);
                if (joins) _code.Mark();
                _code.Op(WasmTypes.Op(KernelOp.Mul, i.Type)!.Value);
                Push(i.In[2]);
                if (joins) _code.Mark();
                _code.Op(WasmTypes.Op(KernelOp.Add, i.Type)!.Value);
                break;
            case KernelOp.Not: Not(i); break;
            case KernelOp.Min or KernelOp.Max when Bound(i) is { } bound:
                // One instruction of the processor where wasm's own minimum takes seven: a bound is neither NaN nor one of two zeros.
                Push(bound == i.In[0] ? i.In[1] : i.In[0]);
                Push(bound);
                _code.Op(i.Op == KernelOp.Min ? WasmOp.F32x4Pmin : WasmOp.F32x4Pmax);
                break;
            default:
                // A comparison is named by what it compares.
                if (WasmTypes.Op(i.Op, i.In[0].Type) is not { } op) { Several(i); break; }
                foreach (Instruction x in i.In) Push(x);
                _code.Op(op);
                break;
        }
    }

    /// <summary>The operand of a minimum or maximum of vectors that is a number other than zero.</summary>
    private static Instruction? Bound(Instruction i) => i.Type is { Kind: ScalarKind.Float32, Lanes: > 1 }
        ? Array.Find([.. i.In], x => (x.Op == KernelOp.Splat ? x.In[0] : x) is { Op: KernelOp.Const, Arg: KernelArg.Real { Value: not 0 and var v } } && !double.IsNaN(v)) : null;

    private WasmMemory.Place Address(Instruction access)
    {
        if (!_addresses.IsAccess(access)) return new(() => Get(access.Number), () => Push(access.In[0]), 0);
        (WasmPointer p, uint offset) = _addresses.Of(access);
        return new(() => Get(p.Local), null, offset);
    }

    private void Splat(Instruction i)
    {
        Instruction x = i.In[0];
        if (x.Op == KernelOp.Load && _uses.IsInline(x) && _k.Buffers[x.Number].Type is DType.Float32 or DType.Int32 or DType.UInt32)
        {
            _memory.Splat(Address(x));
            return;
        }
        if (i.Type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Const).Signed(0);
        Push(x);
        if (i.Type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Sub);
        _code.Op(i.Type.IsFloat ? WasmOp.F32x4Splat : WasmOp.I32x4Splat);
    }

    private void Lane(Instruction vector, int lane)
    {
        Push(vector);
        _code.Op(vector.Type.IsFloat ? WasmOp.F32x4ExtractLane : WasmOp.I32x4ExtractLane).Byte(lane);
        if (vector.Type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Const).Signed(1).Op(WasmOp.I32And);
    }

    private void Vector(KernelType type, Action<int> push)
    {
        for (int l = 0; l < type.Lanes; l++)
        {
            if (type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Const).Signed(0);
            push(l);
            if (type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Sub);
            if (l == 0) _code.Op(type.IsFloat ? WasmOp.F32x4Splat : WasmOp.I32x4Splat);
            else _code.Op(type.IsFloat ? WasmOp.F32x4ReplaceLane : WasmOp.I32x4ReplaceLane).Byte(l);
        }
    }

    private void Select(Instruction i)
    {
        Push(i.In[1]);
        Push(i.In[2]);
        Push(i.In[0]);
        _code.Op(i.Type.Lanes > 1 ? WasmOp.V128BitSelect : WasmOp.Select);
    }

    private void Not(Instruction i)
    {
        Push(i.In[0]);
        if (i.Type.Lanes > 1) _code.Op(WasmOp.V128Not);
        else if (i.Type.Kind == ScalarKind.Bool) _code.Op(WasmOp.I32Eqz);
        else if (WasmTypes.Of(i.Type) == WasmType.I64) _code.Op(WasmOp.I64Const).Signed(-1).Op(WasmOp.I64Xor);
        else _code.Op(WasmOp.I32Const).Signed(-1).Op(WasmOp.I32Xor);
    }

    private void Convert(Instruction i)
    {
        KernelType from = i.In[0].Type, to = i.Type;
        Push(i.In[0]);
        if (to.Kind == ScalarKind.Bool)
        {
            Zero(from);
            _code.Op((WasmTypes.Of(from), from.Kind == ScalarKind.Float32) switch
            {
                (WasmType.I64, _) => WasmOp.I64Ne,
                (WasmType.F32, _) => WasmOp.F32Ne,
                (WasmType.F64, _) => WasmOp.F64Ne,
                (WasmType.V128, true) => WasmOp.F32x4Ne,
                (WasmType.V128, false) => WasmOp.I32x4Ne,
                (WasmType.I32, _) => WasmOp.I32Ne,
            });
            return;
        }
        if (from is { Kind: ScalarKind.Bool, Lanes: > 1 })
        {
            // A mask keeps the bits of 1 in either form.
            if (to.IsFloat) _code.Op(WasmOp.F32Const).Float(1).Op(WasmOp.F32x4Splat);
            else _code.Op(WasmOp.I32Const).Signed(1).Op(WasmOp.I32x4Splat);
            _code.Op(WasmOp.V128And);
            return;
        }
        if (WasmTypes.Convert(from, to) is { } op) _code.Op(op);
    }

    private void Zero(KernelType t)
    {
        switch (WasmTypes.Of(t))
        {
            case WasmType.I32: _code.Op(WasmOp.I32Const).Signed(0); break;
            case WasmType.I64: _code.Op(WasmOp.I64Const).Signed(0); break;
            case WasmType.F32: _code.Op(WasmOp.F32Const).Float(0); break;
            case WasmType.F64: _code.Op(WasmOp.F64Const).Double(0); break;
            case WasmType.V128: _code.Op(WasmOp.I32Const).Signed(0).Op(WasmOp.I32x4Splat); break;
        }
    }

    private void Bitcast(Instruction i)
    {
        Push(i.In[0]);
        WasmOp? op = (WasmTypes.Of(i.In[0].Type), WasmTypes.Of(i.Type)) switch
        {
            (WasmType.F32, WasmType.I32) => WasmOp.I32ReinterpretF32,
            (WasmType.I32, WasmType.F32) => WasmOp.F32ReinterpretI32,
            (WasmType.F64, WasmType.I64) => WasmOp.I64ReinterpretF64,
            (WasmType.I64, WasmType.F64) => WasmOp.F64ReinterpretI64,
            _ => null,
        };
        if (op is { } o) _code.Op(o);
    }

    /// <summary>Instructions without an opcode of their own.</summary>
    private void Several(Instruction i)
    {
        KernelType t = i.Type;
        if (t.Lanes > 1 && i.Op is KernelOp.Shl or KernelOp.Shr && i.In[1].Op == KernelOp.Splat)
        {
            Push(i.In[0]);
            Push(i.In[1].In[0]);
            _code.Op(i.Op == KernelOp.Shl ? WasmOp.I32x4Shl : t.IsSigned ? WasmOp.I32x4ShrS : WasmOp.I32x4ShrU);
        }
        else if (t.Lanes > 1)
        {
            // Lane by lane: no vector form exists.
            WasmOp op = WasmTypes.Op(i.Op, t.Of(1)) ?? throw Missing(i);
            Vector(t, l =>
            {
                foreach (Instruction x in i.In) Lane(x, l);
                _code.Op(op);
            });
        }
        else if (i.Op is KernelOp.Min or KernelOp.Max)
        {
            Push(i.In[0]); Push(i.In[1]);
            Push(i.In[i.Op == KernelOp.Min ? 0 : 1]); Push(i.In[i.Op == KernelOp.Min ? 1 : 0]);
            _code.Op(WasmTypes.Op(KernelOp.Le, t)!.Value).Op(WasmOp.Select);
        }
        else if (i.Op is KernelOp.PairDot)
        {
            foreach (Instruction x in i.In)
            {
                Push(x);
                _code.Op(WasmOp.I32Extend16S);
            }
            _code.Op(WasmOp.I32Mul);
            foreach (Instruction x in i.In)
            {
                Push(x);
                _code.Op(WasmOp.I32Const).Signed(16).Op(WasmOp.I32ShrS);
            }
            _code.Op(WasmOp.I32Mul).Op(WasmOp.I32Add);
        }
        else if (i.Op is KernelOp.Neg)
        {
            Zero(t);
            Push(i.In[0]);
            _code.Op(WasmTypes.Op(KernelOp.Sub, t)!.Value);
        }
        else if (i.Op is KernelOp.Abs)
        {
            Push(i.In[0]);
            Zero(t);
            Push(i.In[0]);
            _code.Op(WasmTypes.Op(KernelOp.Sub, t)!.Value);
            Zero(t);
            Push(i.In[0]);
            _code.Op(WasmTypes.Op(KernelOp.Le, t)!.Value).Op(WasmOp.Select);
        }
        else throw Missing(i);
    }

    private TesseraException Missing(Instruction i) => new(ErrorCode.Internal, $"Kernel '{_k.Name}': WebAssembly has no {i.Op} of {i.Type}.");
}
