namespace Tessera.Tests;

/// <summary>Random inputs from a seed that a failing test's output shows; TESSERA_SEED repeats it.</summary>
internal static class Seeds
{
    public static Random Random()
    {
        int seed = Knobs.Seed.IsSet ? (int)Knobs.Seed.Integer(int.MinValue, int.MaxValue) : System.Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"TESSERA_SEED={seed}");
        return new(seed);
    }
}
