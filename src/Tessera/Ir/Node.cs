using System.Collections.Immutable;

namespace Tessera.Ir;

/// <summary>One value-producing operation of a graph. Interned by its <see cref="GraphBuilder"/>: equal structure is the same object.</summary>
public sealed class Node
{
    internal Node(int id, GraphOp op, ImmutableArray<Node> inputs, Arg? arg, ImmutableArray<TensorType> outputs)
    {
        (Id, Op, In, Arg, Outputs) = (id, op, inputs, arg, outputs);
    }

    /// <summary>Position in creation order; operands have smaller ids.</summary>
    public int Id { get; }

    public GraphOp Op { get; }

    public ImmutableArray<Node> In { get; }

    public Arg? Arg { get; }

    /// <summary>Types of all outputs; more than one only for TopK, Rnn, Pool with indices, and Host.</summary>
    public ImmutableArray<TensorType> Outputs { get; }

    public DType Type => Outputs[0].Type;

    public Shape Shape => Outputs[0].Shape;

    /// <summary>Name of the model's node that this one came from; for people.</summary>
    public string? Origin { get; internal set; }

    public Tensor? Constant => Arg is Arg.Const c ? c.Value : null;

    public override string ToString() => $"%{Id} = {Op}({string.Join(", ", In.Select(i => $"%{i.Id}"))}{(Arg is null or Arg.Const ? "" : $"; {Arg}")}) : {string.Join(", ", Outputs)}";
}

/// <summary>A static-shape data-flow graph: nodes in an order in which operands come first.</summary>
public sealed record Graph(ImmutableArray<Node> Inputs, ImmutableArray<Node> Outputs)
{
    /// <summary>Every node that an output needs, operands first; inputs are always listed.</summary>
    public ImmutableArray<Node> Nodes { get; } = Order(Inputs, Outputs);

    // Ids grow from operands to users, so putting each node at its id is the order, without sorting.
    private static ImmutableArray<Node> Order(ImmutableArray<Node> inputs, ImmutableArray<Node> outputs)
    {
        int last = -1, count = 0;
        foreach (Node n in inputs) last = Math.Max(last, n.Id);
        foreach (Node n in outputs) last = Math.Max(last, n.Id);
        Node?[] at = new Node?[last + 1];
        Stack<Node> work = new();
        foreach (Node n in inputs) Reach(n);
        foreach (Node n in outputs) Reach(n);
        while (work.TryPop(out Node? n))
            foreach (Node i in n.In) Reach(i);
        ImmutableArray<Node>.Builder nodes = ImmutableArray.CreateBuilder<Node>(count);
        foreach (Node? n in at)
            if (n is not null) nodes.Add(n);
        return nodes.MoveToImmutable();

        void Reach(Node n)
        {
            if (at[n.Id] is not null) return;
            at[n.Id] = n;
            count++;
            work.Push(n);
        }
    }
}
