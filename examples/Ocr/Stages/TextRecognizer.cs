using Tessera.Data;
using Tessera.Examples.Ocr.Geometry;

namespace Tessera.Examples.Ocr.Stages;

/// <summary>Reads lines of text that lie flat: the network slides over a line 48 pixels high and names a letter, or none, every 8 pixels.</summary>
public sealed class TextRecognizer(Func<Tensor, Tensor> model, CtcAlphabet alphabet)
{
    private const int Height = 48, NarrowestWidth = 320, WidthStep = 32, BatchSize = 6;

    public Reading[] Read(IReadOnlyList<Image> lines)
    {
        Reading[] readings = new Reading[lines.Count];
        // Lines of like width share a batch, so that little of it is padding.
        int[] order = [.. Enumerable.Range(0, lines.Count).OrderBy(i => Width(lines[i]))];
        foreach (int[] chunk in order.Chunk(BatchSize))
        {
            int widest = Math.Max(NarrowestWidth, (chunk.Max(i => Width(lines[i])) + WidthStep - 1) / WidthStep * WidthStep);
            using Tensor input = Tensor.Zeros(DType.Float32, [chunk.Length, 3, Height, widest]);
            for (int k = 0; k < chunk.Length; k++)
                Pixels.Centred.Write(Resampling.Resize(lines[chunk[k]], Width(lines[chunk[k]]), Height), input, k);
            using Tensor output = model(input);
            int steps = (int)output.Shape[1], classes = (int)output.Shape[2];
            for (int k = 0; k < chunk.Length; k++)
                readings[chunk[k]] = alphabet.Decode(output.Span<float>().Slice(k * steps * classes, steps * classes), steps);
        }
        return readings;
    }

    private static int Width(Image line) => Math.Max(1, (int)MathF.Ceiling((float)Height * line.Width / line.Height));
}
