using System.Collections.Immutable;
using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>What a model's value is while its graph is built: a node, or a sequence or optional whose structure is known then and there.</summary>
/// <remarks>Sequences and optionals never reach an engine: their operators rearrange these lists.</remarks>
public abstract record Lowered
{
    private Lowered() { }

    public static implicit operator Lowered(Node node) => new Tensor(node);

    public static Lowered From(Node node) => new Tensor(node);

    public sealed record Tensor(Node Node) : Lowered;

    public sealed record Sequence(ImmutableArray<Lowered> Items) : Lowered
    {
        public bool Equals(Sequence? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Items.Length;
    }

    public sealed record Optional(Lowered? Item) : Lowered;
}
