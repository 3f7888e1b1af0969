using System.Security.Cryptography;
using System.Text;

namespace Tessera.Devices;

/// <summary>Kernels as drivers compiled them, kept on disk for the next process.</summary>
internal static class KernelFiles
{
    /// <summary>A name for what a compiler makes of a source.</summary>
    /// <param name="maker">All that the result depends on besides the source: device, driver, compiler, options.</param>
    public static string Key(string maker, ReadOnlySpan<byte> source)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(maker + '\0'));
        hash.AppendData(source);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What was kept; null when nothing was or it can't be read.</summary>
    public static byte[]? Read(string kind, string key)
    {
        string file = File(kind, key);
        try
        {
            if (!System.IO.File.Exists(file)) return null;
            byte[] all = System.IO.File.ReadAllBytes(file);
            // A file that was cut short, or written by an earlier version, is none: drivers trust what they are given.
            return all.Length >= SHA256.HashSizeInBytes && SHA256.HashData(all.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(all.AsSpan(0, SHA256.HashSizeInBytes)) ? all[SHA256.HashSizeInBytes..] : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { return null; }
    }

    /// <summary>Keeps code. What can't be kept is compiled again next time.</summary>
    public static void Write(string kind, string key, ReadOnlySpan<byte> code)
    {
        string file = File(kind, key);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            string part = $"{file}.{Guid.NewGuid():N}.tmp";
            System.IO.File.WriteAllBytes(part, [.. SHA256.HashData(code), .. code]);
            System.IO.File.Move(part, file, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static string File(string kind, string key) => Path.Combine(CacheFolder.Path, kind, key + ".bin");
}
