using System.Collections.Immutable;
using Tessera.Onnx;

namespace Tessera.Runtime;

/// <summary>Holds what a user hands in against what the model declares, before anything runs.</summary>
internal static class InputCheck
{
    /// <param name="which">Per value the input that it is for.</param>
    public static void Run(string model, ImmutableArray<OnnxValueInfo> inputs, int[] which, Value[] given)
    {
        Dictionary<string, (long Extent, string Input)> symbols = [];
        for (int i = 0; i < given.Length; i++) Check(model, inputs[which[i]].Name, inputs[which[i]].Type, given[i], symbols);
    }

    private static void Check(string model, string name, OnnxType type, Value value, Dictionary<string, (long, string)> symbols)
    {
        switch (type, value)
        {
            case (OnnxType.Tensor t, TensorValue v): Check(model, name, t, v.Tensor, symbols); break;
            case (OnnxType.Sequence s, SequenceValue v): foreach (Value item in v.Items) Check(model, name, s.Element, item, []); break;
            case (OnnxType.Optional o, OptionalValue v): if (v.Item is { } some) Check(model, name, o.Element, some, symbols); break;
            case (OnnxType.Optional o, var v): Check(model, name, o.Element, v, symbols); break;
            case (OnnxType.Unknown, _): break;
            default: throw new TesseraException(ErrorCode.TypeMismatch, $"Input '{name}' of '{model}' is declared {type}; it was given {value}.");
        }
    }

    private static void Check(string model, string name, OnnxType.Tensor declared, Tensor given, Dictionary<string, (long Extent, string Input)> symbols)
    {
        if (given.Type != declared.Element) throw new TesseraException(ErrorCode.TypeMismatch, $"Input '{name}' of '{model}' is declared {declared}; it was given {given}. Convert it to {declared.Element} first.");
        if (declared.Dims is not { } dims) return;
        bool fits = dims.Length == given.Shape.Rank;
        for (int i = 0; fits && i < dims.Length; i++) fits = !dims[i].IsKnown || dims[i].Value == given.Shape[i];
        if (!fits) throw new TesseraException(ErrorCode.ShapeMismatch, $"Input '{name}' of '{model}' is declared {declared}; it was given {given}.");
        for (int i = 0; i < dims.Length; i++)
        {
            if (dims[i].Symbol is not { } s) continue;
            if (!symbols.TryAdd(s, (given.Shape[i], name)) && symbols[s].Extent != given.Shape[i])
                throw new TesseraException(ErrorCode.ShapeMismatch, $"Inputs '{symbols[s].Input}' and '{name}' of '{model}' share the extent '{s}'; they were given {symbols[s].Extent} and {given.Shape[i]}.");
        }
    }
}
