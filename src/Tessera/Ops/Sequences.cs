using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Sequences and optionals: their operators rearrange lists while the graph is built.</summary>
internal static class Sequences
{
    public static OpDef[] All =>
    [
        new("SequenceEmpty", c => [new Lowered.Sequence([])], "ONNX SequenceEmpty-11", Since: 11),
        new("SequenceConstruct", c => [new Lowered.Sequence([.. Enumerable.Range(0, c.Count).Select(c.Any)])], "ONNX SequenceConstruct-11", Since: 11),
        new("SequenceInsert", c => [Insert(c)], "ONNX SequenceInsert-11", Since: 11),
        new("SequenceErase", c => [new Lowered.Sequence(Items(c).RemoveAt(Position(c, 1, Items(c).Length - 1, Items(c).Length - 1)))], "ONNX SequenceErase-11", Since: 11),
        new("SequenceAt", c => [Items(c)[Position(c, 1, 0, Items(c).Length - 1)]], "ONNX SequenceAt-11", Since: 11),
        new("SequenceLength", c => [c.G.Const(Tensor.Scalar((long)Items(c).Length))], "ONNX SequenceLength-11", Since: 11),
        new("SplitToSequence", c => [Split(c)], "ONNX SplitToSequence-24", Since: 11),
        new("ConcatFromSequence", c => [Concat(c)], "ONNX ConcatFromSequence-11", Since: 11),
        new("Optional", c => [new Lowered.Optional(c.Has(0) ? c.Any(0) : null)], "ONNX Optional-15", Since: 15),
        new("OptionalHasElement", c => [c.G.Const(Tensor.Scalar(c.Has(0) && c.Any(0) is not Lowered.Optional { Item: null }))], "ONNX OptionalHasElement-18", Since: 15),
        new("OptionalGetElement", c => [Get(c)], "ONNX OptionalGetElement-18", Since: 15),
    ];

    private static ImmutableArray<Lowered> Items(Lowering c) => c.Any(0) is Lowered.Optional { Item: Lowered.Sequence s } ? s.Items : c.Sequence(0);

    /// <summary>A position, negative from the end, in 0…last; <paramref name="missing"/> when the input is absent.</summary>
    private static int Position(Lowering c, int input, int missing, int last)
    {
        int n = Items(c).Length;
        long at = c.Has(input) ? c.ConstantInts(input)[0] : missing, i = c.Has(input) && at < 0 ? at + n : at;
        return i >= 0 && i <= last ? (int)i : throw c.Error(ErrorCode.InvalidArgument, $"position {at} does not exist in a sequence of {n}.");
    }

    private static Lowered.Sequence Insert(Lowering c)
    {
        ImmutableArray<Lowered> items = Items(c);
        return new(items.Insert(Position(c, 2, items.Length, items.Length), c.Any(1)));
    }

    private static Lowered.Sequence Split(Lowering c)
    {
        GraphBuilder g = c.G;
        Node x = c[0];
        int axis = x.Shape.Axis(c.Int("axis", 0));
        long extent = x.Shape[axis];
        if (!c.Has(1))
        {
            Bounded(c, extent);
            Node[] single = Pieces.Cut(g, x, axis, [.. Enumerable.Repeat(1L, checked((int)extent))]);
            return new([.. single.Select(p => Lowered.From(c.Flag("keepdims", true) ? p : g.Squeeze(p, axis)))]);
        }
        long[] sizes = c.ConstantInts(1);
        if (c[1].Shape.Rank == 0)
        {
            long chunk = sizes[0];
            if (chunk < 1) throw c.Error(ErrorCode.InvalidArgument, $"a part of {chunk} elements; it must have one at least.");
            Bounded(c, extent / chunk);
            sizes = [.. Enumerable.Range(0, checked((int)(extent / chunk + (extent % chunk == 0 ? 0 : 1)))).Select(i => Math.Min(chunk, extent - i * chunk))];
        }
        if (sizes.Any(s => s < 0) || sizes.Sum() != extent) throw c.Error(ErrorCode.ShapeMismatch, $"parts [{string.Join(", ", sizes)}] do not add up to the extent {extent} of axis {axis} of {x.Shape}.");
        return new([.. Pieces.Cut(g, x, axis, sizes).Select(Lowered.From)]);
    }

    private static void Bounded(Lowering c, long parts)
    {
        if (parts > 1 << 20) throw c.Unsupported($"{parts} parts are more than the {1 << 20} tensors that a sequence holds.");
    }

    private static Node Concat(Lowering c)
    {
        Node[] x = [.. Items(c).Select(i => i is Lowered.Tensor t ? t.Node : throw c.Error(ErrorCode.TypeMismatch, "an element of the sequence is no tensor."))];
        if (x.Length == 0) throw c.Error(ErrorCode.InvalidArgument, "the sequence is empty; nothing to join.");
        if (!c.HasAttribute("axis")) throw c.Error(ErrorCode.MalformedModel, "attribute 'axis' is missing.");
        bool added = c.Flag("new_axis");
        int rank = x[0].Shape.Rank + (added ? 1 : 0);
        long axis = c.Int("axis", 0);
        if (axis < -rank || axis >= rank) throw c.Error(ErrorCode.ShapeMismatch, $"axis {axis} does not exist in a result of rank {rank}.");
        if (axis < 0) axis += rank;
        return c.G.Concat((int)axis, added ? Array.ConvertAll(x, n => c.G.Unsqueeze(n, (int)axis)) : x);
    }

    private static Lowered Get(Lowering c) => c.Any(0) switch
    {
        Lowered.Optional { Item: { } item } => item,
        Lowered.Optional => throw c.Error(ErrorCode.InvalidArgument, "the optional is empty; ask OptionalHasElement first."),
        var other => other,
    };
}
