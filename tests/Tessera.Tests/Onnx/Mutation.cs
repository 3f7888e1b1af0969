namespace Tessera.Tests.Onnx;

/// <summary>Damages bytes the ways that files are damaged, and the ways that an attacker would.</summary>
internal sealed class Mutation(Random random)
{
    private static readonly byte[][] Poison =
    [
        [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x07],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80], [0x80, 0x80, 0x80, 0x80, 0x10], [0x00], [0x0B], [0x0C],
    ];

    public byte[] Apply(byte[] original)
    {
        List<byte> b = [.. original];
        for (int n = random.Next(1, 8); n > 0 && b.Count > 0; n--) One(b);
        return [.. b];
    }

    private void One(List<byte> b)
    {
        int at = random.Next(b.Count), length = random.Next(1, Math.Min(64, b.Count - at) + 1);
        switch (random.Next(8))
        {
            case 0: b[at] ^= (byte)(1 << random.Next(8)); break;
            case 1: b[at] = (byte)random.Next(256); break;
            case 2: b[at] = (byte)(b[at] + random.Next(-2, 3)); break;
            case 3: b.RemoveRange(at, length); break;
            case 4: b.InsertRange(random.Next(b.Count), b.GetRange(at, length)); break;
            case 5: Overwrite(b, at); break;
            case 6: b.InsertRange(at, Poison[random.Next(Poison.Length)]); break;
            case 7 when random.Next(8) == 0: b.RemoveRange(at, b.Count - at); break;
            default: b[at] = (byte)(((random.Next(1, 31) << 3) | random.Next(6)) & 0xFF); break;
        }
    }

    private void Overwrite(List<byte> b, int at)
    {
        byte[] p = Poison[random.Next(Poison.Length)];
        for (int i = 0; i < p.Length && at + i < b.Count; i++) b[at + i] = p[i];
    }
}
