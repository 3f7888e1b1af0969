using Options = System.Runtime.CompilerServices.MethodImplOptions;

namespace Tessera;

/// <summary>What the library asks of the compiler for a method; stands in for the type of the same name in all of its namespaces.</summary>
internal static class MethodImplOptions
{
    public const Options AggressiveInlining = Options.AggressiveInlining;

    public const Options NoInlining = Options.NoInlining;

    /// <summary>For kernels: optimised at their first call, not after the thirtieth.</summary>
    /// <remarks>A build that is compiled ahead of time optimises everything, and the runtime's own flag would keep just these methods out of it.</remarks>
#if AHEAD_OF_TIME
    public const Options AggressiveOptimization = 0;
#else
    public const Options AggressiveOptimization = Options.AggressiveOptimization;
#endif
}
