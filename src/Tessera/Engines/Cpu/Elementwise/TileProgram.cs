namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>One micro-operator with its registers; −1 where it has no operand.</summary>
/// <param name="One">Which operand (1: A, 2: B) is one element for the whole tile; 0: none.</param>
internal readonly record struct TileInstruction(MicroOp Op, int A, int B, int C, int Y, int One = 0);

/// <summary>An output and the register that its tiles are computed in, which points straight into it.</summary>
internal readonly record struct TileTarget(Operand Operand, int Register);

/// <summary>
/// A group of elementwise nodes as a straight list of micro-operators over tiles that stay in the first-level cache. Registers point at
/// tiles: of operands and outputs in place where possible, else of a worker's scratch.
/// </summary>
internal sealed unsafe class TileProgram(TileSource[] sources, TileInstruction[] prologue, TileInstruction[] code, TileTarget[] targets, int[] tiles, int tile, int width, Scratch scratch) : IEpilogue
{
    private readonly long _row = Array.Find(sources, s => s.Access == TileAccess.Row)?.RowLength ?? 0;

    /// <summary>Elements per tile.</summary>
    public int Tile => tile;

    public TileSource[] Sources => sources;

    public TileTarget[] Targets => targets;

    /// <summary>Nanoseconds per element on one thread, roughly.</summary>
    public double Cost { get; } = CostOf(code, sources, targets);

    private static double CostOf(TileInstruction[] code, TileSource[] sources, TileTarget[] targets)
    {
        double cost = 0;
        foreach (TileInstruction i in code) cost += i.Op.Cost;
        foreach (TileSource s in sources) cost += s.Access == TileAccess.Strided ? 0.3 : s.Access == TileAccess.Direct ? 0.05 * s.Operand.Size : 0;
        foreach (TileTarget t in targets) cost += 0.05 * t.Operand.Size;
        return cost;
    }

    public int Instructions => code.Length + prologue.Length;

    public void Run(RunContext c, long start, long count, int worker)
    {
        if (count <= 0) return;
        byte** r = stackalloc byte*[tiles.Length + 1];
        byte* buffer = c.Ptr<byte>(scratch, worker);
        for (int i = 0; i < tiles.Length; i++) r[i] = tiles[i] < 0 ? null : buffer + (nint)tiles[i] * tile * width;
        nint first = (nint)Math.Min(count, tile);
        foreach (TileSource s in sources)
        {
            if (s.Access == TileAccess.Uniform) s.Load(c.Base(s.Operand.Slot), 0, first, r[s.Register]);
            else if (s.Access == TileAccess.Single) r[s.Register] = c.Base(s.Operand.Slot) + s.Operand.Offset * s.Operand.Size;
        }
        Execute(prologue, r, first);
        nint n;
        for (long at = start, end = start + count; at < end; at += n)
        {
            n = (nint)Math.Min(tile, end - at);
            if (_row > 0) n = (nint)Math.Min(n, _row - at % _row);
            foreach (TileSource s in sources)
            {
                if (s.Access == TileAccess.Direct) r[s.Register] = c.Base(s.Operand.Slot) + (s.Operand.Offset + at) * s.Operand.Size;
                else if (s.Access == TileAccess.Row) r[s.Register] = s.Element(c.Base(s.Operand.Slot), at);
                else if (s.Access == TileAccess.Strided) s.Load(c.Base(s.Operand.Slot), at, n, r[s.Register]);
            }
            foreach (TileTarget t in targets) r[t.Register] = c.Base(t.Operand.Slot) + (t.Operand.Offset + at) * t.Operand.Size;
            Execute(code, r, n);
        }
    }

    private static void Execute(TileInstruction[] code, byte** r, nint n)
    {
        foreach (ref readonly TileInstruction i in code.AsSpan())
        {
            if (i.One != 0) i.Op.RunOne(r[i.A], r[i.B], r[i.Y], n, i.One);
            else i.Op.Run(i.A < 0 ? null : r[i.A], i.B < 0 ? null : r[i.B], i.C < 0 ? null : r[i.C], r[i.Y], n);
        }
    }
}
