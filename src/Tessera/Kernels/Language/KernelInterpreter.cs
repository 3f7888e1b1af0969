namespace Tessera.Kernels;

/// <summary>Runs a kernel as its instructions say, checking every access: the definition of <see cref="KernelOp"/>. Slow.</summary>
public sealed class KernelInterpreter
{
    // Items without workgroup memory are independent, so more of them than a workgroup has run side by side.
    private const int Wide = 1024;

    private readonly Kernel _kernel;
    private readonly KernelMemory[] _buffers;
    private readonly int _width;
    private readonly Registers?[] _values;
    private readonly Registers[] _shared;
    private long _first;
    private bool[] _active = [];

    private KernelInterpreter(Kernel kernel, KernelMemory[] buffers)
    {
        (_kernel, _buffers) = (kernel, buffers);
        bool alone = kernel.Shared.IsEmpty && !kernel.Instructions.Any(i => i.Op is KernelOp.Group or KernelOp.Local or KernelOp.Barrier);
        _width = alone ? (int)Math.Min(Wide, Math.Max(1, kernel.Items)) : kernel.GroupSize;
        _values = new Registers?[kernel.Instructions.Select(i => i.Id).DefaultIfEmpty(-1).Max() + 1];
        _shared = [.. kernel.Shared.Select(s => new Registers(s.Type, s.Count))];
    }

    /// <summary>Runs all items of a launch.</summary>
    /// <param name="kernel">What to run.</param>
    /// <param name="buffers">As the kernel numbers them.</param>
    /// <param name="cancel">Checked between workgroups.</param>
    /// <exception cref="TesseraException">Internal: an access outside a buffer, naming kernel and instruction.</exception>
    public static void Run(Kernel kernel, ReadOnlySpan<KernelMemory> buffers, CancellationToken cancel = default)
    {
        KernelInterpreter k = new(kernel, buffers.ToArray());
        for (long first = 0; first < kernel.Items; first += k._width)
        {
            cancel.ThrowIfCancellationRequested();
            k._first = first;
            k._active = new bool[k._width];
            for (int i = 0; i < k._width; i++) k._active[i] = first + i < kernel.Items;
            k.Run(kernel.Body);
        }
    }

    private void Run(Block block)
    {
        foreach (Instruction i in block.Instructions) Run(i);
    }

    private void Run(Instruction n)
    {
        switch (n.Op)
        {
            case KernelOp.Load: Load(n); break;
            case KernelOp.Store: Store(n); break;
            case KernelOp.LoadShared: LoadShared(n); break;
            case KernelOp.StoreShared: StoreShared(n); break;
            case KernelOp.Barrier: break;
            case KernelOp.Var: Copy(Of(n.In[0]), Result(n), n.Type.Lanes, fresh: true); break;
            case KernelOp.Get: Copy(Of(n.In[0]), Result(n), n.Type.Lanes, fresh: true); break;
            case KernelOp.Set: Copy(Of(n.In[1]), Of(n.In[0]), n.Type.Lanes, fresh: false); break;
            case KernelOp.For: For(n); break;
            case KernelOp.If: If(n); break;
            case KernelOp.Item: Number(n, i => _first + i); break;
            case KernelOp.Group: Number(n, _ => _first / _kernel.GroupSize); break;
            case KernelOp.Local: Number(n, i => i); break;
            default: KernelArithmetic.Run(n, Result(n), [.. n.In.Select(Of)], _width); break;
        }
    }

    private Registers Of(Instruction n) => _values[n.Id]!;

    private Registers Result(Instruction n) => _values[n.Id] ??= new(n.Type, _width * n.Type.Lanes);

    private void Number(Instruction n, Func<int, long> value)
    {
        Registers r = Result(n);
        for (int i = 0; i < _width; i++) r.I[i] = value(i);
    }

    private void Copy(Registers from, Registers to, int lanes, bool fresh)
    {
        for (int i = 0; i < _width; i++)
        {
            if (!fresh && !_active[i]) continue;
            for (int l = i * lanes; l < (i + 1) * lanes; l++)
                if (to.IsFloat) to.F[l] = from.F[l];
                else to.I[l] = from.I[l];
        }
    }

    private void For(Instruction n)
    {
        Registers counter = Result(n), to = Of(n.In[1]);
        bool[] outer = _active;
        Array.Copy(Of(n.In[0]).I, counter.I, _width);
        while (true)
        {
            _active = new bool[_width];
            bool any = false;
            for (int i = 0; i < _width; i++) any |= _active[i] = outer[i] && counter.I[i] < to.I[i];
            if (!any) break;
            Run(n.Bodies[0]);
            for (int i = 0; i < _width; i++) counter.I[i] += n.Number;
        }
        _active = outer;
    }

    private void If(Instruction n)
    {
        bool[] outer = _active;
        long[] condition = Of(n.In[0]).I;
        for (int side = 0; side < n.Bodies.Length; side++)
        {
            _active = new bool[_width];
            bool any = false;
            for (int i = 0; i < _width; i++) any |= _active[i] = outer[i] && condition[i] != 0 == (side == 0);
            if (any) Run(n.Bodies[side]);
        }
        _active = outer;
    }

    private void Load(Instruction n)
    {
        KernelMemory m = _buffers[n.Number];
        Registers r = Result(n), at = Of(n.In[0]);
        for (int i = 0; i < _width; i++)
        {
            if (!_active[i]) continue;
            Check(n, m, at.I[i]);
            for (int l = 0; l < n.Type.Lanes; l++)
                if (r.IsFloat) r.F[i * n.Type.Lanes + l] = m.Float(at.I[i] + l);
                else r.I[i * n.Type.Lanes + l] = m.Integer(at.I[i] + l);
        }
    }

    private void Store(Instruction n)
    {
        KernelMemory m = _buffers[n.Number];
        Registers at = Of(n.In[0]), v = Of(n.In[1]);
        for (int i = 0; i < _width; i++)
        {
            if (!_active[i]) continue;
            Check(n, m, at.I[i]);
            for (int l = 0; l < n.Type.Lanes; l++)
                if (v.IsFloat) m.Write(at.I[i] + l, v.F[i * n.Type.Lanes + l]);
                else m.Write(at.I[i] + l, v.I[i * n.Type.Lanes + l]);
        }
    }

    private void LoadShared(Instruction n)
    {
        Registers m = _shared[n.Number], r = Result(n), at = Of(n.In[0]);
        for (int i = 0; i < _width; i++)
            if (_active[i]) Move(m, checked((int)at.I[i]), r, i, n.Type.Lanes);
    }

    private void StoreShared(Instruction n)
    {
        Registers m = _shared[n.Number], at = Of(n.In[0]), v = Of(n.In[1]);
        for (int i = 0; i < _width; i++)
            if (_active[i]) Move(v, i, m, checked((int)at.I[i]), n.Type.Lanes);
    }

    private static void Move(Registers from, int i, Registers to, int j, int lanes)
    {
        for (int l = 0; l < lanes; l++)
            if (from.IsFloat) to.F[j * lanes + l] = from.F[i * lanes + l];
            else to.I[j * lanes + l] = from.I[i * lanes + l];
    }

    private void Check(Instruction n, KernelMemory m, long at)
    {
        if (at < 0 || at + n.Type.Lanes > m.Count)
            throw new TesseraException(ErrorCode.Internal, $"Kernel '{_kernel.Name}', {n}: {n.Op} of {n.Type} at {at} lies outside buffer '{_kernel.Buffers[n.Number].Name}' of {m.Count} elements.");
    }
}

/// <summary>One value for each item and lane: floats, or integers and truth values.</summary>
internal sealed class Registers(KernelType type, int count)
{
    public KernelType Type { get; } = type;

    public bool IsFloat { get; } = type.IsFloat;

    public double[] F { get; } = type.IsFloat ? new double[count] : [];

    public long[] I { get; } = type.IsFloat ? [] : new long[count];
}
