using System.CommandLine;
using Tessera.Cli.Output;

namespace Tessera.Cli.Commands;

/// <summary>`tessera knobs`: every switch and its value.</summary>
internal static class KnobsCommand
{
    public static Command Create()
    {
        Command c = new("knobs", "List every switch, its value and what it does") { Shared.Json };
        c.SetAction(p =>
        {
            KnobReport[] knobs = [.. Knobs.All.Select(k => new KnobReport(k.Name, k.Value, k.Default, k.Help, k.IsSet))];
            if (p.GetValue(Shared.Json)) Terminal.Json(knobs, ReportJson.Default.KnobReportArray);
            else Terminal.Table(["Knob", "Value", "Default", "What it does"], knobs.Select(k => new[] { k.Name, k.Value, k.Default, k.Help }));
            return 0;
        });
        return c;
    }
}
