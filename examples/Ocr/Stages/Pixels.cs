using Tessera.Data;

namespace Tessera.Examples.Ocr.Stages;

/// <summary>Pictures as the models expect them: planes of blue, green, red, each channel c as (value ÷ 255 − mean[c]) ÷ deviation[c].</summary>
internal sealed record Pixels(float[] Mean, float[] Deviation)
{
    /// <summary>Statistics of ImageNet, which the detector was trained with.</summary>
    public static Pixels ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>−1…1.</summary>
    public static Pixels Centred { get; } = new([0.5f, 0.5f, 0.5f], [0.5f, 0.5f, 0.5f]);

    /// <summary>Writes a picture to the left of one item of a batch [item, 3, height, width]; what lies right of it stays.</summary>
    public void Write(Image image, Tensor batch, int item)
    {
        int height = (int)batch.Shape[2], width = (int)batch.Shape[3];
        Span<float> values = batch.Span<float>().Slice(item * 3 * height * width, 3 * height * width);
        for (int c = 0; c < 3; c++)
        {
            (float scale, float shift) = (1 / (255 * Deviation[c]), -Mean[c] / Deviation[c]);
            for (int y = 0; y < image.Height; y++)
            {
                ReadOnlySpan<byte> row = image.Row(y);
                Span<float> plane = values[((c * height + y) * width)..];
                for (int x = 0; x < image.Width; x++) plane[x] = row[3 * x + 2 - c] * scale + shift;
            }
        }
    }
}
