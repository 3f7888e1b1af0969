using Tessera.Onnx;

namespace Tessera.Lab;

/// <summary>Convolutions of the kinds that image, sound and volume models hold.</summary>
internal static class ConvolutionRows
{
    public static IReadOnlyList<OpRow> All { get; } =
    [
        Plane(3, 224, 64, 7, step: 2), Plane(64, 56, 64, 3), Plane(128, 28, 128, 3), Plane(256, 14, 256, 3), Plane(512, 7, 512, 3), Plane(64, 56, 128, 3, step: 2),
        Plane(64, 56, 256, 1), Plane(96, 14, 576, 1), Plane(960, 7, 160, 1), Plane(256, 56, 128, 1, step: 2),
        Plane(144, 56, 144, 3, groups: 144), Plane(96, 112, 96, 3, step: 2, groups: 96), Plane(240, 28, 240, 5, groups: 240), Plane(384, 14, 384, 3, groups: 384),
        Plane(128, 28, 128, 3, groups: 32), Plane(64, 56, 64, 3, dilation: 2), Plane(64, 28, 64, 5),
        new("convolution", "Conv 1-D 128×1000 → 128, 5", () => new OpBuilder().In("x", 1, 128, 1000).Const("w", 128, 128, 5).Node("Conv", "x w", "y", OnnxAttribute.Of("pads", [2, 2])).Out("y", 1, 128, 1000).Build()) { Operations = 2.0 * 128 * 1000 * 128 * 5 },
        new("convolution", "Conv 3-D 16×16³ → 32, 3³", () => new OpBuilder().In("x", 1, 16, 16, 16, 16).Const("w", 32, 16, 3, 3, 3).Node("Conv", "x w", "y", OnnxAttribute.Of("pads", [1, 1, 1, 1, 1, 1])).Out("y", 1, 32, 16, 16, 16).Build()) { Operations = 2.0 * 32 * 4096 * 16 * 27 },
        new("convolution", "ConvTranspose 64×28² → 32, 4×4/2", () => new OpBuilder().In("x", 1, 64, 28, 28).Const("w", 64, 32, 4, 4).Node("ConvTranspose", "x w", "y", OnnxAttribute.Of("strides", [2, 2]), OnnxAttribute.Of("pads", [1, 1, 1, 1])).Out("y", 1, 32, 56, 56).Build()) { Operations = 2.0 * 64 * 28 * 28 * 32 * 16 },
        new("convolution", "Conv+Relu+Conv+Add 64×56², 3×3", () => new OpBuilder().In("x", 1, 64, 56, 56).Const("v", 64, 64, 3, 3).Const("b", 64).Const("w", 64, 64, 3, 3)
            .Node("Conv", "x v b", "c", OnnxAttribute.Of("pads", [1, 1, 1, 1])).Node("Relu", "c", "r").Node("Conv", "r w b", "d", OnnxAttribute.Of("pads", [1, 1, 1, 1])).Node("Add", "d x", "y").Out("y", 1, 64, 56, 56).Build()) { Operations = 4.0 * 64 * 56 * 56 * 64 * 9 },
    ];

    private static OpRow Plane(long c, long size, long m, long kernel, long step = 1, long groups = 1, long dilation = 1)
    {
        long pad = dilation * (kernel / 2), to = (size + 2 * pad - dilation * (kernel - 1) - 1) / step + 1;
        string kind = groups == 1 ? "" : groups == c ? " depthwise" : $" groups {groups}";
        return new("convolution", $"Conv {c}×{size}² → {m}, {kernel}×{kernel}{(step > 1 ? $"/{step}" : "")}{kind}{(dilation > 1 ? $" dilation {dilation}" : "")}", () => new OpBuilder().In("x", 1, c, size, size).Const("w", m, c / groups, kernel, kernel)
            .Node("Conv", "x w", "y", OnnxAttribute.Of("pads", [pad, pad, pad, pad]), OnnxAttribute.Of("strides", [step, step]), OnnxAttribute.Of("dilations", [dilation, dilation]), OnnxAttribute.Of("group", groups)).Out("y", 1, m, to, to).Build())
        { Operations = 2.0 * m * to * to * (c / groups) * kernel * kernel, Native = NativeJob.Conv(c, size, size, m, kernel, kernel, step, pad, groups, dilation) };
    }
}
