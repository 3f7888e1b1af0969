using System.Text.Json;

namespace Tessera.Conformance;

/// <summary>The bound that a test folder sets: <c>{"rel_l2": x}</c> in tolerance.json, or what ONNX's runner allows.</summary>
public static class FolderTolerance
{
    public static Tolerance Of(TestFolder folder)
    {
        string file = Path.Combine(folder.Path, "tolerance.json");
        if (!File.Exists(file)) return Tolerance.OnnxRunner;
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(file));
            return new(0, 0, file) { RelL2 = json.RootElement.GetProperty("rel_l2").GetDouble() };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new TesseraException(ErrorCode.MalformedData, $"{file}: expected {{\"rel_l2\": number}}. {e.Message}", e);
        }
    }
}
