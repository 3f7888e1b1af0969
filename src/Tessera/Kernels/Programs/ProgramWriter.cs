using System.Buffers.Binary;

namespace Tessera.Kernels;

/// <summary>Writes the format of docs/program-format.md.</summary>
public static class ProgramWriter
{
    /// <summary>Bytes "TSRA", version, length of the header (32 bits each, little-endian), the header, then the sections, each at a multiple of 64.</summary>
    public static byte[] Write(Program p) => Write(p, p.Constants);

    /// <summary>As <see cref="Write(Program)"/>, but without a section of constants: for readers that have them, or get them, by their hashes.</summary>
    public static byte[] WriteWithoutConstants(Program p) => Write(p, null);

    private static byte[] Write(Program p, ReadOnlyMemory<byte>? constants)
    {
        byte[] header = Header(p, constants);
        long start = Padded(12 + header.Length), constantsAt = start + Padded(p.Code.Length);
        byte[] file = new byte[constants is { } bytes ? constantsAt + bytes.Length : start + p.Code.Length];
        "TSRA"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), Program.Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), header.Length);
        header.CopyTo(file, 12);
        p.Code.Span.CopyTo(file.AsSpan((int)start));
        constants?.Span.CopyTo(file.AsSpan((int)constantsAt));
        return file;
    }

    private static long Padded(long n) => (n + 63) / 64 * 64;

    private static byte[] Header(Program p, ReadOnlyMemory<byte>? constants)
    {
        HeaderBytes h = new();
        string[] names = [.. p.Kernels.Select(k => k.Name).Distinct()];
        h.Text(p.Target).Number(p.Memory).Number(p.Fault).Number(p.Code.Length).Number(constants is { } bytes ? bytes.Length + 1L : 0);
        h.List(p.ConstantTable, c => h.Bytes(Convert.FromHexString(c.Hash)).Number(c.At).Number(c.Bytes));
        h.List(p.Values, v =>
        {
            if (v.Constant is { } c) h.Number(c + 1L);
            else h.Number(0).Number(v.At).Number(v.Bytes);
        });
        foreach (IReadOnlyList<ProgramValue> values in (IReadOnlyList<ProgramValue>[])[p.Inputs, p.Outputs])
            h.List(values, v => h.Text(v.Name).Text(v.Type.ToString()).List([.. v.Shape.Span], e => h.Number(e)).Number(v.Value));
        h.List(names, n => h.Text(n));
        h.List(p.Kernels, k => h.Number(Array.IndexOf(names, k.Name)).Number(k.At).Number(k.Bytes).Number(k.Group));
        h.List(p.Steps, s =>
        {
            if (s.Kernel == ProgramStep.Clear) h.Number(0).Number(s.Values[0]);
            else h.Number(s.Kernel + 1L).List(s.Values, v => h.Number(v)).Number(s.Items);
        });
        return h.ToArray();
    }
}
