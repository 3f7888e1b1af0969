using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json;

namespace Tessera.Kernels;

/// <summary>Reads the format of docs/program-format.md. Every offset is checked before anything is allocated.</summary>
public static class ProgramReader
{
    private const int Fixed = 12;

    /// <exception cref="TesseraException">MalformedModel: not a program, of another version, truncated, or with offsets that lie outside.</exception>
    public static Program Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < Fixed || !file.Span[..4].SequenceEqual("TSRA"u8)) throw Bad("the first bytes are not TSRA");
        int version = BinaryPrimitives.ReadInt32LittleEndian(file.Span[4..]), length = BinaryPrimitives.ReadInt32LittleEndian(file.Span[8..]);
        if (version != Program.Version) throw Bad($"it is of format {version}; this reader knows format {Program.Version}");
        if (length < 2 || length > file.Length - Fixed) throw Bad("its header ends beyond the file");
        long start = (Fixed + (long)length + 63) / 64 * 64;
        try
        {
            using JsonDocument header = JsonDocument.Parse(file.Slice(Fixed, length), new JsonDocumentOptions { MaxDepth = 8 });
            Program p = Header(header.RootElement, file, start);
            Check(p);
            return p;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Bad($"its header does not say what a header must: {e.Message}");
        }
    }

    private static Program Header(JsonElement h, ReadOnlyMemory<byte> file, long start) => new(h.GetProperty("target").GetString() ?? "", h.GetProperty("memory").GetInt64(), h.GetProperty("fault").GetInt64(),
        Values(h.GetProperty("inputs")), Values(h.GetProperty("outputs")),
        [.. h.GetProperty("constantTable").EnumerateArray().Select(c => c.GetArrayLength() == 3 ? new ProgramConstant(c[0].GetInt64(), c[1].GetInt64(), c[2].GetInt64()) : throw Bad("a constant is no triple"))],
        [.. h.GetProperty("kernels").EnumerateArray().Select(k => k.GetString() ?? "")],
        [.. h.GetProperty("steps").EnumerateArray().Select(s => new ProgramStep(s.GetProperty("kernel").GetInt32(), [.. s.GetProperty("buffers").EnumerateArray().Select(b => b.GetInt64())], s.GetProperty("items").GetInt64()))],
        Section(h.GetProperty("code"), file, start), Section(h.GetProperty("constants"), file, start));

    private static ReadOnlyMemory<byte> Section(JsonElement s, ReadOnlyMemory<byte> file, long start)
    {
        long at = s.GetProperty("at").GetInt64(), bytes = s.GetProperty("bytes").GetInt64();
        return at >= 0 && bytes >= 0 && start <= file.Length && at <= file.Length - start && bytes <= file.Length - start - at ? file.Slice((int)(start + at), (int)bytes) : throw Bad("a section ends beyond the file");
    }

    private static ImmutableArray<ProgramValue> Values(JsonElement list) => [.. list.EnumerateArray().Select(v =>
    {
        if (!Enum.TryParse(v.GetProperty("type").GetString(), out DType type) || KernelType.Reads(type) is null) throw Bad($"there is no element type {v.GetProperty("type").GetString()}");
        ProgramValue value = new(v.GetProperty("name").GetString() ?? "", type, Shape.Of([.. v.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())]), v.GetProperty("at").GetInt64());
        return value.Bytes == v.GetProperty("bytes").GetInt64() ? value : throw Bad($"'{value.Name}' takes {value.Bytes} bytes, not those that it says");
    })];

    private static void Check(Program p)
    {
        bool Inside(long at, long bytes) => at >= 0 && bytes >= 0 && at <= p.Memory && bytes <= p.Memory - at;
        if (p.Memory < 0 || !Inside(p.Fault, sizeof(int))) throw Bad("its fault word lies outside its memory");
        foreach (ProgramValue v in (IEnumerable<ProgramValue>)[.. p.Inputs, .. p.Outputs])
            if (!Inside(v.At, v.Bytes)) throw Bad($"'{v.Name}' lies outside its memory");
        foreach (ProgramConstant c in p.ConstantTable)
            if (!Inside(c.At, c.Bytes) || c.From < 0 || c.From > p.Constants.Length || c.Bytes > p.Constants.Length - c.From) throw Bad("a constant lies outside its memory or constants");
        foreach (ProgramStep s in p.Steps)
            if (s.Kernel < 0 || s.Kernel >= p.Kernels.Length || s.Items < 0 || !s.Buffers.All(b => Inside(b, 0))) throw Bad("a step names a kernel or buffer that it has not");
    }

    private static TesseraException Bad(string why) => new(ErrorCode.MalformedModel, $"This is no program that can be run: {why}.");
}
