using System.Globalization;
using Tessera.Data;
using Tessera.Onnx;

namespace Tessera.Cli.Inputs;

/// <summary>A model's inputs from files, shapes and seeds given on the command line.</summary>
internal static class ModelInputs
{
    /// <summary>Values by input name; what is not given is random, with 1 for extents that the model leaves open.</summary>
    public static Dictionary<string, Value> Read(Session session, string[] given, string? folder, int seed)
    {
        Dictionary<string, Value> values = folder is null ? [] : FromFolder(session, folder);
        foreach (string g in given)
        {
            int at = g.IndexOf('=', StringComparison.Ordinal);
            if (at < 0 && session.Inputs.Length != 1) throw Wrong($"--input {g}: write NAME=FILE or NAME=SHAPE; the inputs are {string.Join(", ", session.Inputs.Select(i => i.Name))}.");
            string name = at < 0 ? session.Inputs[0].Name : g[..at], source = g[(at + 1)..];
            if (source.EndsWith(".npz", StringComparison.OrdinalIgnoreCase) && File.Exists(source))
            {
                foreach ((string key, Tensor t) in Npy.LoadArchive(source)) values[key] = t;
                continue;
            }
            OnnxValueInfo info = session.Inputs.FirstOrDefault(i => i.Name == name) ?? throw Wrong($"'{session.Name}' has no input '{name}'; its inputs are {string.Join(", ", session.Inputs.Select(i => i.Name))}.");
            values[name] = File.Exists(source) ? FromFile(info, source) : TryShape(source, out Shape shape) ? Random(info, shape, seed) : throw Wrong($"--input {name}={source}: no such file, and no shape such as 1x3x224x224.");
        }
        foreach (OnnxValueInfo i in session.Inputs.Where(i => !i.HasDefault && !values.ContainsKey(i.Name)))
            values[i.Name] = Random(i, i.Type is OnnxType.Tensor { Dims: { } dims } ? Shape.Of([.. dims.Select(d => d.IsKnown ? d.Value : 1)]) : Shape.Scalar, seed);
        return values;
    }

    private static Dictionary<string, Value> FromFolder(Session session, string folder)
    {
        Dictionary<string, Value> values = [];
        for (int i = 0; i < session.Inputs.Length; i++)
        {
            string file = Path.Combine(folder, $"input_{i}.pb");
            if (File.Exists(file)) values[session.Inputs[i].Name] = OnnxValue.Read(file, session.Inputs[i].Type);
        }
        return values.Count > 0 ? values : throw Wrong($"{folder} holds no input_0.pb.");
    }

    private static Value FromFile(OnnxValueInfo info, string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".NPY" => Npy.Load(file),
        ".PB" => OnnxValue.Read(file, info.Type),
        ".JSON" => JsonTensor.Read(File.ReadAllText(file), Element(info)),
        ".PNG" => ImageInput.Read(Png.Load(file), info),
        var other => throw Wrong($"{file}: '{other}' is none of .npy, .npz, .pb, .json, .png."),
    };

    public static DType Element(OnnxValueInfo info) => info.Type is OnnxType.Tensor t ? t.Element : throw Wrong($"Input '{info.Name}' is {info.Type}; give it as a .pb file.");

    private static bool TryShape(string text, out Shape shape)
    {
        string[] parts = text is "" or "scalar" ? [] : text.Split('x', ',');
        long[] e = new long[parts.Length];
        bool ok = parts.Length <= Shape.MaxRank;
        for (int i = 0; ok && i < e.Length; i++) ok = long.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out e[i]);
        shape = ok ? Shape.Of(e) : default;
        return ok;
    }

    /// <summary>Floats uniform in [0, 1), integers 0 or 1, so that they are valid indices and lengths.</summary>
    private static Tensor Random(OnnxValueInfo info, Shape shape, int seed)
    {
        Random r = new(seed);
        DType type = Element(info);
        Tensor t = Tensor.Zeros(type, shape);
        switch (type)
        {
            case DType.Float32: foreach (ref float v in t.Span<float>()) v = r.NextSingle(); break;
            case DType.Float64: foreach (ref double v in t.Span<double>()) v = r.NextDouble(); break;
            case DType.Float16: foreach (ref Half v in t.Span<Half>()) v = (Half)r.NextSingle(); break;
            case DType.BFloat16: foreach (ref BFloat16 v in t.Span<BFloat16>()) v = (BFloat16)r.NextSingle(); break;
            case DType.Int64: foreach (ref long v in t.Span<long>()) v = r.Next(2); break;
            case DType.Int32: foreach (ref int v in t.Span<int>()) v = r.Next(2); break;
            case DType.UInt8 or DType.Int8 or DType.Bool: foreach (ref byte v in t.RawBytes()) v = (byte)r.Next(2); break;
            default: throw Wrong($"No random values for input '{info.Name}' of {type}; give a file.");
        }
        return t;
    }

    private static TesseraException Wrong(string message) => new(ErrorCode.InvalidArgument, message);
}
