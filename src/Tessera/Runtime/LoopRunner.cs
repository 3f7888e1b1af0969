using Tessera.Compiler;
using Tessera.Onnx;

namespace Tessera.Runtime;

/// <summary>ONNX Loop: runs its body while a condition holds and a count is not reached.</summary>
internal sealed class LoopRunner : StepRunner
{
    private readonly OnnxGraph _body;
    private readonly GraphRunner _runner;

    public LoopRunner(DynamicStep step, StageFactory factory) : base(step)
    {
        _body = step.Attributes.Graph("body");
        _runner = BodyRunner(_body, factory);
    }

    protected override Value[] Evaluate(Value?[] inputs, Value[] captured, RunControl control)
    {
        long count = inputs.Length > 0 && inputs[0] is { } m ? Ir.Scalars.ToInt64(TensorOf(m))[0] : long.MaxValue;
        bool go = inputs.Length < 2 || inputs[1] is not { } c || Ir.Scalars.ToInt64(TensorOf(c))[0] != 0;
        int carriedCount = Math.Max(0, inputs.Length - 2), scans = _body.Outputs.Count - 1 - carriedCount;
        if (scans < 0 || _body.Inputs.Count != carriedCount + 2) throw new TesseraException(ErrorCode.MalformedModel, $"the body takes {_body.Inputs.Count} and gives {_body.Outputs.Count} values for {carriedCount} carried ones.");
        Value[] carried = new Value[carriedCount];
        for (int i = 0; i < carriedCount; i++) carried[i] = Share(inputs[2 + i] ?? throw new TesseraException(ErrorCode.MalformedModel, $"carried value {i} is missing."));
        List<Tensor>[] collected = Lists(scans);
        try
        {
            for (long i = 0; i < count && go; i++)
            {
                control.Cancel.ThrowIfCancellationRequested();
                using Tensor number = Tensor.Scalar(i), condition = Tensor.Scalar(go);
                Value[] y = _runner.Run([number, condition, .. carried, .. captured], control);
                go = Ir.Scalars.ToInt64(TensorOf(y[0]))[0] != 0;
                y[0].Dispose();
                foreach (Value v in carried) v.Dispose();
                carried = y[1..(1 + carriedCount)];
                for (int j = 0; j < scans; j++) collected[j].Add(TensorOf(y[1 + carriedCount + j]));
            }
            Value[] results = new Value[Math.Max(Step.Node.Outputs.Count, carriedCount + scans)];
            for (int j = 0; j < scans; j++) results[carriedCount + j] = Tensors.Stack(collected[j], 0, Declared(_body.Outputs[1 + carriedCount + j]));
            carried.CopyTo(results, 0);
            carried = [];
            return results[..Step.Node.Outputs.Count];
        }
        finally
        {
            foreach (Value v in carried) v.Dispose();
            foreach (Tensor t in collected.SelectMany(l => l)) t.Dispose();
        }
    }

    internal static Value Share(Value v) => v switch
    {
        TensorValue t => t.Tensor.Share(),
        SequenceValue s => new SequenceValue([.. s.Items.Select(Share)], s.Element),
        OptionalValue o => new OptionalValue(o.Item is null ? null : Share(o.Item)),
        _ => throw new TesseraException(ErrorCode.Internal, $"{v} cannot be shared."),
    };

    public override void Dispose() => _runner.Dispose();
}
