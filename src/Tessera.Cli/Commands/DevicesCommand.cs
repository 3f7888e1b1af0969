using System.CommandLine;
using System.Globalization;
using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>`tessera devices`: what the engines on devices could use, and how fast it is.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        Option<bool> measure = new("--measure") { Description = "Measure each device and keep what is found for its driver" };
        Command c = new("devices", "List the devices of engines that run on such, with what was measured") { measure, Shared.Json };
        c.SetAction(p => Run(p.GetValue(measure), p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(bool measure, bool json)
    {
        List<DeviceReport> all = [];
        foreach (string name in EngineRegistry.Names)
        {
            using Engine e = EngineRegistry.Create(name);
            if (e is not DeviceEngine engine) continue;
            IReadOnlyList<DeviceInfo> devices;
            try { devices = engine.List(); }
            catch (TesseraException x) when (x.Code == ErrorCode.EngineUnavailable)
            {
                if (!json) Console.Error.WriteLine($"{name} is absent, because {x.Message}");
                continue;
            }
            all.AddRange(devices.Select(d => Report(name, d, measure)));
        }
        if (json) { Terminal.Json(all.ToArray(), ReportJson.Default.DeviceReportArray); return 0; }
        Terminal.Table(["Engine", "Device", "Driver", "Type", "Memory", "Units", "GB/s", "Up", "Down", "GFLOP/s", "Launch µs"], all.Select(d => new[]
        {
            d.Engine, d.Name, d.Driver, d.Type, Terminal.Bytes(d.MemoryBytes), $"{d.Units}", Number(d.Speed?.Bandwidth / 1e9), Number(d.Speed?.Upload / 1e9), Number(d.Speed?.Download / 1e9), Number(d.Speed?.Flops / 1e9), Number(d.Speed?.Launch * 1e6),
        }), 4, 5, 6, 7, 8, 9, 10);
        if (!measure && all.Exists(d => d.Speed is null)) Console.Error.WriteLine("What has no figures was not measured yet: --measure does.");
        return 0;
    }

    private static DeviceReport Report(string name, DeviceInfo d, bool measure)
    {
        using DeviceEngine engine = (DeviceEngine)EngineRegistry.Create($"{name}:{d.Id}");
        DeviceSpeed? speed = measure ? engine.MeasureSpeed() : engine.KnownSpeed(d);
        return new($"{name}:{d.Id}", d.Name, d.Vendor, d.Driver, d.Features.GetValueOrDefault(DeviceInfo.Kind) ?? "", d.MemoryBytes, d.Units, d.Features.ToDictionary(f => f.Key, f => f.Value), speed);
    }

    private static string Number(double? v) => v is { } known ? known.ToString(known < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) : "";
}
