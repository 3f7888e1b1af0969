using Tessera.Ir;

namespace Tessera.Tests.Ops;

/// <summary>The cases of neural-network operators with their Float32 operands in 16 bits: results in 16 bits, near those of Float32.</summary>
public sealed class HalfWidthTests(OpEngines engines) : IClassFixture<OpEngines>
{
    private static readonly OpCase[] Cases = [.. NnCases.All.Concat(ContribCases.All).Concat(OpCases.All.Where(c => c.Op is "Gelu" or "Mish" or "Softmax" or "HardSwish")).Where(c => Takes16Bits(c) && c.In[0] is { Type: DType.Float32 }).Distinct()];

    // Quantisation starts from Float32 (scales), frequencies and recurrences with extreme activations are covered by their own cases.
    private static bool Takes16Bits(OpCase c) => c.Op is not ("QuantizeLinear" or "DynamicQuantizeMatMul" or "QLinearConcat" or "AffineGrid") && !c.Out.Any(t => t is { Type: DType.UInt8 or DType.Int8 });

    public static TheoryData<string, DType, int, string> Numbers()
    {
        TheoryData<string, DType, int, string> d = [];
        foreach (string engine in OpEngines.Names)
            foreach (DType type in (DType[])[DType.Float16, DType.BFloat16])
                for (int i = 0; i < Cases.Length; i++) d.Add(engine, type, i, Cases[i].ToString());
        return d;
    }

    private static Tensor Narrow(Tensor t, DType type) => type == DType.Float16
        ? Tensor.From(Array.ConvertAll(t.ToArray<float>(), v => (Half)v), t.Shape) : Tensor.From(Array.ConvertAll(t.ToArray<float>(), v => (BFloat16)v), t.Shape);

    [Theory, MemberData(nameof(Numbers))]
    public void Results_stay_near_those_of_Float32(string engine, DType type, int number, string what)
    {
        OpCase c = Cases[number];
        bool scales = c.Op is "Resize" or "Upsample";
        OpCase narrow = c with { In = [.. c.In.Select((t, i) => t is { Type: DType.Float32 } && !(scales && i > 0) ? Narrow(t, type) : t)] };
        Tensor[] got = narrow.Run(engines[engine], constant: false);
        Assert.True(got[0].Type == type || got[0].Type == c.Out[0]?.Type && !got[0].Type.IsFloat(), $"{what}: {got[0]}");
        // The operands themselves are rounded to 11 or 8 bits.
        double tolerance = type == DType.Float16 ? 0.01 : 0.06;
        for (int i = 0; i < c.Out.Length; i++)
            if (c.Out[i] is { } want) OpCase.Near(Scalars.ToFloat64(want), Scalars.ToFloat64(got[i]), tolerance);
    }
}
