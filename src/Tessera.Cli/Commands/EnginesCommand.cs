using System.CommandLine;
using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>`tessera engines`: what can run here, and what cannot, because of what.</summary>
internal static class EnginesCommand
{
    public static Command Create()
    {
        Command c = new("engines", "List engines and what probes found") { Shared.Json };
        c.SetAction(p => Run(p.GetValue(Shared.Json)));
        return c;
    }

    private static int Run(bool json)
    {
        EngineReport[] reports = [.. EngineRegistry.Names.Select(Report)];
        if (json) { Terminal.Json(reports, ReportJson.Default.EngineReportArray); return 0; }
        Terminal.Table(["Engine", "Here", "Threads", "Memory", "Computes in", "Found"], reports.Select(r => new[]
        {
            r.Name, r.Available ? "yes" : $"absent, because {r.Reason}", $"{r.Threads}", Terminal.Bytes(r.MaxMemory), string.Join(" ", r.Precisions), r.Available ? string.Join(", ", r.Features.Select(f => $"{f.Key}: {f.Value}")) : r.Remedy,
        }), 2, 3);
        return 0;
    }

    private static EngineReport Report(string name)
    {
        using Engine e = EngineRegistry.Create(name);
        Compatibility c = e.CheckCompatibilityAsync().AsTask().GetAwaiter().GetResult();
        if (!c.IsCompatible) return new(name, false, c.Reason, c.Remedy, 0, 0, [], [], e.GetHealth().Detail);
        EngineCapabilities k = e.Capabilities;
        return new(name, true, c.Reason, c.Remedy, k.Threads, k.MaxMemory, [.. k.Precisions.Select(p => p.ToString())], k.Features.ToDictionary(f => f.Key, f => f.Value), e.GetHealth().Detail);
    }
}
