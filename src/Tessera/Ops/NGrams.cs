using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>TfIdfVectorizer: counts of known n-grams, with items up to max_skip_count + 1 apart.</summary>
internal static class NGrams
{
    public static Lowered[] Vectorize(Lowering c)
    {
        Node x = c[0];
        if (x.Shape.Rank is < 1 or > 2) throw c.Error(ErrorCode.ShapeMismatch, $"the input is {x.Shape}; it takes [C] or [N, C].");
        object[] pool = c.Strings("pool_strings") is { } s ? [.. s] : [.. (c.Ints("pool_int64s") ?? throw c.Error(ErrorCode.MalformedModel, "it has no pool of n-grams.")).Cast<object>()];
        long[] starts = c.Ints("ngram_counts") ?? [], columns = c.Ints("ngram_indexes") ?? [];
        int shortest = c.Int32("min_gram_length", 1), longest = c.Int32("max_gram_length", 1), skips = c.Int32("max_skip_count", 0);
        Part root = Tree(c, pool, starts, columns, shortest, longest);
        double[]? weights = c.Floats("weights");
        string mode = c.String("mode", "TF");
        int width = checked((int)(columns.DefaultIfEmpty(-1).Max() + 1));
        if (weights is not null && weights.Length < width) throw c.Error(ErrorCode.ShapeMismatch, $"{weights.Length} weights for {width} columns.");
        Shape shape = x.Shape.Rank == 1 ? [width] : [x.Shape[0], width];
        Node counts = c.G.Host("n-grams", [x], [new(DType.Float32, shape)], inputs =>
        {
            object[] items = inputs[0].Type == DType.String ? [.. inputs[0].Strings] : [.. Scalars.ToInt64(inputs[0]).Cast<object>()];
            int row = (int)x.Shape[-1], rows = row == 0 ? 0 : items.Length / row;
            float[] y = new float[shape.Count];
            for (int r = 0; r < rows; r++) Count(items.AsSpan(r * row, row), root, shortest, longest, skips, y.AsSpan(r * width, width));
            return [Tensor.From(y, shape)];
        });
        Node w = c.G.Const(Tensor.From<float>(weights is null ? [.. Enumerable.Repeat(1f, width)] : [.. weights.Take(width).Select(v => (float)v)], [width]));
        return mode switch
        {
            "TF" => [counts],
            "IDF" => [c.G.Where(c.G.Gt(counts, 0), w, c.G.Scalar(counts, 0))],
            "TFIDF" => [c.G.Mul(counts, w)],
            _ => throw c.Unsupported($"mode '{mode}' is not TF, IDF or TFIDF."),
        };
    }

    private sealed class Part
    {
        public Dictionary<object, Part> Next { get; } = [];

        public long Column { get; set; } = -1;
    }

    private static Part Tree(Lowering c, object[] pool, long[] starts, long[] columns, int shortest, int longest)
    {
        Part root = new();
        int gram = 0;
        for (int size = 1; size <= starts.Length; size++)
        {
            long end = size < starts.Length ? starts[size] : pool.Length;
            if (starts[size - 1] < 0 || end > pool.Length || starts[size - 1] > end) throw c.Error(ErrorCode.MalformedModel, "ngram_counts do not divide the pool.");
            for (long at = starts[size - 1]; at + size <= end; at += size, gram++)
            {
                if (size < shortest || size > longest) continue;
                Part p = root;
                for (int i = 0; i < size; i++) p = p.Next.TryGetValue(pool[at + i], out Part? known) ? known : p.Next[pool[at + i]] = new();
                p.Column = gram < columns.Length ? columns[gram] : throw c.Error(ErrorCode.MalformedModel, $"n-gram {gram} has no index.");
            }
        }
        return root;
    }

    private static void Count(ReadOnlySpan<object> items, Part root, int shortest, int longest, int skips, Span<float> counts)
    {
        // Single items are not affected by the distance: they count once.
        for (int distance = 1; distance <= skips + 1; distance++)
        {
            int least = distance == 1 ? shortest : Math.Max(2, shortest);
            if (least > longest) break;
            for (int start = 0; start < items.Length; start++)
            {
                Part p = root;
                for (int size = 1, at = start; size <= longest && at < items.Length && p.Next.TryGetValue(items[at], out Part? next); size++, at += distance)
                {
                    p = next;
                    if (size >= least && p.Column >= 0) counts[(int)p.Column]++;
                }
            }
        }
    }
}
