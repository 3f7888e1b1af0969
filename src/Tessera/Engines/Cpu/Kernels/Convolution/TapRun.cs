namespace Tessera.Engines.Cpu.Kernels;

/// <summary>Taps of one window column whose input rows are as far apart as those of neighbouring output rows: a row that is loaded serves several outputs.</summary>
/// <param name="At">Where the first tap reads for the block's first output row, from the block's first input row.</param>
/// <param name="Weight">Number of the first tap's weight.</param>
internal readonly record struct TapRun(long At, long Weight);

/// <summary>Output rows that are summed up at once.</summary>
/// <param name="First">First output row of the plane.</param>
/// <param name="Rows">Output rows that exist.</param>
/// <param name="Size">Output rows that are computed: 1, 2, 4 or 8.</param>
/// <param name="Runs">First of the block's runs; those of five taps come first, then those of three, of two and of one.</param>
internal readonly record struct RowBlock(int First, int Rows, int Size, int Runs, int Fives, int Threes, int Twos, int Ones);
