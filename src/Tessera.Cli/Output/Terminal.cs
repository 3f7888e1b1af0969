using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace Tessera.Cli.Output;

/// <summary>Text for people and its JSON twin.</summary>
internal static class Terminal
{
    public static void Json<T>(T value, JsonTypeInfo<T> type) => Console.WriteLine(JsonSerializer.Serialize(value, type));

    public static void Table(string[] columns, IEnumerable<string[]> rows, params int[] rightAligned)
    {
        Table t = new() { Border = TableBorder.Rounded };
        for (int i = 0; i < columns.Length; i++) t.AddColumn(new TableColumn(columns[i].EscapeMarkup()) { Alignment = rightAligned.Contains(i) ? Justify.Right : Justify.Left });
        foreach (string[] r in rows) t.AddRow([.. r.Select(c => c.EscapeMarkup())]);
        // A pipe has no width: rows stay whole there.
        if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 200;
        AnsiConsole.Write(t);
    }

    public static string Bytes(long n) => n switch
    {
        < 1 << 10 => $"{n} B",
        < 1 << 20 => $"{n / 1024.0:0.0} KiB",
        < 1 << 30 => $"{n / 1048576.0:0.0} MiB",
        _ => $"{n / 1073741824.0:0.00} GiB",
    };

    public static string Time(double ms) => ms < 1 ? $"{ms * 1000:0.0} µs" : ms < 1000 ? $"{ms:0.00} ms" : $"{ms / 1000:0.00} s";
}
