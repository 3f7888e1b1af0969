namespace Tessera.Lab;

/// <summary>A model on inputs, to be timed here and on peers.</summary>
/// <param name="Model">The ONNX file that both sides read.</param>
/// <param name="Inputs">By name; the job owns them.</param>
/// <param name="Bound">How far outputs of a peer may be off.</param>
public sealed record BenchJob(string Name, string Family, string Model, IReadOnlyDictionary<string, Value> Inputs, Bounds Bound) : IDisposable
{
    /// <summary>Floating or integer operations that the definition asks for; 0 when nobody counted them.</summary>
    public double Operations { get; init; }

    /// <summary>Whether they are products of 8-bit integers.</summary>
    public bool Int8 { get; init; }

    /// <summary>Bytes of inputs, constants and outputs; 0 when nobody counted them.</summary>
    public long Bytes { get; init; }

    /// <summary>The same as a call of native libraries; null when there is none.</summary>
    public NativeJob? Native { get; init; }

    /// <summary>Its operands: inputs and constants of the model.</summary>
    public IReadOnlyList<Tensor> Operands { get; init; } = [];

    public IReadOnlyList<Gate> Gates { get; init; } = [];

    /// <summary>What outputs should be, by name, where that was recorded.</summary>
    public IReadOnlyDictionary<string, Value> Expected { get; init; } = new Dictionary<string, Value>();

    /// <summary>Whether our side writes into the same output tensors in every run.</summary>
    public bool ReuseOutputs { get; init; }

    public void Dispose()
    {
        foreach (Value v in Inputs.Values) v.Dispose();
        foreach (Value v in Expected.Values) v.Dispose();
        foreach (Tensor t in Operands) t.Dispose();
    }
}

/// <summary>The most milliseconds that a release may take on an engine, in whatever host it runs; Threads 0: with any number of threads.</summary>
public sealed record Gate(int Threads, double Ms, string Engine = "cpu")
{
    public bool AppliesTo(string engine, int threads) => (Threads == 0 || Threads == threads) && (engine == Engine || engine.StartsWith($"{Engine}:", StringComparison.Ordinal));

    /// <summary>Gates of the engines cpu and wasm, where there are such.</summary>
    public static IReadOnlyList<Gate> Of(double? cpu = null, double? wasm = null)
    {
        List<Gate> gates = [];
        if (cpu is { } c) gates.Add(new(0, c));
        if (wasm is { } w) gates.Add(new(0, w, "wasm"));
        return gates;
    }
}

/// <summary>How far floating outputs may be apart: ‖a − b‖₂ ÷ ‖b‖₂ ≤ RelL2, or no element by more than Absolute; integers must agree when Exact.</summary>
public sealed record Bounds(double RelL2, bool Exact = true, double Absolute = 0);
