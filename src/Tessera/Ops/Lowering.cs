using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>What an operator's definition sees of the node that it decomposes: inputs with concrete shapes, attributes, the builder.</summary>
public abstract class Lowering(GraphBuilder graph) : Attributes
{
    public GraphBuilder G { get; } = graph;

    /// <summary>Number of inputs listed, absent ones in the middle included.</summary>
    public abstract int Count { get; }

    /// <summary>Number of outputs that the model's node lists.</summary>
    public abstract int OutputCount { get; }

    /// <summary>Whether output <paramref name="index"/> has a name, so that somebody may read it.</summary>
    public abstract bool Wants(int index);

    public abstract bool Has(int index);

    /// <summary>Input <paramref name="index"/>, whatever its kind.</summary>
    public abstract Lowered Any(int index);

    /// <summary>The value of input <paramref name="index"/> now. When it is not a constant yet, the graph built so far runs first and building goes on with the value.</summary>
    public abstract Tensor Constant(int index);

    /// <summary>The tensor input <paramref name="index"/>.</summary>
    public Node this[int index] => Any(index) switch
    {
        Lowered.Tensor t => t.Node,
        Lowered.Optional { Item: Lowered.Tensor t } => t.Node,
        _ => throw Error(ErrorCode.TypeMismatch, $"input {index} is no tensor."),
    };

    public ImmutableArray<Lowered> Sequence(int index) => Any(index) is Lowered.Sequence s ? s.Items : throw Error(ErrorCode.TypeMismatch, $"input {index} is no sequence.");

    /// <summary>Input <paramref name="index"/>, or null when absent.</summary>
    public Node? Maybe(int index) => Has(index) ? this[index] : null;

    /// <summary>All tensor inputs.</summary>
    public Node[] All()
    {
        Node[] all = new Node[Count];
        for (int i = 0; i < all.Length; i++) all[i] = this[i];
        return all;
    }

    /// <summary>The elements of integer input <paramref name="index"/>, which must be known while the graph is built.</summary>
    public long[] ConstantInts(int index) => Scalars.ToInt64(Constant(index));

    public double[] ConstantFloats(int index) => Scalars.ToFloat64(Constant(index));

    /// <summary>Integers given as input <paramref name="index"/> in newer versions and as attribute <paramref name="name"/> in older ones; null when neither.</summary>
    public long[]? IntsAt(int index, string name) => Has(index) ? ConstantInts(index) : Ints(name);
}
