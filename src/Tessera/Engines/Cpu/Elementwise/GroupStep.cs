namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>A fused group of elementwise nodes, tile by tile; ranges of tiles are shared out by cost.</summary>
internal sealed class GroupStep : Step
{
    private readonly TileProgram _program;
    private readonly long _count;

    public GroupStep(TileProgram program)
        : base("elementwise", [.. program.Sources.Select(s => s.Operand)], Array.ConvertAll(program.Targets, t => t.Operand), program.Targets[0].Operand.Count * program.Instructions, Reason(program))
    {
        _program = program;
        _count = program.Targets[0].Operand.Count;
    }

    private static string Reason(TileProgram p)
    {
        double ns = p.Cost * p.Targets[0].Operand.Count;
        string work = $"{p.Instructions} operations in tiles of {p.Tile}, about {ns / 1000:0.#} µs of work";
        return ns < 2 * ThreadTeam.ForkNanoseconds ? $"{work} < 2 × fork cost: 1 thread" : $"{work}: shared out";
    }

    public override (int From, int To)? Overwrites()
    {
        if (_program.Targets.Length != 1) return null;
        Operand y = _program.Targets[0].Operand;
        foreach (TileSource s in _program.Sources)
            if (s.Access == TileAccess.Direct && s.Operand.Size == y.Size && s.Operand.Offset == y.Offset && !_program.Sources.Any(o => o != s && o.Operand.Slot == s.Operand.Slot)) return (s.Operand.Slot, y.Slot);
        return null;
    }

    public override void Run(RunContext c)
    {
        int workers = c.Workers(_program.Cost * _count);
        if (workers <= 1) { _program.Run(c, 0, _count, 0); return; }
        c.Fork(this, workers, Parts(workers));
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        long size = PartSize(phase), start = part * size;
        _program.Run(c, start, Math.Min(size, _count - start), worker);
    }

    // Four parts per thread even out threads that the system delays.
    private long PartSize(int workers) => Math.Max(1, (_count / (workers * 4) + _program.Tile) / _program.Tile) * _program.Tile;

    private int Parts(int workers) => (int)((_count + PartSize(workers) - 1) / PartSize(workers));
}
