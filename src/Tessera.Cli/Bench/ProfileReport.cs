using Tessera.Lab;

namespace Tessera.Cli.Bench;

/// <param name="Ms">Sum of the steps' times.</param>
/// <param name="FloorMs">Sum of their floors.</param>
internal sealed record ProfileReport(string Model, string Engine, int Threads, int Runs, double Ms, double FloorMs, Ceilings Ceilings, StepCost[] Steps);
