namespace Tessera.Onnx;

/// <summary>Resolves the location of external tensor data: a relative path that stays in the model's folder, links included.</summary>
internal static class ExternalPath
{
    private const int LinkLimit = 40, LengthLimit = 4096;

    public static string Resolve(string? folder, string location, string place)
    {
        if (folder is null) throw new TesseraException(ErrorCode.InvalidArgument, $"{place}: tensor data lies in '{location}', but the model was given without a folder. Load it by path, or pass the folder.");
        if (location.Length > LengthLimit) throw Refused(location[..64] + "…", place, $"is longer than {LengthLimit} characters");
        string[] parts = location.Split('/', '\\');
        if (location.Length == 0 || location.Contains('\0') || location.Contains(':') || Path.IsPathRooted(location) || parts[0].Length == 0 || parts.Contains(".."))
            throw Refused(location, place, "is not a path inside the model's folder");
        string root = Real(Path.GetFullPath(folder), location, place);
        string real = Real(Path.Combine([Path.GetFullPath(folder), .. parts]), location, place);
        if (!real.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw Refused(location, place, "is a link that leads out of the model's folder");
        if (!File.Exists(real)) throw new TesseraException(ErrorCode.MalformedModel, $"{place}: tensor data lies in '{location}', which is missing: there is no file '{real}'. Copy it beside the model.");
        return real;
    }

    /// <summary>The path with the links of all its parts followed.</summary>
    private static string Real(string path, string location, string place)
    {
        Stack<string> rest = new(Parts(path).Reverse());
        string root = Path.GetPathRoot(path)!, done = root;
        int links = 0;
        while (rest.TryPop(out string? part))
        {
            if (part == "..") { done = Path.GetDirectoryName(done) ?? root; continue; }
            string next = Path.Combine(done, part);
            string? target;
            try { target = new FileInfo(next).LinkTarget; }
            catch (IOException) { target = null; }
            if (target is null) { done = next; continue; }
            if (++links > LinkLimit) throw Refused(location, place, "is a chain of links without end");
            if (Path.IsPathRooted(target)) done = root = Path.GetPathRoot(target)!;
            foreach (string p in Parts(target).Reverse()) rest.Push(p);
        }
        return done;
    }

    private static IEnumerable<string> Parts(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".");

    private static TesseraException Refused(string location, string place, string why) =>
        new(ErrorCode.MalformedModel, $"{place}: external tensor data '{location}' {why}. Put the file beside the model and name it relatively.");
}
