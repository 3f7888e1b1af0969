namespace Tessera.Data;

/// <summary>A picture of bytes: row-major, channels interleaved (height × width × channels). 1 channel is grey, 2 grey and alpha, 3 RGB, 4 RGBA.</summary>
public sealed class Image
{
    /// <summary>A picture over <paramref name="pixels"/>, not copied; without them, black (transparent when there is an alpha channel).</summary>
    /// <exception cref="TesseraException">ShapeMismatch when the length is not width × height × channels, or an extent is out of range.</exception>
    public Image(int width, int height, int channels, byte[]? pixels = null)
    {
        if (width <= 0 || height <= 0 || channels is < 1 or > 4 || (long)width * height * channels > Array.MaxLength)
            throw new TesseraException(ErrorCode.ShapeMismatch, $"A picture cannot be {width}×{height} with {channels} channels; it needs 1–4 channels and at most {Array.MaxLength} bytes.");
        if (pixels is not null && pixels.Length != width * height * channels)
            throw new TesseraException(ErrorCode.ShapeMismatch, $"{pixels.Length} bytes do not fill {width}×{height}×{channels}.");
        (Width, Height, Channels, Pixels) = (width, height, channels, pixels ?? new byte[width * height * channels]);
    }

    public int Width { get; }

    public int Height { get; }

    public int Channels { get; }

    public byte[] Pixels { get; }

    /// <summary>The channels of one pixel.</summary>
    public Span<byte> this[int x, int y] => Pixels.AsSpan((y * Width + x) * Channels, Channels);

    /// <summary>The bytes of one row.</summary>
    public Span<byte> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>Three channels: grey is repeated, alpha is laid over white. This picture itself when it is RGB already.</summary>
    public Image ToRgb()
    {
        if (Channels == 3) return this;
        Image rgb = new(Width, Height, 3);
        int colours = Channels < 3 ? 1 : 3;
        bool alpha = Channels is 2 or 4;
        for (int p = 0, to = 0, from = 0; p < Width * Height; p++, to += 3, from += Channels)
        {
            int a = alpha ? Pixels[from + colours] : 255;
            for (int c = 0; c < 3; c++)
            {
                int v = Pixels[from + (colours == 1 ? 0 : c)];
                rgb.Pixels[to + c] = (byte)((v * a + 255 * (255 - a) + 127) / 255);
            }
        }
        return rgb;
    }

    /// <summary>A UInt8 tensor [height, width, channels] with a copy of the pixels.</summary>
    public Tensor ToTensor() => Tensor.From(Pixels, [Height, Width, Channels]);

    /// <summary>A picture with a copy of a UInt8 tensor [height, width, channels].</summary>
    /// <exception cref="TesseraException">TypeMismatch or ShapeMismatch when it is no such tensor.</exception>
    public static Image FromTensor(Tensor tensor)
    {
        if (tensor.Type != DType.UInt8) throw new TesseraException(ErrorCode.TypeMismatch, $"A picture is made of UInt8, not {tensor.Type}; convert the tensor first.");
        if (tensor.Shape.Rank != 3 || tensor.Shape[2] > 4 || tensor.Shape[0] > int.MaxValue || tensor.Shape[1] > int.MaxValue)
            throw new TesseraException(ErrorCode.ShapeMismatch, $"A picture has the shape [height, width, 1–4 channels], not {tensor.Shape}.");
        return new((int)tensor.Shape[1], (int)tensor.Shape[0], (int)tensor.Shape[2], tensor.ToArray<byte>());
    }
}
