using Tessera.Data;
using Tessera.Onnx;

namespace Tessera.Cli.Inputs;

/// <summary>A picture as a model input: RGB, [1, 3, H, W] or [1, H, W, 3]; floats are scaled to 0…1, UInt8 stays 0…255; resized bilinearly when the model fixes the size.</summary>
internal static class ImageInput
{
    public static Tensor Read(Image picture, OnnxValueInfo info)
    {
        if (info.Type is not OnnxType.Tensor { Dims: { Length: 4 } dims } declared || declared.Element is not (DType.Float32 or DType.UInt8))
            throw new TesseraException(ErrorCode.TypeMismatch, $"Input '{info.Name}' is {info.Type}; a picture needs Float32 or UInt8 of rank 4.");
        Image rgb = picture.ToRgb();
        bool last = dims[3].Value is 1 or 3 && dims[1].Value is not (1 or 3);
        long channels = last ? dims[3].Value : dims[1].IsKnown ? dims[1].Value : 3;
        long h = last ? dims[1].Value : dims[2].Value, w = last ? dims[2].Value : dims[3].Value;
        if (channels is not (1 or 3)) throw new TesseraException(ErrorCode.ShapeMismatch, $"Input '{info.Name}' has {channels} channels; pictures give 1 or 3.");
        int height = h > 0 ? (int)h : rgb.Height, width = w > 0 ? (int)w : rgb.Width;
        float[] values = new float[channels * height * width];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++)
                for (int c = 0; c < channels; c++)
                {
                    float v = channels == 1 ? 0.299f * Sample(rgb, x, y, 0, width, height) + 0.587f * Sample(rgb, x, y, 1, width, height) + 0.114f * Sample(rgb, x, y, 2, width, height) : Sample(rgb, x, y, c, width, height);
                    values[last ? (y * width + x) * channels + c : (c * height + y) * width + x] = v;
                }
        Shape shape = last ? [1, height, width, channels] : [1, channels, height, width];
        return declared.Element == DType.UInt8 ? Tensor.From([.. values.Select(v => (byte)MathF.Round(v))], shape) : Tensor.From([.. values.Select(v => v / 255)], shape);
    }

    /// <summary>Bilinear sample with half-pixel centres.</summary>
    private static float Sample(Image image, int x, int y, int c, int width, int height)
    {
        float u = Math.Clamp((x + 0.5f) * image.Width / width - 0.5f, 0, image.Width - 1), v = Math.Clamp((y + 0.5f) * image.Height / height - 0.5f, 0, image.Height - 1);
        int x0 = (int)u, y0 = (int)v, x1 = Math.Min(x0 + 1, image.Width - 1), y1 = Math.Min(y0 + 1, image.Height - 1);
        float a = u - x0, b = v - y0;
        return (image[x0, y0][c] * (1 - a) + image[x1, y0][c] * a) * (1 - b) + (image[x0, y1][c] * (1 - a) + image[x1, y1][c] * a) * b;
    }
}
