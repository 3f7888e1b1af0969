using System.Security.Cryptography;

namespace Tessera.Workers;

/// <summary>A file of an exported folder.</summary>
public sealed record ExportedFile(string Name, long Bytes);

/// <summary>Writes files and remembers them.</summary>
internal sealed class ExportFolder
{
    private readonly string _folder;
    private readonly List<ExportedFile> _files = [];

    public ExportFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public IReadOnlyList<ExportedFile> Files => _files;

    public ManifestFile Add(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_folder, name), bytes);
        _files.Add(new(name, bytes.Length));
        return new(name, Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length);
    }
}
