using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>Constants of programs in files: those that the same targets use in one, so that a page loads what its own target needs, and the folder holds once what targets share.</summary>
internal sealed class ExportedWeights
{
    private readonly Dictionary<string, (int File, long At)> _places = [];
    private readonly List<ManifestFile> _files = [];
    private readonly List<string[]> _users = [];

    public IReadOnlyList<ManifestFile> Files => _files;

    public static ExportedWeights Write((string Target, Program Program)[] programs, ExportFolder to)
    {
        ExportedWeights w = new();
        var all = programs.SelectMany(p => p.Program.ConstantTable.Select(c => (p.Target, c.Hash, Bytes: p.Program.Constants.Slice((int)c.At, (int)c.Bytes))));
        var constants = all.GroupBy(c => c.Hash).Select(g => (Hash: g.Key, g.First().Bytes, Users: g.Select(c => c.Target).Distinct().ToArray()));
        foreach (var group in constants.GroupBy(c => string.Join('-', c.Users)))
        {
            MemoryStream bytes = new();
            foreach ((string hash, ReadOnlyMemory<byte> b, _) in group)
            {
                w._places[hash] = (w._files.Count, bytes.Length);
                bytes.Write(b.Span);
                // A typed array over a constant needs its alignment.
                bytes.SetLength((bytes.Length + 63) / 64 * 64);
                bytes.Position = bytes.Length;
            }
            w._files.Add(to.Add($"weights-{group.Key}.bin", bytes.ToArray()));
            w._users.Add(group.First().Users);
        }
        return w;
    }

    /// <summary>Numbers of the files that programs of that target need.</summary>
    public IReadOnlyList<int> FilesOf(string target) => [.. Enumerable.Range(0, _files.Count).Where(i => _users[i].Contains(target))];

    /// <summary>The program with the places of its constants counted over <see cref="FilesOf"/>, one after the other.</summary>
    public Program Place(string target, Program p)
    {
        Dictionary<int, long> begins = [];
        long end = 0;
        foreach (int f in FilesOf(target))
        {
            begins[f] = end;
            end += _files[f].Bytes;
        }
        return p with { ConstantTable = [.. p.ConstantTable.Select(c => c with { At = begins[_places[c.Hash].File] + _places[c.Hash].At })] };
    }
}
