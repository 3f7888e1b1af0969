namespace Tessera.Data;

/// <summary>Portable Network Graphics: reads every colour type, bit depth and interlacing of the standard, writes 8-bit grey, grey-alpha, RGB and RGBA.</summary>
/// <remarks>16-bit samples are rounded to 8, smaller ones scaled to 0–255, palettes resolved, transparent colours become alpha. Gamma and colour profiles are not applied. Source: W3C Portable Network Graphics (PNG) Specification, third edition.</remarks>
public static class Png
{
    internal static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Whether the bytes begin as a PNG file does.</summary>
    public static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>The picture in the bytes of a PNG file: 1–4 channels as the file has them.</summary>
    /// <exception cref="TesseraException">MalformedData naming the byte offset; Unsupported for a critical chunk that the standard does not define; OutOfMemory when the pixels exceed what an array holds.</exception>
    public static Image Decode(ReadOnlySpan<byte> file) => PngDecoder.Decode(file);

    /// <summary>The picture in a PNG file.</summary>
    /// <exception cref="TesseraException">As <see cref="Decode"/>, and InvalidArgument when the file cannot be read.</exception>
    public static Image Load(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TesseraException(ErrorCode.InvalidArgument, $"Cannot read the picture '{path}': {e.Message}", e);
        }
        try
        {
            return Decode(file);
        }
        catch (TesseraException e)
        {
            throw new TesseraException(e.Code, $"'{path}': {e.Message}", e);
        }
    }

    /// <summary>The bytes of a PNG file with this picture.</summary>
    public static byte[] Encode(Image image) => PngEncoder.Encode(image);

    public static void Save(Image image, string path) => File.WriteAllBytes(path, Encode(image));
}
