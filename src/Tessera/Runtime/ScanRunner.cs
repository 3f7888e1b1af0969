using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Runtime;

/// <summary>ONNX Scan: runs its body once per element along an axis of its scan inputs.</summary>
internal sealed class ScanRunner : StepRunner
{
    private readonly OnnxGraph _body;
    private readonly GraphRunner _runner;
    private readonly bool _batched;
    private readonly int _scanInputs, _states;

    public ScanRunner(DynamicStep step, StageFactory factory) : base(step)
    {
        _body = step.Attributes.Graph("body");
        _runner = BodyRunner(_body, factory);
        _batched = step.Attributes.Opset < 9;
        _scanInputs = step.Attributes.Int32("num_scan_inputs", 0);
        _states = step.Node.Inputs.Count - _scanInputs - (_batched ? 1 : 0);
        if (_scanInputs < 1 || _states < 0 || _body.Inputs.Count != _states + _scanInputs || _body.Outputs.Count < _states)
            throw step.Attributes.Error(ErrorCode.MalformedModel, $"num_scan_inputs = {_scanInputs} does not fit {step.Node.Inputs.Count} inputs and a body with {_body.Inputs.Count} inputs.");
    }

    protected override Value[] Evaluate(Value?[] inputs, Value[] captured, RunControl control)
    {
        Tensor[] x = [.. inputs.Skip(_batched ? 1 : 0).Select(TensorOf)];
        if (!_batched) return [.. Sequence(x[.._states], x[_states..], Axes("scan_input_axes", x[_states..]), captured, control).Select(t => (Value)t)];
        // Version 8: axis 0 is the batch, axis 1 the sequence; lengths may differ within the batch.
        long[]? lengths = inputs[0] is { } l ? Ir.Scalars.ToInt64(TensorOf(l)) : null;
        List<Tensor[]> rows = [];
        for (int b = 0; b < x[0].Shape[0]; b++)
        {
            Tensor[] row = [.. x.Select(t => Row(t, b))];
            if (lengths is not null) for (int i = _states; i < row.Length; i++) row[i] = row[i].Slice(0, 0, lengths[b]);
            rows.Add(Sequence(row[.._states], row[_states..], new int[_scanInputs], captured, control));
        }
        return [.. Enumerable.Range(0, _body.Outputs.Count).Select(j => (Value)Tensors.Stack([.. rows.Select(r => r[j])], 0, Declared(_body.Outputs[j])))];
    }

    private static Tensor Row(Tensor t, int index)
    {
        using Tensor slice = t.Slice(0, index, 1);
        return slice.Reshape(Shape.Of(t.Shape.Span[1..]));
    }

    private int[] Axes(string name, Tensor[] x)
    {
        long[]? given = Step.Attributes.Ints(name);
        int[] axes = new int[x.Length];
        for (int i = 0; i < axes.Length && given is not null; i++) axes[i] = x[i].Shape.Axis(given[i]);
        return axes;
    }

    private Tensor[] Sequence(Tensor[] initial, Tensor[] scanned, int[] axes, Value[] captured, RunControl control)
    {
        long n = scanned[0].Shape[axes[0]];
        for (int i = 1; i < scanned.Length; i++)
            if (scanned[i].Shape[axes[i]] != n) throw new TesseraException(ErrorCode.ShapeMismatch, $"scan input {i} has {scanned[i].Shape[axes[i]]} elements along its axis, input 0 has {n}.");
        long[] inDirections = Step.Attributes.Ints("scan_input_directions") ?? Step.Attributes.Ints("directions") ?? new long[scanned.Length];
        long[] outDirections = Step.Attributes.Ints("scan_output_directions") ?? new long[_body.Outputs.Count - _states];
        long[] outAxes = Step.Attributes.Ints("scan_output_axes") ?? new long[_body.Outputs.Count - _states];
        Tensor[] states = [.. initial.Select(t => t.Share())];
        List<Tensor>[] collected = Lists(_body.Outputs.Count - _states);
        for (long i = 0; i < n; i++)
        {
            control.Cancel.ThrowIfCancellationRequested();
            Tensor[] elements = [.. scanned.Select((t, k) => Element(t, axes[k], inDirections[k] == 0 ? i : n - 1 - i))];
            Value[] y = _runner.Run([.. states.Select(t => (Value)t), .. elements.Select(t => (Value)t), .. captured], control);
            foreach (Tensor t in elements.Concat(states)) t.Dispose();
            states = [.. y[.._states].Select(TensorOf)];
            for (int j = 0; j < collected.Length; j++) collected[j].Add(TensorOf(y[_states + j]));
        }
        return [.. states, .. collected.Select((list, j) => Join(list, outAxes[j], outDirections[j] != 0, Declared(_body.Outputs[_states + j])))];
    }

    private static Tensor Join(List<Tensor> items, long axis, bool reversed, Tensors.TensorKind kind)
    {
        if (reversed) items.Reverse();
        int rank = (items.Count > 0 ? items[0].Shape.Rank : kind.Shape.Rank) + 1;
        Tensor t = Tensors.Stack(items, (int)(axis < 0 ? axis + rank : axis), kind);
        foreach (Tensor i in items) i.Dispose();
        return t;
    }

    private static Tensor Element(Tensor t, int axis, long index)
    {
        using Tensor slice = t.Slice(axis, index, 1);
        return slice.Reshape(Shape.Of([.. t.Shape.Span[..axis], .. t.Shape.Span[(axis + 1)..]]));
    }

    public override void Dispose() => _runner.Dispose();
}
