namespace Tessera.Lab;

/// <summary>Parts of a document that a command writes, between a line <c>&lt;!-- tessera COMMAND --&gt;</c> and the next line <c>&lt;!-- end --&gt;</c>.</summary>
public static class MarkdownSection
{
    /// <exception cref="TesseraException">InvalidArgument: the file has no such section.</exception>
    public static void Replace(string file, string command, string text) => File.WriteAllText(file, Replaced(File.Exists(file) ? File.ReadAllText(file) : throw Missing(file, command), file, command, text));

    public static string Replaced(string document, string file, string command, string text)
    {
        string mark = $"<!-- tessera {command} -->\n";
        int begin = document.IndexOf(mark, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : document.IndexOf("<!-- end -->", begin, StringComparison.Ordinal);
        return end < 0 ? throw Missing(file, command) : $"{document[..(begin + mark.Length)]}\n{text.Trim()}\n\n{document[end..]}";
    }

    private static TesseraException Missing(string file, string command) => new(ErrorCode.InvalidArgument, $"{file} has no section between '<!-- tessera {command} -->' and '<!-- end -->'.");
}
