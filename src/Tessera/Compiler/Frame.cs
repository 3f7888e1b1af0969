using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tessera.Ir;
using Tessera.Onnx;
using Tessera.Ops;

namespace Tessera.Compiler;

/// <summary>One activation of a graph or function body: where its names live, and what its attributes and versions are.</summary>
/// <param name="parent">Frame whose names the body also sees; null for models, functions and loop bodies.</param>
/// <param name="arguments">Values of a function's attributes, for references in its body.</param>
internal sealed class Frame(Frame? parent, OnnxModel model, IReadOnlyDictionary<string, long> opsets, IReadOnlyDictionary<string, Tensor> initializers, IReadOnlyDictionary<string, OnnxAttribute> arguments)
{
    /// <summary>Compares names of values: a frame and a name in it.</summary>
    public static IEqualityComparer<(Frame, string)> Names { get; } = new NameComparer();

    public Frame? Parent { get; } = parent;

    public OnnxModel Model { get; } = model;

    public IReadOnlyDictionary<string, long> Opsets { get; } = opsets;

    public IReadOnlyDictionary<string, Tensor> Initializers { get; } = initializers;

    public IReadOnlyDictionary<string, OnnxAttribute> Arguments { get; } = arguments;

    /// <summary>Whether the body stands for itself: constants folded in it hold for every activation.</summary>
    public bool IsModel => Parent is null && Arguments.Count == 0 && ReferenceEquals(Initializers, Model.Graph.Initializers);

    public static Frame OfModel(OnnxModel model) => new(null, model, model.Opsets, model.Graph.Initializers, OnnxAttributes.None);

    /// <summary>A branch inlined under this frame.</summary>
    public Frame Inside(OnnxGraph body) => new(this, Model, Opsets, body.Initializers, Arguments);

    /// <summary>A loop body that is run on its own; what it captures is bound in it.</summary>
    public Frame Apart(OnnxGraph body) => new(null, Model, Opsets, body.Initializers, Arguments);

    /// <summary>The attribute itself, or the function argument that it refers to; null when neither is given.</summary>
    public OnnxAttribute? Attribute(OnnxNode node, string name) =>
        !node.Attributes.TryGetValue(name, out OnnxAttribute? a) ? null : a.RefAttribute is { } r ? Arguments.GetValueOrDefault(r) : a;

    private sealed class NameComparer : IEqualityComparer<(Frame, string)>
    {
        public bool Equals((Frame, string) a, (Frame, string) b) => ReferenceEquals(a.Item1, b.Item1) && a.Item2 == b.Item2;

        public int GetHashCode((Frame, string) name) => (RuntimeHelpers.GetHashCode(name.Item1) * 31) ^ name.Item2.GetHashCode(StringComparison.Ordinal);
    }
}

/// <summary>Work that is still to be lowered.</summary>
internal abstract record Item
{
    private Item() { }

    public sealed record Call(Frame Frame, OnnxNode Node) : Item;

    /// <summary>The end of an inlined body: its results get their names outside.</summary>
    public sealed record Bind(Frame Inner, ImmutableArray<string> From, Frame Outer, ImmutableArray<string> To) : Item;

    /// <summary>The end of a body inlined once per element of a sequence: its results become sequences outside.</summary>
    public sealed record Collect(ImmutableArray<Frame> Inner, ImmutableArray<string> From, Frame Outer, ImmutableArray<string> To) : Item;
}

/// <summary>How to make a value from what a stage has at hand: its inputs, the outputs of its graph, and constants.</summary>
internal abstract record Recipe
{
    private Recipe() { }

    public sealed record Output(int Index) : Recipe;

    public sealed record Input(int Leaf) : Recipe;

    public sealed record Const(Tensor Value) : Recipe;

    public sealed record Sequence(ImmutableArray<Recipe> Items) : Recipe;

    public sealed record Optional(Recipe? Item) : Recipe;

    public bool IsConstant => this switch
    {
        Const => true,
        Sequence s => s.Items.All(i => i.IsConstant),
        Optional o => o.Item?.IsConstant ?? true,
        _ => false,
    };
}

/// <summary>Where building a model goes on: what is left to lower, the values that come in, and the constants known by now.</summary>
internal sealed record Continuation(
    Frame Root, ImmutableArray<string> Outputs, ImmutableArray<Item> Items, ImmutableArray<(Frame Frame, string Name)> Live,
    IReadOnlyDictionary<(Frame, string), Recipe> Constants, IReadOnlySet<int> Needs);

/// <summary>An operator that runs between two graphs because the shapes of its results depend on data, or because it iterates.</summary>
/// <param name="Inputs">One per input of the node, null where absent.</param>
/// <param name="Captured">Outer values that the node's body reads, with the names it reads them by.</param>
internal sealed record DynamicStep(Frame Frame, OnnxNode Node, NodeAttributes Attributes, OpDef? Def, ImmutableArray<Recipe?> Inputs, ImmutableArray<(string Name, Recipe Value)> Captured);

/// <summary>A stage: a static graph, what runs after it, and how the values that leave it are made.</summary>
/// <param name="LeafOfInput">For each graph input the incoming leaf tensor that feeds it.</param>
/// <param name="Results">Without <paramref name="Next"/> the model's outputs; else the first of Next.Live, the rest being outputs of the steps in order.</param>
internal sealed record Specialized(Graph Graph, ImmutableArray<int> LeafOfInput, ImmutableArray<Recipe> Results, ImmutableArray<DynamicStep> Steps, Continuation? Next)
{
    /// <summary>Whether the results are the graph's outputs, one for one.</summary>
    public bool OutputsInOrder
    {
        get
        {
            if (Graph.Outputs.Length != Results.Length) return false;
            for (int i = 0; i < Results.Length; i++)
                if (Results[i] is not Recipe.Output o || o.Index != i) return false;
            return true;
        }
    }
}
