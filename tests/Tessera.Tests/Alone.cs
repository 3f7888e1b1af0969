namespace Tessera.Tests;

/// <summary>The collection of tests that watch the whole process, and so run by themselves.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
