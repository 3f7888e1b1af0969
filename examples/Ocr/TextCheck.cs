namespace Tessera.Examples.Ocr;

/// <summary>Compares what was read with what is written: every written line is paired with the read line nearest to it.</summary>
/// <param name="Accuracy">1 − edits ÷ written letters, not below 0; an extra line costs all its letters.</param>
/// <param name="Differences">One entry per line that was misread, missed, or read though it is not there.</param>
public sealed record TextCheck(double Accuracy, IReadOnlyList<TextCheck.Difference> Differences)
{
    /// <summary>Least accuracy that counts as read.</summary>
    public const double Required = 0.95;

    public sealed record Difference(string? Written, string? Read, int Edits);

    public bool Passed => Accuracy >= Required;

    public static TextCheck Compare(IReadOnlyList<string> written, IReadOnlyList<string> read)
    {
        List<Difference> differences = [];
        HashSet<int> openWritten = [.. Enumerable.Range(0, written.Count)], openRead = [.. Enumerable.Range(0, read.Count)];
        var pairs = from w in openWritten from r in openRead let edits = Edits(written[w], read[r])
                    where edits < Math.Max(written[w].Length, read[r].Length) orderby edits select (w, r, edits);
        foreach ((int w, int r, int edits) in pairs.ToArray())
        {
            if (!openWritten.Contains(w) || !openRead.Contains(r)) continue;
            openWritten.Remove(w);
            openRead.Remove(r);
            if (edits > 0) differences.Add(new(written[w], read[r], edits));
        }
        differences.AddRange(openWritten.Select(w => new Difference(written[w], null, written[w].Length)));
        differences.AddRange(openRead.Select(r => new Difference(null, read[r], read[r].Length)));
        int letters = written.Sum(w => w.Length), wrong = differences.Sum(d => d.Edits);
        return new(letters == 0 ? (wrong == 0 ? 1 : 0) : Math.Max(0, 1 - (double)wrong / letters), differences);
    }

    /// <summary>Least number of insertions, deletions and replacements that turn one text into the other (Levenshtein).</summary>
    public static int Edits(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int corner = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
                corner = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
