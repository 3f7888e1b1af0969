using Tessera.Ir;
using Tessera.Onnx;

namespace Tessera.Compiler;

/// <summary>Element types and shapes of a model's values, with the inputs' symbols in them.</summary>
/// <remarks>
/// Shape rules exist once, for concrete shapes. The model is lowered for a few assignments of its symbols, and each extent is explained
/// by them: as a constant, as a·symbol + b with rational a, or as a product of symbols times a constant. Every explanation is checked at an assignment that
/// did not take part in it; an extent that none fits, or that depends on data, is unknown.
/// </remarks>
internal static class ShapeInference
{
    // Multiples of 32 pass through the strides of vision models without rounding.
    private const long Grid = 32;

    public static IReadOnlyDictionary<string, OnnxType> Run(OnnxModel model, Fold? fold, FoldedConstants folded)
    {
        OnnxValueInfo[] inputs = [.. model.Graph.Inputs.Where(i => !i.HasDefault)];
        string[] symbols = [.. inputs.SelectMany(i => Symbols(i)).Distinct()];
        long[] start = [.. symbols.Select((_, i) => Grid * (2 + i))];
        Dictionary<string, TensorType>? at = Trace(model, inputs, symbols, start, fold, folded);
        if (at is null) return new Dictionary<string, OnnxType>();
        Dictionary<string, TensorType>?[] moved = [.. symbols.Select((_, i) => Trace(model, inputs, symbols, [.. start.Select((v, j) => j == i ? v + Grid : v)], fold, folded))];
        long[] elsewhere = [.. start.Select((v, i) => v + Grid * (3 + 2 * i))];
        Dictionary<string, TensorType>? check = Trace(model, inputs, symbols, elsewhere, fold, folded);
        Dictionary<string, OnnxType> types = [];
        foreach ((string name, TensorType t) in at)
        {
            OnnxDim[] dims = new OnnxDim[t.Shape.Rank];
            for (int axis = 0; axis < dims.Length; axis++)
            {
                long? verify = Extent(check, name, axis, t.Shape.Rank);
                long?[] changed = [.. moved.Select(m => Extent(m, name, axis, t.Shape.Rank))];
                dims[axis] = verify is { } v && changed.All(c => c is not null) ? Explain(symbols, start, t.Shape[axis], [.. changed.Select(c => c!.Value)], elsewhere, v) : OnnxDim.Unknown;
            }
            types[name] = new OnnxType.Tensor(t.Type, dims);
        }
        return types;
    }

    private static IEnumerable<string> Symbols(OnnxValueInfo input) =>
        input.Type is OnnxType.Tensor { Dims: { } dims } ? dims.Select((d, i) => d.IsKnown ? null : d.Symbol ?? $"{input.Name}.{i}").OfType<string>() : [];

    private static long? Extent(Dictionary<string, TensorType>? types, string name, int axis, int rank) =>
        types is not null && types.TryGetValue(name, out TensorType t) && t.Shape.Rank == rank ? t.Shape[axis] : null;

    private static Dictionary<string, TensorType>? Trace(OnnxModel model, OnnxValueInfo[] inputs, string[] symbols, long[] extents, Fold? fold, FoldedConstants folded)
    {
        List<Value> values = [];
        try
        {
            foreach (OnnxValueInfo i in inputs)
            {
                if (i.Type is not OnnxType.Tensor { Dims: { } dims } t) return null;
                Shape shape = Shape.Of([.. dims.Select((d, axis) => d.IsKnown ? d.Value : extents[Array.IndexOf(symbols, d.Symbol ?? $"{i.Name}.{axis}")])]);
                // Only the type is read: a broadcast zero takes no memory for any extent.
                using Tensor zero = Scalars.Zero(t.Element);
                values.Add(t.Element == DType.String ? Tensor.Empty(t.Element, shape) : t.Element.Bits() < 8 ? Tensor.Zeros(t.Element, shape) : zero.Broadcast(shape));
            }
            Frame root = Frame.OfModel(model);
            Continuation start = new(root, [.. model.Graph.Outputs.Select(o => o.Name)], [.. model.Graph.Nodes.Select(n => (Item)new Item.Call(root, n))],
                [.. inputs.Select(i => (root, i.Name))], new Dictionary<(Frame, string), Recipe>(Frame.Names), new HashSet<int>());
            return Specializer.Types(start, values, fold, folded);
        }
        catch (TesseraException)
        {
            // These extents do not fit the model; others may, so the value stays unexplained rather than wrong.
            return null;
        }
        finally
        {
            foreach (Value v in values) v.Dispose();
        }
    }

    private static OnnxDim Explain(string[] symbols, long[] start, long d, long[] moved, long[] elsewhere, long verify)
    {
        int[] moving = [.. Enumerable.Range(0, symbols.Length).Where(i => moved[i] != d)];
        if (moving.Length == 0) return d == verify ? OnnxDim.Of(d) : OnnxDim.Unknown;
        // Linear in every symbol: d = constant + Σ (step ÷ Grid) · symbol.
        long[] steps = [.. moving.Select(i => moved[i] - d)];
        long constant = Grid * d - moving.Select((m, k) => steps[k] * start[m]).Sum(), predicted = constant + moving.Select((m, k) => steps[k] * elsewhere[m]).Sum();
        if (predicted == Grid * verify && constant % Grid == 0) return OnnxDim.Of(Linear([.. moving.Select(m => symbols[m])], steps, constant / Grid));
        long product = moving.Aggregate(1L, (p, m) => p * start[m]), other = moving.Aggregate(1L, (p, m) => p * elsewhere[m]);
        if (moving.Length < 2 || (Int128)d * other != (Int128)verify * product) return OnnxDim.Unknown;
        long g = Gcd(d, product);
        string factors = string.Join("·", moving.Select(m => symbols[m]));
        return OnnxDim.Of($"{(d / g == 1 ? "" : $"{d / g}·")}{factors}{(product / g == 1 ? "" : $"/{product / g}")}");
    }

    private static string Linear(string[] names, long[] steps, long constant)
    {
        IEnumerable<string> terms = names.Select((n, i) =>
        {
            long g = Gcd(Math.Abs(steps[i]), Grid), a = steps[i] / g, b = Grid / g;
            return $"{(a == 1 ? "" : a == -1 ? "-" : $"{a}·")}{n}{(b == 1 ? "" : $"/{b}")}";
        });
        string sum = string.Join(" + ", terms);
        return constant == 0 ? sum : $"{sum} {(constant < 0 ? "-" : "+")} {Math.Abs(constant)}";
    }

    private static long Gcd(long a, long b) => b == 0 ? a : Gcd(b, a % b);
}
