namespace Tessera.Workers;

/// <summary>Programs in the system's search path and in the usual places of applications.</summary>
internal static class Executables
{
    private static readonly string[] Applications = OperatingSystem.IsMacOS()
        ? ["/Applications/Chromium.app/Contents/MacOS", "/Applications/Google Chrome.app/Contents/MacOS", "/Applications/Firefox.app/Contents/MacOS"]
        : OperatingSystem.IsWindows()
            ? [.. new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 }.SelectMany(f => new[] { @"Google\Chrome\Application", @"Microsoft\Edge\Application", "Mozilla Firefox" }.Select(p => Path.Combine(Environment.GetFolderPath(f), p)))]
            : [];

    public static string? Find(IReadOnlyList<string> names)
    {
        string[] folders = [.. Knobs.ProgramPath.Value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), .. Applications];
        string[] endings = OperatingSystem.IsWindows() ? [".exe"] : [""];
        foreach (string name in names)
            foreach (string folder in folders)
                foreach (string ending in endings)
                    if (Path.Combine(folder, name + ending) is var file && File.Exists(file)) return file;
        return null;
    }
}
