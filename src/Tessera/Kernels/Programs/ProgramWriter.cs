using System.Buffers.Binary;
using System.Text.Json;

namespace Tessera.Kernels;

/// <summary>Writes the format of docs/program-format.md.</summary>
public static class ProgramWriter
{
    /// <summary>Bytes "TSRA", version, length of the header (32 bits each, little-endian), the header as UTF-8 JSON, then the sections, each at a multiple of 64.</summary>
    public static byte[] Write(Program p) => Write(p, p.Constants);

    /// <summary>As <see cref="Write(Program)"/>, but without a section of constants: for readers that have them, or get them, by their hashes.</summary>
    public static byte[] WriteWithoutConstants(Program p) => Write(p, null);

    private static byte[] Write(Program p, ReadOnlyMemory<byte>? constants)
    {
        long codeAt = 0, constantsAt = Padded(p.Code.Length);
        byte[] header = Header(p, codeAt, constants is null ? null : constantsAt);
        long start = Padded(12 + header.Length);
        byte[] file = new byte[start + (constants is { } bytes ? constantsAt + bytes.Length : p.Code.Length)];
        "TSRA"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), Program.Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), header.Length);
        header.CopyTo(file, 12);
        p.Code.Span.CopyTo(file.AsSpan((int)(start + codeAt)));
        constants?.Span.CopyTo(file.AsSpan((int)(start + constantsAt)));
        return file;
    }

    private static long Padded(long n) => (n + 63) / 64 * 64;

    private static byte[] Header(Program p, long codeAt, long? constantsAt)
    {
        MemoryStream s = new();
        using (Utf8JsonWriter w = new(s))
        {
            w.WriteStartObject();
            w.WriteString("target", p.Target);
            w.WriteNumber("memory", p.Memory);
            w.WriteNumber("fault", p.Fault);
            Section(w, "code", codeAt, p.Code.Length);
            if (constantsAt is { } at) Section(w, "constants", at, p.Constants.Length);
            List(w, "constantTable", p.ConstantTable, c =>
            {
                w.WriteString("hash", c.Hash);
                Section(w, c.At, c.Bytes);
            });
            List(w, "values", p.Values, v =>
            {
                if (v.Constant is { } c) w.WriteNumber("constant", c);
                else Section(w, v.At, v.Bytes);
            });
            List(w, "inputs", p.Inputs, v => Value(w, v));
            List(w, "outputs", p.Outputs, v => Value(w, v));
            List(w, "kernels", p.Kernels, k =>
            {
                w.WriteString("name", k.Name);
                Section(w, k.At, k.Bytes);
                w.WriteNumber("group", k.Group);
            });
            List(w, "steps", p.Steps, step =>
            {
                w.WriteNumber("kernel", step.Kernel);
                w.WriteStartArray("values");
                foreach (int v in step.Values) w.WriteNumberValue(v);
                w.WriteEndArray();
                w.WriteNumber("items", step.Items);
            });
            w.WriteEndObject();
        }
        return s.ToArray();
    }

    private static void List<T>(Utf8JsonWriter w, string name, IEnumerable<T> list, Action<T> write)
    {
        w.WriteStartArray(name);
        foreach (T t in list)
        {
            w.WriteStartObject();
            write(t);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static void Section(Utf8JsonWriter w, string name, long at, long bytes)
    {
        w.WriteStartObject(name);
        Section(w, at, bytes);
        w.WriteEndObject();
    }

    private static void Section(Utf8JsonWriter w, long at, long bytes)
    {
        w.WriteNumber("at", at);
        w.WriteNumber("bytes", bytes);
    }

    private static void Value(Utf8JsonWriter w, ProgramValue v)
    {
        w.WriteString("name", v.Name);
        w.WriteString("type", v.Type.ToString());
        w.WriteStartArray("shape");
        foreach (long e in v.Shape) w.WriteNumberValue(e);
        w.WriteEndArray();
        w.WriteNumber("value", v.Value);
    }
}
