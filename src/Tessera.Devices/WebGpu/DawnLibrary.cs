using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

/// <summary>Where Dawn's library lies: it comes from npm (bun-webgpu-OS-CPU, which carries Dawn with the C API) into the cache folder.</summary>
public static class DawnLibrary
{
    /// <summary>The npm package for this machine, at the version that the bindings were written for.</summary>
    public static string Package { get; } = $"bun-webgpu-{(OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux")}-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}@0.1.7";

    public static string Folder => Path.Combine(CacheFolder.Path, "dawn", Package[(Package.LastIndexOf('@') + 1)..]);

    /// <summary>The library's file, whether it is there or not.</summary>
    public static string File => Path.Combine(Folder, OperatingSystem.IsWindows() ? "webgpu_wrapper.dll" : OperatingSystem.IsMacOS() ? "libwebgpu_wrapper.dylib" : "libwebgpu_wrapper.so");

    public static bool IsPresent => System.IO.File.Exists(File);

    /// <summary>Fetches the library with npm, unless it is there.</summary>
    /// <exception cref="TesseraException">EngineUnavailable when npm is missing or fails; the message says what to do.</exception>
    public static void Fetch()
    {
        if (IsPresent) return;
        string parent = Path.GetDirectoryName(Folder)!, work = Path.Combine(parent, $".fetch-{Environment.ProcessId}-{Guid.NewGuid():N}");
        Directory.CreateDirectory(work);
        try
        {
            Npm("install", "--prefix", work, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", Package);
            string unpacked = Path.Combine(work, "node_modules", Package[..Package.LastIndexOf('@')]);
            // Renamed when whole, so that a broken download is never taken for the library.
            if (!IsPresent && Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
            if (!IsPresent) Directory.Move(unpacked, Folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static void Npm(params string[] arguments)
    {
        ProcessStartInfo how = new(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        try
        {
            using Process p = Process.Start(how)!;
            p.StandardInput.Close();
            Task<string> error = p.StandardError.ReadToEndAsync();
            string said = p.StandardOutput.ReadToEnd();
            p.WaitForExit();
            if (p.ExitCode != 0) throw new TesseraException(ErrorCode.EngineUnavailable, $"npm could not fetch {Package}: {(error.Result + said).Trim()}");
        }
        catch (Win32Exception e) { throw new TesseraException(ErrorCode.EngineUnavailable, $"npm, which fetches {Package}, cannot be started: {e.Message}. Install Node and npm.", e); }
    }
}
