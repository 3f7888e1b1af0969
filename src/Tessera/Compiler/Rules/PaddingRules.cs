using Tessera.Ir;

namespace Tessera.Compiler.Rules;

/// <summary>Zeros around the input of a convolution, which it can imagine by itself; exact for finite weights.</summary>
internal static class PaddingRules
{
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("conv(pad x with 0) → conv(x) with padding", GraphOp.Conv, (r, n) =>
        {
            if (n is not { Arg: Arg.Conv a, In: [{ Op: GraphOp.Pad, Arg: Arg.Pad { Mode: PadMode.Constant } p, In: [var x, var zero] }, var w] } || Constants.Uniform(zero) is not 0) return null;
            if (p.Before[0] + p.Before[1] + p.After[0] + p.After[1] > 0) return null;
            return r.G.Conv(x, w, a with { Before = Sum(a.Before, p.Before), After = Sum(a.After, p.After) });
        }),
    ];

    private static Ints Sum(Ints spatial, Ints all) => Ints.Of(spatial.Select((v, i) => v + all[i + 2]));
}
