namespace Tessera.Data;

/// <summary>The five row filters: a byte is stored as its difference from a prediction out of the bytes to the left, above and above left.</summary>
internal static class PngFilter
{
    public const int Count = 5;

    /// <summary>Restores <paramref name="row"/> in place; <paramref name="above"/> is the restored row before it (zeros for the first).</summary>
    public static void Undo(int filter, Span<byte> row, ReadOnlySpan<byte> above, int step)
    {
        if (filter == 0) return;
        for (int i = 0; i < row.Length; i++) row[i] += Predict(filter, row, above, i, step);
    }

    public static void Apply(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int step, Span<byte> stored)
    {
        for (int i = 0; i < row.Length; i++) stored[i] = (byte)(row[i] - Predict(filter, row, above, i, step));
    }

    private static byte Predict(int filter, ReadOnlySpan<byte> row, ReadOnlySpan<byte> above, int i, int step)
    {
        int left = i < step ? 0 : row[i - step];
        return filter switch
        {
            0 => 0,
            1 => (byte)left,
            2 => above[i],
            3 => (byte)((left + above[i]) >> 1),
            _ => Paeth(left, above[i], i < step ? 0 : above[i - step]),
        };
    }

    private static byte Paeth(int left, int up, int corner)
    {
        int p = left + up - corner, dl = Math.Abs(p - left), du = Math.Abs(p - up), dc = Math.Abs(p - corner);
        return (byte)(dl <= du && dl <= dc ? left : du <= dc ? up : corner);
    }
}
