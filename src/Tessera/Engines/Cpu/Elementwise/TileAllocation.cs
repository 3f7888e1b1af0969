namespace Tessera.Engines.Cpu.Elementwise;

/// <summary>What a register of a tile program holds: bytes per element, and whether all elements are equal.</summary>
internal readonly record struct TileRegister(int Width, bool Uniform);

/// <summary>Assigns the registers of a tile program to scratch tiles: one whose value is dead is used again.</summary>
internal sealed class TileAllocation(TileRegister[] registers, List<TileSource> sources, List<TileInstruction> code, List<TileTarget> targets)
{
    /// <summary>Rows below this are copied into tiles, which then span several.</summary>
    private const int ShortestRow = 768;

    private readonly int[] _tiles = new int[registers.Length];
    private readonly Stack<int> _free = new();
    private int _count;

    public TileProgram Finish(StepBuilder b, int cacheBytes)
    {
        Array.Fill(_tiles, -1);
        TileInstruction[] prologue = Those(uniform: true), loop = Those(uniform: false);
        UseRows(loop);
        UseNumbers(prologue, loop);
        for (int r = 0; r < registers.Length; r++) if (registers[r].Uniform && !sources.Exists(s => s.Register == r && s.Access == TileAccess.Single)) _tiles[r] = _count++;
        int[] last = LastUse(loop);
        foreach (TileSource s in sources) if (s.Access == TileAccess.Strided) _tiles[s.Register] = Take();
        HashSet<int> outside = [];
        foreach (TileTarget t in targets) outside.Add(t.Register);
        for (int i = 0; i < loop.Length; i++)
        {
            TileInstruction x = loop[i];
            // An operator may overwrite an operand of its own width, element by element.
            ReadOnlySpan<int> operands = [x.A, x.B, x.C];
            foreach (int o in operands) if (Dies(o, i, last) && registers[o].Width == registers[x.Y].Width) Release(o, last);
            if (!outside.Contains(x.Y)) _tiles[x.Y] = Take();
            foreach (int o in operands) if (Dies(o, i, last)) Release(o, last);
            if (!outside.Contains(x.Y) && last[x.Y] <= i) Release(x.Y, last);
        }
        int width = 1;
        foreach (TileRegister r in registers) width = Math.Max(width, r.Width);
        // Operands and outputs that are read and written in place need room too.
        int bytes = _count * width;
        foreach (TileSource s in sources) if (s.Access == TileAccess.Direct) bytes += s.Operand.Size;
        foreach (TileTarget t in targets) bytes += t.Operand.Size;
        int tile = Math.Clamp(cacheBytes / Math.Max(1, bytes) / 64 * 64, 256, 4096);
        return new([.. sources], prologue, loop, [.. targets], _tiles, tile, width, b.Scratch((long)_count * tile * width));
    }

    private TileInstruction[] Those(bool uniform)
    {
        int n = 0;
        foreach (TileInstruction i in code) if (registers[i.Y].Uniform == uniform) n++;
        TileInstruction[] those = new TileInstruction[n];
        n = 0;
        foreach (TileInstruction i in code) if (registers[i.Y].Uniform == uniform) those[n++] = i;
        return those;
    }

    /// <summary>Operands with one element per long row are used in place by operators that take one element for all.</summary>
    private void UseRows(TileInstruction[] loop)
    {
        long row = 0;
        foreach (TileSource s in sources)
        {
            if (s.RowLength < ShortestRow || (row != 0 && s.RowLength != row)) continue;
            bool Uses(TileInstruction i) => i.A == s.Register || i.B == s.Register || i.C == s.Register;
            bool fits = true;
            foreach (TileInstruction i in loop) fits &= !Uses(i) || (i.Op.TakesOne && i.One == 0 && i.A != i.B);
            if (!fits) continue;
            row = s.RowLength;
            s.ByRow();
            for (int i = 0; i < loop.Length; i++) if (Uses(loop[i])) loop[i] = loop[i] with { One = loop[i].A == s.Register ? 1 : 2 };
        }
    }

    /// <summary>Numbers are not repeated over a tile where every operator takes one element for all.</summary>
    private void UseNumbers(TileInstruction[] prologue, TileInstruction[] loop)
    {
        HashSet<int> repeated = [];
        foreach (TileInstruction i in prologue)
        {
            repeated.Add(i.A);
            repeated.Add(i.B);
            repeated.Add(i.C);
        }
        for (int k = 0; k < loop.Length; k++)
        {
            TileInstruction i = loop[k];
            int one = i.B >= 0 && registers[i.B].Uniform ? 2 : i.A >= 0 && registers[i.A].Uniform ? 1 : 0;
            if (one != 0 && i.One == 0 && i.Op.TakesOne && i.A != i.B) loop[k] = i with { One = one };
            if (loop[k].One != 1) repeated.Add(i.A);
            if (loop[k].One != 2) repeated.Add(i.B);
            repeated.Add(i.C);
        }
        foreach (TileSource s in sources) if (s.Access == TileAccess.Uniform && !repeated.Contains(s.Register)) s.Once();
    }

    private bool Dies(int r, int at, int[] last) => r >= 0 && last[r] == at && _tiles[r] >= 0 && !registers[r].Uniform;

    private int Take() => _free.TryPop(out int t) ? t : _count++;

    private void Release(int r, int[] last)
    {
        _free.Push(_tiles[r]);
        // Released once; where it lies stays known to the instructions before.
        last[r] = int.MaxValue;
    }

    private int[] LastUse(TileInstruction[] loop)
    {
        int[] last = new int[registers.Length];
        Array.Fill(last, -1);
        for (int i = 0; i < loop.Length; i++)
        {
            if (loop[i].A >= 0) last[loop[i].A] = i;
            if (loop[i].B >= 0) last[loop[i].B] = i;
            if (loop[i].C >= 0) last[loop[i].C] = i;
        }
        return last;
    }
}
