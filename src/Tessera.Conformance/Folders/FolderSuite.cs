namespace Tessera.Conformance;

/// <summary>All test folders of a tree on one engine.</summary>
public static class FolderSuite
{
    /// <param name="engine">The engine under test.</param>
    /// <param name="fallback">Runs what the engine refuses; such cases count as helped. null: they fail.</param>
    /// <param name="root">The tree.</param>
    /// <param name="filter">Runs only the cases whose name contains this; null for all.</param>
    /// <param name="parallel">Cases at once. Results come in the order of the names whatever it is.</param>
    /// <param name="progress">Hears of each case when it is done, from any thread.</param>
    public static Report Run(Engine engine, string root, Engine? fallback = null, string? filter = null, int parallel = 1, Action<CaseResult>? progress = null, CancellationToken cancel = default)
    {
        TestFolder[] folders = [.. TestFolder.Find(root).Where(f => filter is null || f.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))];
        CaseResult[] results = new CaseResult[folders.Length];
        Parallel.For(0, folders.Length, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel }, i =>
        {
            results[i] = FolderCase.Run(engine, fallback, folders[i], cancel);
            progress?.Invoke(results[i]);
        });
        return new(engine.Name, root, results);
    }
}
