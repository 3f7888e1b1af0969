using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>How a launch's workgroups lie in the grid of a device: rows of at most <see cref="MostGroups"/>, so that the last row may be longer than the items are.</summary>
internal static class Grid
{
    public const int MostGroups = 65535;

    /// <summary>Whether every item that the grid starts is one of the launch.</summary>
    public static bool IsExact(Kernel k)
    {
        bool exact = k.Items % k.GroupSize == 0 && k.Items / k.GroupSize <= MostGroups;
        if (!exact && k.Instructions.Any(i => i.Op == KernelOp.Barrier)) throw new TesseraException(ErrorCode.Internal, $"Kernel '{k.Name}': a workgroup with a barrier must be whole.");
        return exact;
    }

    /// <summary>The statement that ends items beyond the last, in languages of C's family.</summary>
    public static string Guard(Kernel k) => IsExact(k) ? "" : $"    if (item >= {k.Items}) return;\n";
}
