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

    private static Program Header(JsonElement h, ReadOnlyMemory<byte> file, long start)
    {
        ImmutableArray<ProgramConstant> constants = [.. h.GetProperty("constantTable").EnumerateArray().Select(c => new ProgramConstant(c.GetProperty("hash").GetString() ?? "", Long(c, "at"), Long(c, "bytes")))];
        return new(h.GetProperty("target").GetString() ?? "", Long(h, "memory"), Long(h, "fault"),
            [.. h.GetProperty("values").EnumerateArray().Select(v => Buffer(v, constants))], Values(h.GetProperty("inputs")), Values(h.GetProperty("outputs")), constants,
            [.. h.GetProperty("kernels").EnumerateArray().Select(k => new ProgramKernel(k.GetProperty("name").GetString() ?? "", Long(k, "at"), Long(k, "bytes"), k.GetProperty("group").GetInt32()))],
            [.. h.GetProperty("steps").EnumerateArray().Select(s => new ProgramStep(s.GetProperty("kernel").GetInt32(), [.. s.GetProperty("values").EnumerateArray().Select(b => b.GetInt32())], Long(s, "items")))],
            Section(h.GetProperty("code"), file, start), Section(h.GetProperty("constants"), file, start));
    }

    private static long Long(JsonElement e, string name) => e.GetProperty(name).GetInt64();

    private static ProgramBuffer Buffer(JsonElement v, ImmutableArray<ProgramConstant> constants)
    {
        if (!v.TryGetProperty("constant", out JsonElement c)) return new(null, Long(v, "at"), Long(v, "bytes"));
        int number = c.GetInt32();
        return number >= 0 && number < constants.Length ? new(number, 0, constants[number].Bytes) : throw Bad($"there is no constant {number}");
    }

    private static ReadOnlyMemory<byte> Section(JsonElement s, ReadOnlyMemory<byte> file, long start)
    {
        long at = s.GetProperty("at").GetInt64(), bytes = s.GetProperty("bytes").GetInt64();
        return at >= 0 && bytes >= 0 && start <= file.Length && at <= file.Length - start && bytes <= file.Length - start - at ? file.Slice((int)(start + at), (int)bytes) : throw Bad("a section ends beyond the file");
    }

    private static ImmutableArray<ProgramValue> Values(JsonElement list) => [.. list.EnumerateArray().Select(v =>
    {
        if (!Enum.TryParse(v.GetProperty("type").GetString(), out DType type) || KernelType.Reads(type) is null) throw Bad($"there is no element type {v.GetProperty("type").GetString()}");
        return new ProgramValue(v.GetProperty("name").GetString() ?? "", type, Shape.Of([.. v.GetProperty("shape").EnumerateArray().Select(e => e.GetInt64())]), v.GetProperty("value").GetInt32());
    })];

    private static void Check(Program p)
    {
        bool Number(int value) => value >= 0 && value < p.Values.Length;
        if (p.Memory < 0 || !Inside(p.Fault, sizeof(int), p.Memory)) throw Bad("its fault word lies outside its arena");
        foreach (ProgramConstant c in p.ConstantTable)
            if (!Inside(c.At, c.Bytes, p.Constants.Length)) throw Bad("a constant lies outside its section");
        foreach (ProgramBuffer v in p.Values)
            if (v.Constant is null && !Inside(v.At, v.Bytes, p.Memory)) throw Bad("a buffer lies outside its arena");
        foreach (ProgramValue v in (IEnumerable<ProgramValue>)[.. p.Inputs, .. p.Outputs])
            if (!Number(v.Value) || p.Values[v.Value].Bytes != v.Bytes) throw Bad($"'{v.Name}' takes {v.Bytes} bytes, not those of its buffer");
        foreach (ProgramValue v in p.Inputs)
            if (p.Values[v.Value].Constant is not null) throw Bad($"the input '{v.Name}' would be written to a constant");
        foreach (ProgramKernel k in p.Kernels)
            if (!Inside(k.At, k.Bytes, p.Code.Length) || k.Group < 1) throw Bad("the code of a kernel lies outside its section");
        foreach (ProgramStep s in p.Steps)
            if (s.Kernel < 0 || s.Kernel >= p.Kernels.Length || s.Items < 0 || !s.Values.All(Number)) throw Bad("a step names a kernel or buffer that it has not");
    }

    private static bool Inside(long at, long bytes, long size) => at >= 0 && bytes >= 0 && at <= size && bytes <= size - at;

    private static TesseraException Bad(string why) => new(ErrorCode.MalformedModel, $"This is no program that can be run: {why}.");
}
