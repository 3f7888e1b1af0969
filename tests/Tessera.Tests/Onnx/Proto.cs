using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

/// <summary>Protobuf made by hand, right or wrong.</summary>
internal static class Proto
{
    public static byte[] Message(Action<WireWriter> fill)
    {
        using WireWriter w = new();
        fill(w);
        return w.ToBytes();
    }

    /// <summary>Tag and length of a length-delimited field.</summary>
    public static byte[] Header(int field, long length) => [.. Varint(((ulong)field << 3) | 2), .. Varint((ulong)length)];

    public static byte[] Varint(ulong value)
    {
        List<byte> b = [];
        for (; value >= 0x80; value >>= 7) b.Add((byte)(value | 0x80));
        return [.. b, (byte)value];
    }

    /// <summary>A model of IR version 8 and opset 17 around a graph's fields.</summary>
    public static byte[] Model(Action<WireWriter> graph) => Message(w =>
    {
        w.Int64(1, 8);
        w.Message(8, o => o.Int64(2, 17));
        w.Message(7, graph);
    });

    /// <summary>A model with one initializer of the given fields, named "w", which is its output.</summary>
    public static byte[] Initializer(Action<WireWriter> tensor) => Model(g =>
    {
        g.Message(5, t =>
        {
            t.Text(8, "w");
            tensor(t);
        });
        g.Message(12, o => o.Text(1, "w"));
    });
}

internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("tessera-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
