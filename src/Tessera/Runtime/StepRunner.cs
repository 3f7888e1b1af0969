using System.Runtime.InteropServices;
using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Runtime;

/// <summary>Runs an operator between two stages.</summary>
internal abstract class StepRunner(DynamicStep step) : IDisposable
{
    public DynamicStep Step { get; } = step;

    public static StepRunner Of(DynamicStep step, StageFactory factory)
    {
        if (step.Def is not null && factory.NoHost is { } engine)
            throw new TesseraException(ErrorCode.Unsupported, $"{step.Node.OpType} '{step.Attributes.NodeName}' gives a result whose shape depends on data, which engine '{engine}' does not compute; allow a fallback for it (SessionOptions.Fallback).");
        try { return step.Def is not null ? new EvaluateRunner(step) : step.Node.OpType == "Loop" ? new LoopRunner(step, factory) : new ScanRunner(step, factory); }
        catch (Exception e) when (Errors.Translate(e, step.Attributes) is { } t) { throw t; }
    }

    /// <summary>One value per output of the node. <paramref name="captured"/>: what the body reads from outside and is no constant.</summary>
    public Value[] Run(Value?[] inputs, Value[] captured, RunControl control)
    {
        try { return Evaluate(inputs, captured, control); }
        catch (Exception e) when (Errors.Translate(e, Step.Attributes) is { } t) { throw t; }
    }

    protected abstract Value[] Evaluate(Value?[] inputs, Value[] captured, RunControl control);

    public abstract void Dispose();

    protected static Tensor TensorOf(Value? v) => v switch
    {
        TensorValue t => t.Tensor,
        OptionalValue { Item: TensorValue t } => t.Tensor,
        _ => throw new TesseraException(ErrorCode.TypeMismatch, "a tensor was expected."),
    };

    // Loops, not queries: queries over structures are compiled while the first model waits.
    protected static List<Tensor>[] Lists(int count)
    {
        List<Tensor>[] lists = new List<Tensor>[count];
        for (int i = 0; i < count; i++) lists[i] = [];
        return lists;
    }

    /// <summary>A runner for a body whose inputs are the body's own, then what it captures.</summary>
    protected GraphRunner BodyRunner(OnnxGraph body, StageFactory factory)
    {
        Frame frame = Step.Frame.Apart(body);
        List<(Frame, string)> live = [];
        Dictionary<(Frame, string), Recipe> constants = new(Frame.Names);
        foreach (OnnxValueInfo i in body.Inputs) live.Add((frame, i.Name));
        foreach ((string name, Recipe value) in Step.Captured)
        {
            if (value.IsConstant) constants[(frame, name)] = value;
            else live.Add((frame, name));
        }
        return new(new Continuation(frame, [.. body.Outputs.Select(o => o.Name)], [.. body.Nodes.Select(n => (Item)new Item.Call(frame, n))], ImmutableCollectionsMarshal.AsImmutableArray(live.ToArray()), constants, new HashSet<int>()), factory);
    }

    /// <summary>Type of a body's output for a loop that never runs; unknown extents count 0.</summary>
    protected static Tensors.TensorKind Declared(OnnxValueInfo output) => output.Type is OnnxType.Tensor t
        ? new(t.Element, Shape.Of([.. (t.Dims ?? []).Select(d => d.Value is >= 0 and var v ? v : 0)]))
        : new(DType.Float32, Shape.Scalar);

    private sealed class EvaluateRunner(DynamicStep step) : StepRunner(step)
    {
        public override void Dispose() { }

        protected override Value[] Evaluate(Value?[] inputs, Value[] captured, RunControl control)
        {
            Tensor?[] x = [.. inputs.Select(v => v is null ? null : TensorOf(v).Contiguous())];
            try
            {
                Tensor[] y = Step.Def!.Evaluate!(Step.Attributes, x);
                return [.. Step.Node.Outputs.Select((_, i) => i < y.Length ? (Value)y[i] : new OptionalValue(null))];
            }
            finally
            {
                foreach (Tensor? t in x) t?.Dispose();
            }
        }
    }
}
