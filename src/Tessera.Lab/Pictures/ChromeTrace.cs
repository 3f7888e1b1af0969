using System.Text.Json;

namespace Tessera.Lab;

/// <summary>A traced run in the trace event format that chrome://tracing and Perfetto read: one complete event ("X") per step, times in microseconds.</summary>
public static class ChromeTrace
{
    public static void Write(Stream to, string model, string engine, IEnumerable<TracedStep> steps, Ceilings ceilings)
    {
        using Utf8JsonWriter w = new(to);
        w.WriteStartObject();
        w.WriteString("displayTimeUnit", "ns");
        w.WriteStartArray("traceEvents");
        Name(w, "process_name", model);
        Name(w, "thread_name", engine);
        foreach (TracedStep s in steps)
        {
            Floor floor = ceilings.FloorOf(s.Step.Flops, s.Step.Bytes);
            w.WriteStartObject();
            w.WriteString("name", s.Step.Kernel);
            w.WriteString("cat", string.Join(',', s.Step.Nodes.Select(n => n.Op).Distinct()));
            w.WriteString("ph", "X");
            w.WriteNumber("ts", s.Begin.TotalMicroseconds);
            w.WriteNumber("dur", s.Time.TotalMicroseconds);
            w.WriteNumber("pid", 1);
            w.WriteNumber("tid", 1);
            w.WriteStartObject("args");
            w.WriteString("nodes", string.Join(' ', StepCost.Names(s.Step)));
            w.WriteNumber("bytes", s.Step.Bytes);
            w.WriteNumber("flops", s.Step.Flops);
            w.WriteNumber("floor_us", floor.Ms * 1e3);
            w.WriteString("bound", floor.Bound.ToString());
            w.WriteString("why", s.Step.Why);
            w.WriteEndObject();
            w.WriteEndObject();
        }
        w.WriteEndArray();
        w.WriteEndObject();
    }

    private static void Name(Utf8JsonWriter w, string what, string name)
    {
        w.WriteStartObject();
        w.WriteString("name", what);
        w.WriteString("ph", "M");
        w.WriteNumber("pid", 1);
        w.WriteNumber("tid", 1);
        w.WriteStartObject("args");
        w.WriteString("name", name);
        w.WriteEndObject();
        w.WriteEndObject();
    }
}
