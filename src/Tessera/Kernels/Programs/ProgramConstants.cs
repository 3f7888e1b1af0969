using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Tessera.Kernels;

/// <summary>The section of constants while it is written: equal bytes are one constant.</summary>
internal sealed class ProgramConstants
{
    private const int Alignment = 64;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Dictionary<string, int> _known = [];
    private readonly ImmutableArray<ProgramConstant>.Builder _table = ImmutableArray.CreateBuilder<ProgramConstant>();

    public ImmutableArray<ProgramConstant> Table => _table.ToImmutable();

    public byte[] Bytes => _bytes.WrittenSpan.ToArray();

    /// <summary>Number of the constant that holds these bytes.</summary>
    public int Add(ReadOnlySpan<byte> bytes)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (_known.TryGetValue(hash, out int number)) return number;
        _table.Add(new(hash, _bytes.WrittenCount, bytes.Length));
        _bytes.Write(bytes);
        _bytes.Write(stackalloc byte[(Alignment - _bytes.WrittenCount % Alignment) % Alignment]);
        return _known[hash] = _table.Count - 1;
    }
}
