using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;

namespace Tessera.Lab.Tests;

public sealed class PictureTests
{
    private static readonly Ceilings Made = new(1, 100e9, 400e9, [new(16 << 10, 150e9), new(256 << 10, 140e9), new(64 << 20, 20e9)]);

    [Fact]
    public void A_roofline_is_well_formed_and_has_a_dot_for_each_row_that_computes()
    {
        XDocument svg = XDocument.Parse(Roofline.Draw(Made, [Result("a <b> & \"c\"", 1e6, 1000, 0.1), Result("copy", 0, 1000, 0.1), Result("fast", 1e9, 1 << 20, 20)], "a machine & more"));
        XNamespace ns = "http://www.w3.org/2000/svg";
        XElement[] dots = [.. svg.Descendants(ns + "circle").Where(c => c.Element(ns + "title") is not null && c.Attribute("fill")!.Value != "none")];
        Assert.Equal(2, dots.Length);
        Assert.Contains(dots, d => d.Value.StartsWith("a <b> & \"c\"", StringComparison.Ordinal));
        Assert.Equal(2, svg.Descendants(ns + "circle").Count(c => c.Attribute("fill")!.Value == "none"));
        double width = Number(svg.Root!, "width"), height = Number(svg.Root!, "height");
        Assert.All(svg.Descendants(ns + "circle"), c => Assert.True(Number(c, "cx") >= 0 && Number(c, "cx") <= width && Number(c, "cy") >= 0 && Number(c, "cy") <= height, c.ToString()));
    }

    [Fact]
    public void A_roofline_of_nothing_still_shows_the_roofs() => Assert.Contains("Float32 100 GFLOP/s", Roofline.Draw(Made, [], "m"), StringComparison.Ordinal);

    [Fact]
    public void An_axis_is_logarithmic_and_clamps()
    {
        Axis a = Axis.Around([0.5, 30], 0, 300);
        Assert.Equal((0.1, 100), (a.Low, a.High));
        Assert.Equal(100, a.Of(1), 1e-9);
        Assert.Equal(0, a.Of(1e-9));
        Assert.Equal(300, a.Of(1e9));
        Assert.Equal(4, a.Decades().Count());
    }

    [Fact]
    public void A_trace_has_an_event_for_each_execution_in_order()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-lab-");
        try
        {
            using Engine engine = EngineRegistry.Create("cpu", new() { Threads = 1 });
            using BenchJob job = OpTable.Of(["Attention written out"])[0].Job(folder.FullName);
            using Session session = engine.Load(job.Model);
            (IReadOnlyDictionary<string, Value> results, IReadOnlyList<TracedStep> steps) = session.TraceRun(job.Inputs);
            foreach (Value v in results.Values) v.Dispose();
            Assert.NotEmpty(steps);
            using MemoryStream stream = new();
            ChromeTrace.Write(stream, "model \"x\"", "cpu", steps, Made);
            using JsonDocument json = JsonDocument.Parse(stream.ToArray());
            JsonElement[] events = [.. json.RootElement.GetProperty("traceEvents").EnumerateArray().Where(e => e.GetProperty("ph").GetString() == "X")];
            Assert.Equal(steps.Select(s => s.Step.Kernel), events.Select(e => e.GetProperty("name").GetString()));
            double end = 0;
            foreach (JsonElement e in events)
            {
                // Begin and time are rounded to ticks of 100 ns each.
                Assert.True(e.GetProperty("ts").GetDouble() >= end - 0.3, $"{e} begins before {end}");
                end = e.GetProperty("ts").GetDouble() + e.GetProperty("dur").GetDouble();
                Assert.True(e.GetProperty("args").GetProperty("floor_us").GetDouble() >= 0);
            }
        }
        finally { folder.Delete(recursive: true); }
    }

    [Fact]
    public void Costs_of_steps_count_every_call_and_every_node()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tessera-lab-");
        try
        {
            using Engine engine = EngineRegistry.Create("cpu", new() { Threads = 1 });
            using BenchJob job = OpTable.Of(["MLP"])[0].Job(folder.FullName);
            using Session session = engine.Load(job.Model);
            IReadOnlyList<StepCost> costs = StepCost.Of(session, job.Inputs, 4, Made);
            Assert.Equal(Enumerable.Range(1, costs.Count), costs.Select(c => c.Step));
            Assert.All(costs, c => Assert.True(c.Ms > 0 && c.FloorMs > 0 && c.Calls == 1 && c.Bytes > 0 && c.MeanMs >= c.Ms * (1 - 1e-12) && c.MeanMs <= c.MostMs * (1 + 1e-12) && c.DeviationMs <= c.MostMs - c.Ms + 1e-12));
            Assert.Contains(costs, c => c.Nodes.Contains("Gemm:h"));
        }
        finally { folder.Delete(recursive: true); }
    }

    [Fact]
    public void A_section_of_a_document_is_replaced_and_the_rest_stays()
    {
        const string Document = "before\n<!-- tessera bench ops --threads 1 -->\nold\n<!-- end -->\nafter\n<!-- tessera bench ops --threads 2 -->\nkept\n<!-- end -->\n";
        string made = MarkdownSection.Replaced(Document, "f.md", "bench ops --threads 1", "| new |\n");
        Assert.Equal("before\n<!-- tessera bench ops --threads 1 -->\n\n| new |\n\n<!-- end -->\nafter\n<!-- tessera bench ops --threads 2 -->\nkept\n<!-- end -->\n", made);
        Assert.Equal(made, MarkdownSection.Replaced(made, "f.md", "bench ops --threads 1", "| new |"));
        Assert.Throws<TesseraException>(() => MarkdownSection.Replaced(Document, "f.md", "bench ops --threads 3", "x"));
    }

    private static BenchResult Result(string name, double operations, long bytes, double ms) => new(name, "f&", new(ms, ms), operations, bytes, false, 1, Bound.Compute, 1, null,
        [new("onnxruntime", null, new(ms, ms), new(1, 1, 1, 1), Agreement.Nothing, null), new("fftw", "it is not here", null, null, null, null)], null);

    private static double Number(XElement e, string attribute) => double.Parse(e.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
