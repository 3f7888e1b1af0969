using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Extents and strides of an attention: q [B, H, S, D], k [B, G, T, D], v [B, G, T, E], mask [B, H, S, T] by broadcast strides.</summary>
internal sealed class AttentionPlan
{
    public AttentionPlan(Arg.Attention arg, Operand[] x)
    {
        Shape q = x[0].Shape, k = x[1].Shape;
        (Arg, Batch, Heads, Queries, Depth, Groups, Keys, Values) = (arg, q[0], q[1], q[2], q[3], k[1], k[2], x[2].Shape[3]);
        (Q, K, V) = (Four(x[0]), Four(x[1]), Four(x[2]));
        if (x.Length > 3) Mask = Four(x[3]);
    }

    public Arg.Attention Arg { get; }

    public long Batch { get; }

    public long Heads { get; }

    public long Queries { get; }

    public long Depth { get; }

    public long Groups { get; }

    public long Keys { get; }

    /// <summary>Elements per value vector.</summary>
    public long Values { get; }

    public long[] Q { get; }

    public long[] K { get; }

    public long[] V { get; }

    public long[]? Mask { get; }

    /// <summary>How many keys query <paramref name="s"/> sees.</summary>
    public long Seen(long s) => Arg.Causal ? Math.Clamp(s + Arg.CausalOffset + 1, 0, Keys) : Keys;

    public override string ToString() =>
        $"{Batch}×{Heads} heads{(Groups == Heads ? "" : $" in {Groups} groups")}, {Queries} queries, {Keys} keys, {Depth} → {Values}{(Arg.Causal ? ", causal" : "")}";

    /// <summary>Strides along four axes, zero where the operand has one element or no such axis.</summary>
    private static long[] Four(Operand x)
    {
        long[] s = new long[4];
        int shift = 4 - x.Shape.Rank;
        for (int a = 0; a < x.Shape.Rank; a++) s[a + shift] = x.Shape[a] == 1 ? 0 : x.Strides[a];
        return s;
    }
}
