using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tessera;

/// <summary>What a device was measured to do, with kernels as models have them.</summary>
/// <param name="Bandwidth">Bytes per second that an elementwise kernel reads and writes.</param>
/// <param name="Upload">Bytes per second from the host.</param>
/// <param name="Download">Bytes per second to the host.</param>
/// <param name="Flops">Operations per second of a product of Float32 matrices.</param>
/// <param name="Launch">Seconds that one more step takes in a run when there is nothing to compute.</param>
public sealed record DeviceSpeed(double Bandwidth, double Upload, double Download, double Flops, double Launch)
{
    /// <summary>What was measured before on this device with this driver, in any process; null when nothing was.</summary>
    internal static DeviceSpeed? Read(string engine, DeviceInfo device)
    {
        try
        {
            double[] v = [.. File.ReadAllLines(PathOf(engine, device)).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
            return v.Length == 5 ? new(v[0], v[1], v[2], v[3], v[4]) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException) { return null; }
    }

    /// <summary>Keeps it; where that fails it is measured again next time.</summary>
    internal void Write(string engine, DeviceInfo device)
    {
        string path = PathOf(engine, device);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            string part = $"{path}.{Guid.NewGuid():N}.tmp";
            File.WriteAllLines(part, new[] { Bandwidth, Upload, Download, Flops, Launch }.Select(v => v.ToString("R", CultureInfo.InvariantCulture)));
            File.Move(part, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
    }

    private static string PathOf(string engine, DeviceInfo device) =>
        Path.Combine(CacheFolder.Path, "devices", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{engine}\0{device.Name}\0{device.Vendor}\0{device.Driver}\0{device.Features.GetValueOrDefault(DeviceInfo.Uuid)}"))) + ".txt");
}
