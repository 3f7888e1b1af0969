using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Tessera.Data;

/// <summary>Reads and writes NumPy's .npy files (format 1.0 to 3.0, little-endian or native) and .npz archives.</summary>
/// <remarks>Source: numpy.lib.format. Unicode arrays (U) become string tensors; object arrays are refused.</remarks>
public static partial class Npy
{
    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <exception cref="TesseraException">MalformedData when the file is no array; Unsupported for element types that tensors do not hold.</exception>
    public static Tensor Read(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Magic) || file.Length < 10) throw Bad("it does not begin with \\x93NUMPY");
        int length = file[6] == 1 ? BitConverter.ToUInt16(file[8..]) : file.Length >= 12 ? BitConverter.ToInt32(file[8..]) : -1, start = file[6] == 1 ? 10 : 12;
        if (length < 0 || length > file.Length - start) throw Bad("its header is longer than the file");
        string header = Encoding.UTF8.GetString(file.Slice(start, length));
        Match m = Header().Match(header);
        if (!m.Success) throw Bad($"its header is '{header.Trim()}'");
        long[] extents = [.. m.Groups["shape"].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(v => long.TryParse(v, out long e) ? e : throw Bad($"'{v}' is no extent"))];
        bool columns = m.Groups["order"].Value == "True";
        Shape shape = Shape.Of(columns ? [.. extents.Reverse()] : extents);
        Tensor t = Elements(file[(start + length)..], m.Groups["descr"].Value, shape);
        if (!columns || shape.Rank < 2) return t;
        using (t)
        using (Tensor view = t.Transpose([.. Enumerable.Range(0, shape.Rank).Reverse()])) return view.Contiguous();
    }

    public static Tensor Load(string path) => Read(File.ReadAllBytes(path));

    /// <summary>Every array of an .npz archive by name.</summary>
    public static Dictionary<string, Tensor> LoadArchive(string path)
    {
        using ZipArchive zip = ZipFile.OpenRead(path);
        Dictionary<string, Tensor> arrays = [];
        foreach (ZipArchiveEntry e in zip.Entries.Where(e => e.Name.EndsWith(".npy", StringComparison.Ordinal)))
        {
            using MemoryStream bytes = new();
            using (Stream s = e.Open()) s.CopyTo(bytes);
            arrays[e.FullName[..^4]] = Read(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
        return arrays;
    }

    public static void Save(Tensor tensor, string path)
    {
        using FileStream file = File.Create(path);
        Write(tensor, file);
    }

    public static void Write(Tensor tensor, Stream to)
    {
        using Tensor t = tensor.Contiguous();
        int chars = t.Type == DType.String ? Math.Max(1, t.Strings.Select(s => s.EnumerateRunes().Count()).DefaultIfEmpty(1).Max()) : 0;
        string shape = t.Shape.Rank == 1 ? $"({t.Shape[0]},)" : $"({string.Join(", ", t.Shape.ToArray())})";
        string header = $"{{'descr': '{Descr(t.Type, chars)}', 'fortran_order': False, 'shape': {shape}, }}";
        int padding = 64 - (10 + header.Length + 1) % 64;
        byte[] head = Encoding.Latin1.GetBytes(header + new string(' ', padding) + "\n");
        to.Write(Magic);
        to.Write([1, 0, (byte)head.Length, (byte)(head.Length >> 8)]);
        to.Write(head);
        if (t.Type == DType.String)
            foreach (string s in t.Strings) to.Write(Encoding.UTF32.GetBytes(s + new string('\0', chars - s.EnumerateRunes().Count())));
        else to.Write(t.RawBytes());
    }

    private static Tensor Elements(ReadOnlySpan<byte> data, string descr, Shape shape)
    {
        if (descr[0] == '>') throw new TesseraException(ErrorCode.Unsupported, $"A .npy array of big-endian '{descr}' is not supported; save it with .astype('{descr.Replace('>', '<')}').");
        string kind = descr.TrimStart('<', '|', '=');
        if (kind[0] == 'U' && int.TryParse(kind[1..], CultureInfo.InvariantCulture, out int chars))
        {
            if (shape.Count > data.Length / Math.Max(1, 4L * chars)) throw Bad($"{shape} of '{descr}' needs more than its {data.Length} bytes");
            string[] s = new string[shape.Count];
            for (int i = 0; i < s.Length; i++) s[i] = Encoding.UTF32.GetString(data.Slice(i * chars * 4, chars * 4)).TrimEnd('\0');
            return Tensor.FromStrings(s, shape);
        }
        DType type = kind switch
        {
            "f4" => DType.Float32,
            "f8" => DType.Float64,
            "f2" => DType.Float16,
            "b1" => DType.Bool,
            "i1" => DType.Int8,
            "i2" => DType.Int16,
            "i4" => DType.Int32,
            "i8" => DType.Int64,
            "u1" => DType.UInt8,
            "u2" => DType.UInt16,
            "u4" => DType.UInt32,
            "u8" => DType.UInt64,
            _ => throw new TesseraException(ErrorCode.Unsupported, $"A .npy array of '{descr}' has no tensor type; convert it with .astype."),
        };
        if (type.Bytes(shape.Count) > data.Length) throw Bad($"{type}{shape} needs more than its {data.Length} bytes");
        Tensor t = Tensor.Empty(type, shape);
        data[..(int)t.Bytes].CopyTo(t.RawBytes());
        return t;
    }

    private static string Descr(DType type, int chars) => type switch
    {
        DType.Float32 => "<f4",
        DType.Float64 => "<f8",
        DType.Float16 => "<f2",
        DType.Bool => "|b1",
        DType.Int8 => "|i1",
        DType.Int16 => "<i2",
        DType.Int32 => "<i4",
        DType.Int64 => "<i8",
        DType.UInt8 => "|u1",
        DType.UInt16 => "<u2",
        DType.UInt32 => "<u4",
        DType.UInt64 => "<u8",
        DType.String => $"<U{chars}",
        _ => throw new TesseraException(ErrorCode.Unsupported, $"NumPy files have no element type for {type}; cast the output to Float32 first."),
    };

    private static TesseraException Bad(string why) => new(ErrorCode.MalformedData, $"This is no .npy array: {why}.");

    [GeneratedRegex(@"'descr':\s*'(?<descr>[^']{2,})'.*'fortran_order':\s*(?<order>True|False).*'shape':\s*\((?<shape>[0-9, L]*)\)", RegexOptions.Singleline)]
    private static partial Regex Header();
}
