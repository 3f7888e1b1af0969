using Tessera.Engines.Cpu;
using Tessera.Ir;

namespace Tessera;

/// <summary>Computing nodes of constants for engines that have no folding of their own.</summary>
public static class ConstantFolding
{
    /// <summary>The node's outputs, computed on the processor; null to leave it to run time.</summary>
    public static Tensor[]? Fold(Node node) => CpuFolding.Fold(node);
}
