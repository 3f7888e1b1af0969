using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Conversions that follow one another.</summary>
internal static class CastRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("cast to its own type → itself", GraphOp.Cast, (_, n) => n.In[0].Type == n.Type ? n.In[0] : null),
        new("cast · lossless cast → cast", GraphOp.Cast, (r, n) => n is { Arg: Arg.To to, In: [{ Op: GraphOp.Cast, In: [var x] } inner] } && Merges(x.Type, inner.Type, n.Type)
            ? r.G.Cast(x, n.Type, to.Saturate) : null),
    ];

    /// <summary>Whether <paramref name="from"/> → <paramref name="via"/> → <paramref name="to"/> is <paramref name="from"/> → <paramref name="to"/> for every value.</summary>
    /// <remarks>Integers that pass through a float and leave it as a narrower integer saturate or not depending on the way, so those stay.</remarks>
    public static bool Merges(DType from, DType via, DType to)
    {
        if (!Holds(via, from)) return false;
        bool whole = from.IsInteger() && via.IsFloat() && to.IsInteger();
        return !whole || Holds(to, from);
    }

    /// <summary>Whether every value of <paramref name="from"/> is one of <paramref name="to"/>.</summary>
    public static bool Holds(DType to, DType from)
    {
        if (to == from) return true;
        if (from == DType.Bool) return to.IsInteger() || to is DType.Float64 or DType.Float32 or DType.Float16 or DType.BFloat16;
        if (from.IsInteger() && to.IsInteger()) return from.IsUnsigned() ? to.Bits() > from.Bits() || to.IsUnsigned() && to.Bits() >= from.Bits() : to.IsSigned() && to.Bits() >= from.Bits();
        int digits = to switch { DType.Float64 => 53, DType.Float32 => 24, DType.Float16 => 11, DType.BFloat16 => 8, _ => 0 };
        if (from.IsInteger()) return from.Bits() - (from.IsSigned() ? 1 : 0) <= digits;
        return (from, to) is (DType.Float32 or DType.Float16 or DType.BFloat16, DType.Float64) or (DType.Float16 or DType.BFloat16, DType.Float32);
    }
}
