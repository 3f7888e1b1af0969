using System.Diagnostics;
using Tessera;
using Tessera.Onnx;

// Minimal MODEL [ENGINE]: runs a model on inputs of its declared shapes (unknown extents are 1) filled with 0.5 and prints what comes out.
if (args.Length is < 1 or > 2)
{
    Console.Error.WriteLine("Minimal MODEL [ENGINE]");
    return 2;
}
try
{
    using Engine engine = EngineRegistry.Create(args.Length > 1 ? args[1] : "cpu");
    using Session session = engine.Load(args[0]);
    Tensor[] inputs = [.. session.Inputs.Where(i => !i.HasDefault).Select(Example)];
    long begin = Stopwatch.GetTimestamp();
    Tensor[] outputs = session.Run(inputs);
    Console.WriteLine($"{session.Name} on {engine.Name}: {Stopwatch.GetElapsedTime(begin).TotalMilliseconds:0.00} ms");
    foreach (var (tensor, info) in outputs.Zip(session.Outputs))
        Console.WriteLine($"{info.Name} {tensor}{(tensor.Type == DType.Float32 ? ": " + string.Join(" ", tensor.ToArray<float>().Take(8)) : "")}");
    foreach (Tensor t in (Tensor[])[.. inputs, .. outputs]) t.Dispose();
    return 0;
}
catch (TesseraException e)
{
    Console.Error.WriteLine($"{e.Code}: {e.Message}");
    return 1;
}

static Tensor Example(OnnxValueInfo input)
{
    if (input.Type is not OnnxType.Tensor { Dims: { } dims } type) throw new TesseraException(ErrorCode.Unsupported, $"Input '{input.Name}' is {input.Type}; this example fills tensors of known rank only.");
    Tensor t = Tensor.Zeros(type.Element, [.. dims.Select(d => d.IsKnown ? d.Value : 1)]);
    if (type.Element == DType.Float32) t.Span<float>().Fill(0.5f);
    return t;
}
