namespace Tessera.Kernels;

/// <summary>Turns templates, written as for one result, into instructions for an item that computes a block of them.</summary>
/// <param name="b">Where instructions go.</param>
/// <param name="target">What they are written for.</param>
/// <param name="lanes">Results side by side in a vector: 1 or 4.</param>
/// <param name="block">Extents of the register block.</param>
internal sealed class Emitter(KernelBuilder b, KernelTarget target, int lanes, params int[] block)
{
    public KernelBuilder B { get; } = b;

    public KernelTarget Target { get; } = target;

    public int Lanes { get; } = lanes;

    /// <summary>Whether some access or division went lane by lane because neighbours do not lie side by side.</summary>
    public bool Scattered { get; private set; }

    /// <summary>Raised when values in blocks of this depth and deeper are known no more.</summary>
    public event Action<int>? Closed;

    private int AllAxes => (1 << block.Length) - 1;

    public Val Const(KernelType type, double v) => new(this, [B.Const(type, v)], 0);

    public Val Const(KernelType type, long v) => new(this, [B.Const(type, v)], 0);

    public Val Int(long v) => Const(KernelType.Int32, v);

    public Val Like(Val x, double v) => Const(x.Type, v);

    public Val Item() => new(this, [B.Item()], 0);

    /// <summary>start, start + 1, … in the lanes.</summary>
    public Val Counting(Val start) => Lanes == 1 ? start : new(this, start.Parts, start.Axes, LaneForm.Counting, 1);

    /// <summary>The place along an axis of the block.</summary>
    public Val Place(int axis) => block[axis] == 1 ? Int(0) : new(this, [.. Enumerable.Range(0, block[axis]).Select(B.Const)], 1 << axis);

    public Val Unary(KernelOp op, Val x)
    {
        if (x.Form == LaneForm.Counting) x = Spread(x);
        return new(this, Array.ConvertAll(x.Parts, p => B.Emit(op, p.Type, [p])), x.Axes, x.Form);
    }

    public Val Binary(KernelOp op, Val x, Val y)
    {
        if (x.Type != y.Type) throw new TesseraException(ErrorCode.Internal, $"{op} of {x.Type} and {y.Type}.");
        if (x.Form != LaneForm.Each && y.Form != LaneForm.Each && (x.Form == LaneForm.Counting || y.Form == LaneForm.Counting) && Counted(op, x, y) is { } counted) return counted;
        return Zip((p, q) => B.Emit(op, p.Type, [p, q]), x, y);
    }

    public Val Compare(KernelOp op, Val x, Val y)
    {
        if (x.Type != y.Type) throw new TesseraException(ErrorCode.Internal, $"{op} of {x.Type} and {y.Type}.");
        if ((x.Form == LaneForm.Counting || y.Form == LaneForm.Counting) && x.Form != LaneForm.Each && y.Form != LaneForm.Each && Settled(op, x, y) is { } known) return known;
        return Zip((p, q) => B.Emit(op, new(ScalarKind.Bool, p.Type.Lanes), [p, q]), x, y);
    }

    public Val Select(Val c, Val x, Val y)
    {
        if (c.Form == LaneForm.Same && c.Axes == 0 && c.Parts[0].Integer is { } k) return k != 0 ? x : y;
        if (x.Type != y.Type) throw new TesseraException(ErrorCode.Internal, $"Select of {x.Type} and {y.Type}.");
        bool wide = c.Form != LaneForm.Same || x.Form != LaneForm.Same || y.Form != LaneForm.Same;
        if (wide) (c, x, y) = (Spread(c), Spread(x), Spread(y));
        int axes = c.Axes | x.Axes | y.Axes;
        return new(this, Map(axes, i => B.Emit(KernelOp.Select, x.Parts[0].Type, [At(c, i, axes), At(x, i, axes), At(y, i, axes)])), axes, wide ? LaneForm.Each : LaneForm.Same);
    }

    public Val Fma(Val x, Val y, Val z)
    {
        if (x.Type.IsInteger) return x * y + z;
        bool wide = x.Form != LaneForm.Same || y.Form != LaneForm.Same || z.Form != LaneForm.Same;
        if (wide) (x, y, z) = (Spread(x), Spread(y), Spread(z));
        int axes = x.Axes | y.Axes | z.Axes;
        return new(this, Map(axes, i => B.Emit(KernelOp.Fma, x.Parts[0].Type, [At(x, i, axes), At(y, i, axes), At(z, i, axes)])), axes, wide ? LaneForm.Each : LaneForm.Same);
    }

    public Val Convert(Val x, ScalarKind kind) => x.Type.Kind == kind ? x : Cast(KernelOp.Convert, x, kind);

    public Val Cast(KernelOp op, Val x, ScalarKind kind)
    {
        if (x.Form == LaneForm.Counting) x = Spread(x);
        return new(this, Array.ConvertAll(x.Parts, p => B.Emit(op, new(kind, p.Type.Lanes), [p])), x.Axes, x.Form);
    }

    public Val Load(int buffer, Val index)
    {
        if (index.Form == LaneForm.Same) return new(this, Array.ConvertAll(index.Parts, p => B.Load(buffer, p)), index.Axes);
        if (index is { Form: LaneForm.Counting, Stride: 1 }) return new(this, Array.ConvertAll(index.Parts, p => B.Load(buffer, p, Lanes)), index.Axes, LaneForm.Each);
        Scattered = true;
        return new(this, Array.ConvertAll(index.Parts, p => Gathered(buffer, index, p)), index.Axes, LaneForm.Each);
    }

    public void Store(int buffer, Val index, Val value, Val? guard = null)
    {
        int axes = index.Axes | value.Axes | (guard?.Axes ?? 0);
        Val v = index.Form == LaneForm.Same ? value : Spread(value);
        Map(axes, i =>
        {
            Instruction at = At(index, i, axes), what = At(v, i, axes);
            void Write()
            {
                if (index.Form == LaneForm.Same || index is { Form: LaneForm.Counting, Stride: 1 }) B.Store(buffer, at, what);
                else for (int l = 0; l < Lanes; l++) B.Store(buffer, LaneOf(index, at, l), B.Emit(KernelOp.Lane, what.Type.Of(1), [what], new KernelArg.Number(l)));
            }
            if (guard is { } g) B.If(At(g, i, axes), Write);
            else Write();
            return what;
        });
    }

    /// <summary>A local that starts as <paramref name="initial"/>, for every result of the item.</summary>
    public Local Local(Val initial) => new(this, Variables(initial), AllAxes, Lanes > 1 ? LaneForm.Each : initial.Form);

    /// <summary>Locals that start as the parts of <paramref name="initial"/>: one for each place of the block, the last axis quickest.</summary>
    public Instruction[] Variables(Val initial)
    {
        Val v = Lanes > 1 ? Spread(initial) : initial;
        return Map(AllAxes, i => B.Var(At(v, i, AllAxes)));
    }

    /// <summary>A local that all results of the item share.</summary>
    public Local Shared(Val initial) => new(this, [B.Var(initial.Parts[0])], 0, initial.Form);

    public void Assign(Instruction[] locals, int axes, LaneForm form, Val value)
    {
        Val v = form == LaneForm.Each ? Spread(value) : value;
        if (v.Form != form || (v.Axes & ~axes) != 0) throw new TesseraException(ErrorCode.Internal, "A local takes no value that differs more from result to result than it does.");
        int i = 0;
        foreach (Instruction local in locals) B.Set(local, At(v, i++, axes));
    }

    public void For(Val from, Val to, int step, Action<Val> body)
    {
        B.For(from.Parts[0], to.Parts[0], step, i => body(new(this, [i], 0)));
        Closed?.Invoke(B.Depth + 1);
    }

    public void For(long count, Action<Val> body)
    {
        if (count == 1) body(Int(0));
        else For(Int(0), Int(count), 1, body);
    }

    /// <summary>Counts from 0, several times a turn where the target gains by it.</summary>
    public void Unrolled(long count, int times, Action<Val> body)
    {
        if (!Target.PacksOperands) times = 1;
        if (times == 1 || count == 1) { For(count, body); return; }
        long whole = count > times ? count / times * times : 0;
        if (whole > 0)
            For(Int(0), Int(whole), times, j =>
            {
                for (int t = 0; t < times; t++) body(j + Int(t));
            });
        for (long j = whole; j < count; j++) body(Int(j));
    }

    public void If(Val condition, Action then, Action? otherwise = null)
    {
        if (!condition.IsUniform) throw new TesseraException(ErrorCode.Internal, "A branch needs one condition for all results of the item.");
        B.If(condition.Parts[0], then, otherwise is null ? null : () => { Closed?.Invoke(B.Depth); otherwise(); });
        Closed?.Invoke(B.Depth + 1);
    }

    /// <summary>The lanes joined by an operation, for all to see.</summary>
    public Val Across(Val x, Func<Val, Val, Val> join)
    {
        if (x.Form == LaneForm.Same) return x;
        Val[] each = [.. Enumerable.Range(0, Lanes).Select(l => new Val(this, Array.ConvertAll(x.Parts, p => B.Emit(KernelOp.Lane, p.Type.Of(1), [p], new KernelArg.Number(l))), x.Axes))];
        return join(join(each[0], each[2]), join(each[1], each[3]));
    }

    /// <summary>As a vector.</summary>
    public Val Spread(Val x) => x.Form switch
    {
        LaneForm.Each => x,
        LaneForm.Same when Lanes == 1 => x,
        LaneForm.Same => new(this, Array.ConvertAll(x.Parts, p => B.Emit(KernelOp.Splat, p.Type.Of(Lanes), [p])), x.Axes, LaneForm.Each),
        LaneForm.Counting => new(this, Array.ConvertAll(x.Parts, p => B.Emit(KernelOp.Vector, p.Type.Of(Lanes), [.. Enumerable.Range(0, Lanes).Select(l => LaneOf(x, p, l))])), x.Axes, LaneForm.Each),
    };

    private Instruction Gathered(int buffer, Val index, Instruction part) =>
        B.Emit(KernelOp.Vector, B.Load(buffer, LaneOf(index, part, 0)).Type.Of(Lanes), [.. Enumerable.Range(0, Lanes).Select(l => B.Load(buffer, LaneOf(index, part, l)))]);

    private Instruction LaneOf(Val x, Instruction part, int lane) => x.Form switch
    {
        LaneForm.Same => part,
        LaneForm.Counting => B.Emit(KernelOp.Add, part.Type, [part, B.Const(lane * x.Stride)]),
        LaneForm.Each => B.Emit(KernelOp.Lane, part.Type.Of(1), [part], new KernelArg.Number(lane)),
    };

    /// <summary>Sums, multiples, quotients and remainders of counting lanes that count on; null when they don't.</summary>
    private Val? Counted(KernelOp op, Val x, Val y)
    {
        Val Of(LaneForm form, int stride)
        {
            Val v = Zip((r, s) => B.Emit(op, r.Type, [r, s]), x, y, LaneForm.Same);
            return new(this, v.Parts, v.Axes, form, stride);
        }
        if (op is KernelOp.Add or KernelOp.Sub)
        {
            int stride = op == KernelOp.Add ? x.Stride + y.Stride : x.Stride - y.Stride;
            return Of(stride == 0 ? LaneForm.Same : LaneForm.Counting, stride);
        }
        if (op == KernelOp.Mul && (x.Form == LaneForm.Same ? x : y) is { Axes: 0 } factor && factor.Parts[0].Integer is { } f)
            return f == 0 ? Int(0) : Of(LaneForm.Counting, (x.Stride + y.Stride) * (int)f);
        if (op is KernelOp.Div or KernelOp.Rem && y is { Axes: 0, Form: LaneForm.Same } && y.Parts[0].Integer is { } n && x.Stride > 0)
        {
            long run = (long)x.Stride * Lanes;
            // All lanes fall into one multiple of n when a run of them does and starts at a multiple of itself.
            bool inside = x.Parts.All(p => p.Facts.Low >= 0 && p.Facts.IsMultipleOf(run)) && n % run == 0;
            bool below = x.Parts.All(p => p.Facts.Low >= 0 && p.Facts.High + run - x.Stride < n);
            if (inside || below) return Of(op == KernelOp.Div ? LaneForm.Same : LaneForm.Counting, op == KernelOp.Div ? 0 : x.Stride);
            Scattered = true;
        }
        return null;
    }

    /// <summary>A comparison of counting lanes that comes out the same in all of them, whatever the item; null when it does not.</summary>
    private Val? Settled(KernelOp op, Val x, Val y)
    {
        (long Low, long High) Range(Val v) => (v.Parts.Min(p => p.Facts.Low) + Math.Min(0, v.Stride * (Lanes - 1)), v.Parts.Max(p => p.Facts.High) + Math.Max(0, v.Stride * (Lanes - 1)));
        (long Low, long High) a = Range(x), b = Range(y);
        bool? known = op switch
        {
            KernelOp.Lt => a.High < b.Low ? true : a.Low >= b.High ? false : null,
            KernelOp.Le => a.High <= b.Low ? true : a.Low > b.High ? false : null,
            _ => a.High < b.Low || a.Low > b.High ? false : null,
        };
        return known is { } k ? Const(KernelType.Bool, k ? 1L : 0) : null;
    }

    private Val Zip(Func<Instruction, Instruction, Instruction> f, Val x, Val y)
    {
        if (x.Form == LaneForm.Same && y.Form == LaneForm.Same) return Zip(f, x, y, LaneForm.Same);
        return Zip(f, Spread(x), Spread(y), LaneForm.Each);
    }

    private Val Zip(Func<Instruction, Instruction, Instruction> f, Val x, Val y, LaneForm form)
    {
        int axes = x.Axes | y.Axes;
        Instruction[] parts = Map(axes, i => f(At(x, i, axes), At(y, i, axes)));
        // A quotient may be the same all over the block.
        return axes != 0 && Array.TrueForAll(parts, p => p == parts[0]) ? new(this, [parts[0]], 0, form) : new(this, parts, axes, form);
    }

    private Instruction[] Map(int axes, Func<int, Instruction> f)
    {
        int count = 1;
        for (int a = 0; a < block.Length; a++) if ((axes >> a & 1) != 0) count *= block[a];
        Instruction[] parts = new Instruction[count];
        for (int i = 0; i < count; i++) parts[i] = f(i);
        return parts;
    }

    /// <summary>The part of <paramref name="x"/> for place <paramref name="i"/> among those that <paramref name="axes"/> span.</summary>
    private Instruction At(Val x, int i, int axes)
    {
        if (x.Axes == axes) return x.Parts[i];
        int at = 0, step = 1;
        for (int a = block.Length - 1; a >= 0; a--)
        {
            if ((axes >> a & 1) == 0) continue;
            int digit = i % block[a];
            i /= block[a];
            if ((x.Axes >> a & 1) == 0) continue;
            at += digit * step;
            step *= block[a];
        }
        return x.Parts[at];
    }
}
