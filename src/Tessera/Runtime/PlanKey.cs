namespace Tessera.Runtime;

/// <summary>What a plan was made for: structure, types and shapes of the values that come in, and the contents of those that decide the plan.</summary>
internal sealed class PlanKey
{
    private readonly long[] _words;

    private PlanKey(long[] words) => _words = words;

    public static PlanKey Of(IReadOnlyList<Value> values, IReadOnlySet<int> needs)
    {
        Writer w = new([]);
        for (int i = 0; i < values.Count; i++) Add(ref w, values[i], needs.Contains(i));
        return new([.. w.Words]);
    }

    public bool Matches(IReadOnlyList<Value> values, IReadOnlySet<int> needs)
    {
        Comparer c = new(_words);
        for (int i = 0; i < values.Count; i++) Add(ref c, values[i], needs.Count > 0 && needs.Contains(i));
        return c.Equal;
    }

    public bool Matches(ReadOnlySpan<Tensor> values, IReadOnlySet<int> needs)
    {
        Comparer c = new(_words);
        for (int i = 0; i < values.Length; i++) Add(ref c, values[i], needs.Count > 0 && needs.Contains(i));
        return c.Equal;
    }

    private static void Add<TSink>(ref TSink sink, Value value, bool content) where TSink : struct, ISink
    {
        switch (value)
        {
            case TensorValue t:
                Add(ref sink, t.Tensor, content);
                break;
            case SequenceValue s:
                sink.Add(-1 - s.Items.Count);
                foreach (Value v in s.Items) Add(ref sink, v, content);
                break;
            case OptionalValue o:
                sink.Add(o.Item is null ? long.MinValue : long.MinValue + 1);
                if (o.Item is not null) Add(ref sink, o.Item, content);
                break;
        }
    }

    private static void Add<TSink>(ref TSink sink, Tensor t, bool content) where TSink : struct, ISink
    {
        sink.Add(((long)t.Type << 8) | (uint)t.Shape.Rank);
        for (int i = 0; i < t.Shape.Rank; i++) sink.Add(t.Shape[i]);
        if (!content) return;
        if (t.Type == DType.String)
        {
            foreach (string s in t.Strings) { sink.Add(s.Length); foreach (char letter in s) sink.Add(letter); }
            return;
        }
        if (t.IsContiguous)
        {
            foreach (byte b in t.RawBytes()) sink.Add(b);
            return;
        }
        using Tensor c = t.Contiguous();
        foreach (byte b in c.RawBytes()) sink.Add(b);
    }

    private interface ISink { void Add(long word); }

    private readonly struct Writer(List<long> words) : ISink
    {
        public List<long> Words => words;

        public void Add(long word) => words.Add(word);
    }

    private struct Comparer(long[] words) : ISink
    {
        private int _at;
        private bool _different;

        public readonly bool Equal => !_different && _at == words.Length;

        public void Add(long word)
        {
            if (_at >= words.Length || words[_at] != word) _different = true;
            _at++;
        }
    }
}
