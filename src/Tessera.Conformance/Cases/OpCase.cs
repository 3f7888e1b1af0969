using Tessera.Ir;

namespace Tessera.Conformance;

/// <summary>A graph around one primitive with its inputs: what an engine must compute as the definition does.</summary>
/// <param name="Name">Unique; starts with the primitive.</param>
/// <param name="Build">Draws inputs and emits the nodes whose values are compared.</param>
public sealed record OpCase(GraphOp Op, string Name, Tolerance Tolerance, Func<OpInputs, Node[]> Build)
{
    /// <summary>Cases of every primitive.</summary>
    public static IReadOnlyList<OpCase> All { get; } =
    [
        .. LeafCases.All, .. UnaryCases.All, .. BinaryCases.All, .. CastCases.All, .. MovementCases.All, .. ReductionCases.All,
        .. ContractionCases.All, .. ConvolutionCases.All, .. IndexingCases.All, .. CompositeCases.All, .. RecurrenceCases.All,
    ];
}
