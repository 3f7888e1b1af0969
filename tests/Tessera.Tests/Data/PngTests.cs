using Tessera.Data;

namespace Tessera.Tests.Data;

public sealed class PngTests
{
    private const int Seed = 20261121;

    public static TheoryData<int, int, bool> Kinds()
    {
        TheoryData<int, int, bool> kinds = [];
        foreach ((int colour, int[] depths) in new (int, int[])[] { (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]) })
            foreach (int depth in depths)
                foreach (bool interlaced in new[] { false, true }) kinds.Add(colour, depth, interlaced);
        return kinds;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_colour_type_depth_and_interlacing_is_read(int colour, int depth, bool interlaced)
    {
        foreach ((int width, int height) in new[] { (1, 1), (2, 5), (3, 1), (8, 8), (13, 11), (33, 9) })
        {
            Random random = new(Seed);
            int below = 1 << depth;
            byte[]? palette = colour == 3 ? new byte[3 * below] : null;
            if (palette is not null) random.NextBytes(palette);
            PngFile file = new PngFile(width, height, colour, depth, interlaced, random) { Palette = palette }.Fill(below);
            Image image = Png.Decode(file.Write());
            Assert.Equal((width, height, colour == 3 ? 3 : file.Samples), (image.Width, image.Height, image.Channels));
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    for (int c = 0; c < image.Channels; c++)
                    {
                        int expected = colour == 3 ? palette![3 * file.Values[y, x, 0] + c] : (int)Math.Floor(file.Values[y, x, c] * 255.0 / (below - 1) + 0.5);
                        Assert.Equal(expected, image[x, y][c]);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_transparent_colour_becomes_alpha()
    {
        Random random = new(Seed);
        PngFile grey = new PngFile(9, 7, 0, 2, false, random) { Transparency = [0, 2] }.Fill(4);
        Image image = Png.Decode(grey.Write());
        Assert.Equal(2, image.Channels);
        for (int y = 0; y < 7; y++)
            for (int x = 0; x < 9; x++) Assert.Equal([(byte)(grey.Values[y, x, 0] * 85), grey.Values[y, x, 0] == 2 ? (byte)0 : (byte)255], image[x, y].ToArray());

        PngFile rgb = new PngFile(6, 6, 2, 16, true, random) { Transparency = [0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC] }.Fill(1 << 16);
        (rgb.Values[3, 2, 0], rgb.Values[3, 2, 1], rgb.Values[3, 2, 2]) = (0x1234, 0x5678, 0x9ABC);
        // Equal to the transparent colour in 8 bits only.
        (rgb.Values[0, 0, 0], rgb.Values[0, 0, 1], rgb.Values[0, 0, 2]) = (0x1233, 0x5678, 0x9ABC);
        image = Png.Decode(rgb.Write());
        Assert.Equal(0, image[2, 3][3]);
        Assert.Equal(255, image[0, 0][3]);

        PngFile palette = new PngFile(4, 1, 3, 2, false, random) { Palette = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], Transparency = [7, 0] };
        for (int x = 0; x < 4; x++) palette.Values[0, x, 0] = x;
        Assert.Equal([1, 2, 3, 7, 4, 5, 6, 0, 7, 8, 9, 255, 10, 11, 12, 255], Png.Decode(palette.Write()).Pixels);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_is_written_reads_back(int channels)
    {
        Random random = new(Seed + channels);
        foreach ((int width, int height) in new[] { (1, 1), (1, 17), (31, 1), (64, 48) })
        {
            Image noise = new(width, height, channels), flat = new(width, height, channels);
            random.NextBytes(noise.Pixels);
            Array.Fill(flat.Pixels, (byte)200);
            foreach (Image image in new[] { noise, flat })
            {
                byte[] file = Png.Encode(image);
                Image back = Png.Decode(file);
                Assert.Equal((width, height, channels), (back.Width, back.Height, back.Channels));
                Assert.Equal(image.Pixels, back.Pixels);
            }
        }
    }

    [Fact]
    public void A_file_of_another_program_is_read()
    {
        // The smallest PNG in circulation: one transparent pixel, RGBA, written by libpng.
        byte[] file = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        Image image = Png.Decode(file);
        Assert.Equal((1, 1, 4), (image.Width, image.Height, image.Channels));
    }

    [Fact]
    public void Pictures_become_tensors_and_back()
    {
        Image image = new(3, 2, 3, [.. Enumerable.Range(0, 18).Select(i => (byte)i)]);
        using Tensor tensor = image.ToTensor();
        Assert.Equal(Shape.Of(2, 3, 3), tensor.Shape);
        Assert.Equal(image.Pixels, Image.FromTensor(tensor).Pixels);
        using Tensor wrong = Tensor.From(new float[18], [2, 3, 3]);
        Assert.Equal(ErrorCode.TypeMismatch, Assert.Throws<TesseraException>(() => Image.FromTensor(wrong)).Code);
        Assert.Equal([50, 50, 50, 255, 255, 255], new Image(2, 1, 2, [50, 255, 50, 0]).ToRgb().Pixels);
    }
}
