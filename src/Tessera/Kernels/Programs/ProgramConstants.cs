using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Tessera.Kernels;

/// <summary>The section of constants while it is written: equal bytes are one constant.</summary>
internal sealed class ProgramConstants
{
    private const int Alignment = 64;

    private readonly MemoryStream _bytes = new();
    private readonly Dictionary<string, int> _known = [];
    private readonly ImmutableArray<ProgramConstant>.Builder _table = ImmutableArray.CreateBuilder<ProgramConstant>();

    public ImmutableArray<ProgramConstant> Table => _table.ToImmutable();

    public byte[] Bytes => _bytes.ToArray();

    /// <summary>Number of the constant that holds these bytes.</summary>
    public int Add(ReadOnlySpan<byte> bytes)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (_known.TryGetValue(hash, out int number)) return number;
        _table.Add(new(hash, _bytes.Length, bytes.Length));
        _bytes.Write(bytes);
        _bytes.SetLength((_bytes.Length + Alignment - 1) / Alignment * Alignment);
        _bytes.Position = _bytes.Length;
        return _known[hash] = _table.Count - 1;
    }
}
