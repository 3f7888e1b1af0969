using System.Buffers.Binary;
using System.Diagnostics;
using Tessera.Data;

namespace Tessera.Tests.Data;

public sealed class PngDamageTests
{
    private const int Seed = 4711;

    private static byte[] Sample(int colour = 2, int depth = 8, bool interlaced = true) => new PngFile(19, 14, colour, depth, interlaced, new Random(Seed)).Fill(1 << depth).Write();

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] file = Sample();
        for (int length = 0; length < file.Length; length++) Refused(file.AsSpan(0, length).ToArray());
    }

    [Fact]
    public void Every_flipped_bit_is_refused()
    {
        byte[] file = Sample(0, 4, false);
        // Checksums cover every byte but the lengths, and a wrong length misplaces a checksum.
        for (int bit = 0; bit < 8 * file.Length; bit++)
        {
            byte[] damaged = [.. file];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Refused(damaged);
        }
    }

    [Fact]
    public void Damage_under_right_checksums_is_refused_or_read()
    {
        Random random = new(Seed);
        for (int round = 0; round < 2000; round++)
        {
            int colour = new[] { 0, 2, 3, 4, 6 }[random.Next(5)];
            byte[] file = new PngFile(9, 6, colour, 8, random.Next(2) == 0, random) { Palette = colour == 3 ? new byte[30] : null }.Fill(colour == 3 ? 10 : 256).Write();
            for (int flips = random.Next(1, 5); flips > 0; flips--) file[random.Next(8, file.Length)] ^= (byte)(1 << random.Next(8));
            Repair(file);
            try
            {
                Png.Decode(file);
            }
            catch (TesseraException)
            {
            }
        }
    }

    [Fact]
    public void A_header_that_promises_more_than_the_data_allocates_nothing()
    {
        byte[] file = Sample();
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(16), 40_000);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(20), 40_000);
        Repair(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Stopwatch clock = Stopwatch.StartNew();
        TesseraException e = Refused(file);
        Assert.Contains("40000×40000", e.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(8, 3, "bit depth 3")]
    [InlineData(9, 5, "colour type 5")]
    [InlineData(10, 1, "compression 1")]
    [InlineData(12, 2, "interlace method 2")]
    public void An_impossible_header_is_named(int at, byte value, string expected)
    {
        byte[] file = Sample();
        file[16 + at] = value;
        Repair(file);
        Assert.Contains(expected, Refused(file).Message);
    }

    [Fact]
    public void A_colour_outside_the_palette_is_named()
    {
        PngFile file = new(2, 1, 3, 8, false, new Random(Seed)) { Palette = [1, 2, 3] };
        file.Values[0, 1, 0] = 9;
        Assert.Contains("colour 9 is not in the palette of 1", Refused(file.Write()).Message);
    }

    [Fact]
    public void An_unknown_critical_chunk_is_unsupported()
    {
        byte[] sample = Sample();
        using MemoryStream file = new();
        file.Write(sample, 0, 33);
        PngFile.Chunk(file, "XYZW", [1, 2, 3]);
        file.Write(sample, 33, sample.Length - 33);
        Assert.Equal(ErrorCode.Unsupported, Assert.Throws<TesseraException>(() => Png.Decode(file.ToArray())).Code);
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("no-such.png", Assert.Throws<TesseraException>(() => Png.Load("no-such.png")).Message);

    private static TesseraException Refused(byte[] file)
    {
        TesseraException e = Assert.Throws<TesseraException>(() => Png.Decode(file));
        Assert.True(e.Code is ErrorCode.MalformedData or ErrorCode.Unsupported, e.ToString());
        return e;
    }

    /// <summary>Makes the checksums right again as far as the chunks can be followed.</summary>
    private static void Repair(byte[] file)
    {
        using MemoryStream copy = new();
        for (int at = 8; at + 12 <= file.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12) return;
            copy.SetLength(0);
            PngFile.Chunk(copy, string.Concat(file.AsSpan(at + 4, 4).ToArray().Select(b => (char)b)), file.AsSpan(at + 8, (int)length));
            copy.ToArray().AsSpan(8 + (int)length, 4).CopyTo(file.AsSpan(at + 8 + (int)length));
            at += 12 + (int)length;
        }
    }
}
