using static Tessera.Tests.Ops.Write;

namespace Tessera.Tests.Ops;

/// <summary>Operands and attributes that do not fit are refused with the operator's name, whether they are known while building or not.</summary>
public sealed class RefusalTests(OpEngines engines) : IClassFixture<OpEngines>
{
    private static readonly OpCase[] Cases =
    [
        new("Reshape", 14, [F(1, 2, 3), L(2, -1)], [null]),
        new("Reshape", 14, [F(1, 2, 3), L(-1, -1)], [null]),
        new("Reshape", 14, [F(1, 2, 3), L(3, 0)], [null]),
        new("Reshape", 14, [F(1, 2, 3), L(-3)], [null]),
        new("Squeeze", 13, [F([1, 2], 1, 2), L(1)], [null]),
        new("Squeeze", 13, [F([1, 2], 1, 2), L(2)], [null]),
        new("Unsqueeze", 13, [F(1), L(0, 0)], [null]),
        new("Unsqueeze", 13, [F(1), L(2)], [null]),
        new("Transpose", 13, [F([1, 2], 1, 2)], [null], A("perm", [0, 0])),
        new("Expand", 13, [F(1, 2), L(3)], [null]),
        new("Tile", 13, [F(1, 2), L(-1)], [null]),
        new("Tile", 13, [F(1, 2), L(1, 1)], [null]),
        new("Concat", 13, [F(1), F([1, 1], 1)], [null], A("axis", 0)),
        new("Concat", 13, [F(1), L(1)], [null], A("axis", 0)),
        new("Concat", 13, [F(1), F(1)], [null]),
        new("Split", 13, [F(1, 2, 3)], [null, null]),
        new("Split", 13, [F(1, 2, 3), L(1, 1)], [null, null]),
        new("Split", 13, [F(1, 2, 3), L(4, -1)], [null, null]),
        new("Slice", 13, [F(1, 2), L(0), L(1), L(0), L(0)], [null]),
        new("Slice", 13, [F(1, 2), L(0, 0), L(1)], [null]),
        new("Slice", 13, [F([2, 2], new float[4]), L(0, 0), L(1, 1), L(0, -2)], [null]),
        new("Pad", 13, [F(1, 2), L(1)], [null]),
        new("Pad", 13, [F(1, 2), L(-2, -1)], [null]),
        new("Pad", 13, [F(1, 2), L(1, 1)], [null], A("mode", "mirror")),
        new("Add", 14, [F(1, 2), F(1, 2, 3)], [null]),
        new("Add", 14, [F(1), L(1)], [null]),
        new("Exp", 13, [L(1)], [null]),
        new("Where", 16, [L(1), F(1), F(1)], [null]),
        new("Mod", 13, [F(1), F(1)], [null]),
        new("BitShift", 11, [T<byte>([1], 1), T<byte>([1], 1)], [null], A("direction", "UP")),
        new("Cast", 13, [F(1)], [null], A("to", 99)),
        new("Cast", 13, [S("x1")], [null], A("to", 1)),
        new("Cast", 13, [F(1)], [null]),
        new("PRelu", 16, [F(1), F(1, 2)], [null]),
        new("Gelu", 20, [F(1)], [null], A("approximate", "sigmoid")),
        new("Clip", 13, [F(1), F(1, 2), null], [null]),
        new("Softmax", 13, [F(1)], [null], A("axis", 1)),
        new("ReduceSum", 13, [F(1), L(1)], [null]),
        new("ReduceMean", 18, [N(), L(0)], [null]),
        new("ArgMax", 13, [F([0, 2])], [null]),
        new("CumSum", 14, [F(1), T<int>([], 1)], [null]),
        new("Gather", 13, [F(1, 2), F(1)], [null]),
        new("Gather", 13, [F(1, 2), L(2)], [null]),
        new("GatherElements", 13, [F(1, 2), L([1, 1], 0)], [null]),
        new("GatherND", 13, [F(1, 2), L([1, 2], 0, 0)], [null]),
        new("ScatterND", 18, [F(1, 2), L([1, 1], 0), F(1, 2)], [null]),
        new("ScatterElements", 18, [F(1, 2), L(0), F(1)], [null], A("reduction", "mean")),
        new("ScatterElements", 18, [F(1, 2), L(-3), F(1)], [null]),
        new("TopK", 11, [F(1, 2), L(3)], [null, null]),
        new("OneHot", 11, [L(1), L(0), F(0, 1)], [null]),
        new("MatMul", 13, [F([2, 3], new float[6]), F([2, 3], new float[6])], [null]),
        new("MatMul", 13, [F([], 1), F(1)], [null]),
        new("Gemm", 13, [F(1), F(1)], [null]),
        new("Gemm", 13, [F([1, 1], 1), F([1, 1], 1), F(1, 2)], [null]),
        new("Det", 11, [F([2, 3], new float[6])], [null]),
        new("Range", 11, [F([], 0), F([], 1), F([], 0)], [null]),
        new("Range", 11, [L([], 0), L([], long.MaxValue), L([], 1)], [null]),
        new("Range", 11, [F([], 0), F([], 1e30f), F([], 1)], [null]),
        new("OneHot", 11, [L(1), L(long.MaxValue), F(0, 1)], [null]),
        new("Split", 18, [F(1, 2, 3)], [null, null], A("num_outputs", 1L << 40)),
        new("Tile", 13, [F(1, 2), L(long.MaxValue)], [null]),
        new("Pad", 13, [F(1, 2), L(long.MaxValue, 1)], [null]),
        new("Range", 11, [L([], 0), L([], 1), L([], 0)], [null]),
        new("ConstantOfShape", 9, [L(-1)], [null]),
        new("Constant", 13, [], [null]),
        new("DepthToSpace", 13, [F([1, 3, 1, 1], 1, 2, 3)], [null], A("blocksize", 2)),
        new("SpaceToDepth", 13, [F([1, 1, 1, 1], 1)], [null], A("blocksize", 0)),
        new("ReverseSequence", 10, [F([1, 2], 1, 2), L(1)], [null]),
        new("Col2Im", 18, [F([1, 4, 4], new float[16]), L(4, 4), L(2, 2)], [null]),
        new("NegativeLogLikelihoodLoss", 13, [F([1, 2], 0, 0), L(0, 1)], [null]),
        new("RandomNormal", 1, [], [null], A("shape", [2]), A("dtype", 7)),
        new("TensorScatter", 24, [F([1, 2, 1], 0, 0), F([1, 3, 1], 1, 2, 3)], [null]),
    ];

    public static TheoryData<int, string> Numbers()
    {
        TheoryData<int, string> d = [];
        for (int i = 0; i < Cases.Length; i++) d.Add(i, Cases[i].ToString());
        return d;
    }

    [Theory, MemberData(nameof(Numbers))]
    public void Is_refused_naming_the_operator(int number, string what)
    {
        foreach (string name in OpEngines.Names)
            foreach (bool constant in (bool[])[false, true])
            {
                TesseraException x = Assert.Throws<TesseraException>(() => Cases[number].Run(engines[name], constant));
                Assert.True(x.Code is not ErrorCode.Internal && x.Message.Contains(Cases[number].Op, StringComparison.Ordinal), $"{what} on {name}: {x.Code}: {x.Message}");
            }
    }
}
