using Tessera.Data;
using Tessera.Examples.Ocr.Geometry;

namespace Tessera.Examples.Ocr.Stages;

/// <summary>Tells lines that stand on their head: two classes, 0° and 180°.</summary>
public sealed class OrientationClassifier(Func<Tensor, Tensor> model)
{
    private const int Height = 48, Width = 192, BatchSize = 6;

    /// <summary>For each line the probability that it must be turned around.</summary>
    public float[] UpsideDown(IReadOnlyList<Image> lines)
    {
        float[] turned = new float[lines.Count];
        for (int first = 0; first < lines.Count; first += BatchSize)
        {
            int count = Math.Min(BatchSize, lines.Count - first);
            using Tensor input = Tensor.Zeros(DType.Float32, [count, 3, Height, Width]);
            for (int i = 0; i < count; i++)
            {
                Image line = lines[first + i];
                int width = Math.Clamp((int)MathF.Ceiling((float)Height * line.Width / line.Height), 1, Width);
                Pixels.Centred.Write(Resampling.Resize(line, width, Height), input, i);
            }
            using Tensor output = model(input);
            ReadOnlySpan<float> classes = output.Span<float>();
            for (int i = 0; i < count; i++) turned[first + i] = classes[2 * i + 1];
        }
        return turned;
    }
}
