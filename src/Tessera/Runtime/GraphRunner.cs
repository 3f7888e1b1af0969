using Tessera.Compiler;

namespace Tessera.Runtime;

/// <summary>Runs a model or a loop body stage by stage.</summary>
internal sealed class GraphRunner(Continuation start, StageFactory factory) : IDisposable
{
    public StagePoint Root { get; } = new(start, factory);

    /// <summary>Runs on values in the order of <see cref="Continuation.Live"/>; they stay the caller's, the results are the caller's too.</summary>
    public Value[] Run(IReadOnlyList<Value> inputs, RunControl control)
    {
        IReadOnlyList<Value> live = inputs;
        StagePoint point = Root;
        List<Stage> rented = [];
        try
        {
            while (true)
            {
                control.Cancel.ThrowIfCancellationRequested();
                Stage stage = point.Rent(live);
                rented.Add(stage);
                Value[] results = Run(stage, live, control);
                if (!ReferenceEquals(live, inputs)) foreach (Value v in live) v.Dispose();
                if (stage.Next is null) return results;
                live = results;
                point = stage.Next;
            }
        }
        catch
        {
            if (!ReferenceEquals(live, inputs)) foreach (Value v in live) v.Dispose();
            throw;
        }
        finally
        {
            foreach (Stage s in rented) s.Dispose();
        }
    }

    private static Value[] Run(Stage stage, IReadOnlyList<Value> live, RunControl control)
    {
        Specialized s = stage.Specialized;
        if (control.Profile is { } profile)
        {
            IReadOnlyList<PlanStep> plan = stage.Executable.Plan;
            control = control with { Report = (step, ticks) => profile(plan[step], ticks) };
        }
        List<Tensor> leaves = [];
        foreach (Value v in live) Flatten(v, leaves);
        Tensor[] inputs = new Tensor[s.LeafOfInput.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = leaves[s.LeafOfInput[i]].Contiguous();
        Tensor?[] outputs = new Tensor?[s.Graph.Outputs.Length];
        List<Value> results = [];
        try
        {
            stage.Executable.Run(inputs, outputs, control);
            foreach (Recipe r in s.Results) results.Add(Make(r, leaves, outputs, copy: s.Next is null));
            foreach (StepRunner step in stage.Steps)
            {
                Value?[] x = [.. step.Step.Inputs.Select(r => r is null ? null : Make(r, leaves, outputs, copy: false))];
                List<Value> captured = [];
                foreach ((_, Recipe c) in step.Step.Captured)
                    if (!c.IsConstant) captured.Add(Make(c, leaves, outputs, copy: false));
                try { results.AddRange(step.Run(x, [.. captured], control)); }
                finally
                {
                    foreach (Value? v in x) v?.Dispose();
                    foreach (Value v in captured) v.Dispose();
                }
            }
            return [.. results];
        }
        catch
        {
            foreach (Value v in results) v.Dispose();
            throw;
        }
        finally
        {
            foreach (Tensor t in inputs) t.Dispose();
            foreach (Tensor? t in outputs) t?.Dispose();
        }
    }

    private static void Flatten(Value value, List<Tensor> leaves)
    {
        switch (value)
        {
            case TensorValue t: leaves.Add(t.Tensor); break;
            case SequenceValue s: foreach (Value v in s.Items) Flatten(v, leaves); break;
            case OptionalValue { Item: { } item }: Flatten(item, leaves); break;
        }
    }

    // What is handed to the user never shares memory with the model or with another result.
    private static Value Make(Recipe r, List<Tensor> leaves, Tensor?[] outputs, bool copy) => r switch
    {
        Recipe.Output o => outputs[o.Index]!.Share(),
        Recipe.Input i => copy ? Tensors.Copy(leaves[i.Leaf]) : leaves[i.Leaf].Share(),
        Recipe.Const c => copy ? Tensors.Copy(c.Value) : c.Value.Share(),
        Recipe.Sequence s => new SequenceValue([.. s.Items.Select(i => Make(i, leaves, outputs, copy))]),
        Recipe.Optional o => new OptionalValue(o.Item is null ? null : Make(o.Item, leaves, outputs, copy)),
        _ => throw new TesseraException(ErrorCode.Internal, $"{r} makes no value."),
    };

    public void Dispose() => Root.Dispose();
}
