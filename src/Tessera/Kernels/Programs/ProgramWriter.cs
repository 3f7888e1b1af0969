using System.Buffers.Binary;
using System.Text.Json;

namespace Tessera.Kernels;

/// <summary>Writes the format of docs/program-format.md.</summary>
public static class ProgramWriter
{
    /// <summary>Bytes "TSRA", version, length of the header (32 bits each, little-endian), the header as UTF-8 JSON, then the sections, each at a multiple of 64.</summary>
    public static byte[] Write(Program p)
    {
        long codeAt = 0, constantsAt = Padded(p.Code.Length);
        byte[] header = Header(p, codeAt, constantsAt);
        long start = Padded(12 + header.Length);
        byte[] file = new byte[start + constantsAt + p.Constants.Length];
        "TSRA"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), Program.Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), header.Length);
        header.CopyTo(file, 12);
        p.Code.Span.CopyTo(file.AsSpan((int)(start + codeAt)));
        p.Constants.Span.CopyTo(file.AsSpan((int)(start + constantsAt)));
        return file;
    }

    private static long Padded(long n) => (n + 63) / 64 * 64;

    private static byte[] Header(Program p, long codeAt, long constantsAt)
    {
        MemoryStream s = new();
        using (Utf8JsonWriter w = new(s))
        {
            w.WriteStartObject();
            w.WriteString("target", p.Target);
            w.WriteNumber("memory", p.Memory);
            w.WriteNumber("fault", p.Fault);
            Section(w, "code", codeAt, p.Code.Length);
            Section(w, "constants", constantsAt, p.Constants.Length);
            Values(w, "inputs", p.Inputs);
            Values(w, "outputs", p.Outputs);
            w.WriteStartArray("constantTable");
            foreach (ProgramConstant c in p.ConstantTable)
            {
                w.WriteStartArray();
                w.WriteNumberValue(c.At);
                w.WriteNumberValue(c.From);
                w.WriteNumberValue(c.Bytes);
                w.WriteEndArray();
            }
            w.WriteEndArray();
            w.WriteStartArray("kernels");
            foreach (string k in p.Kernels) w.WriteStringValue(k);
            w.WriteEndArray();
            w.WriteStartArray("steps");
            foreach (ProgramStep step in p.Steps)
            {
                w.WriteStartObject();
                w.WriteNumber("kernel", step.Kernel);
                w.WriteStartArray("buffers");
                foreach (long b in step.Buffers) w.WriteNumberValue(b);
                w.WriteEndArray();
                w.WriteNumber("items", step.Items);
                w.WriteEndObject();
            }
            w.WriteEndArray();
            w.WriteEndObject();
        }
        return s.ToArray();
    }

    private static void Section(Utf8JsonWriter w, string name, long at, long bytes)
    {
        w.WriteStartObject(name);
        w.WriteNumber("at", at);
        w.WriteNumber("bytes", bytes);
        w.WriteEndObject();
    }

    private static void Values(Utf8JsonWriter w, string name, IEnumerable<ProgramValue> values)
    {
        w.WriteStartArray(name);
        foreach (ProgramValue v in values)
        {
            w.WriteStartObject();
            w.WriteString("name", v.Name);
            w.WriteString("type", v.Type.ToString());
            w.WriteStartArray("shape");
            foreach (long e in v.Shape) w.WriteNumberValue(e);
            w.WriteEndArray();
            w.WriteNumber("at", v.At);
            w.WriteNumber("bytes", v.Bytes);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }
}
