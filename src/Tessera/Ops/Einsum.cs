using Tessera.Ir;

namespace Tessera.Ops;

/// <summary>Einstein summation: operands are contracted pairwise from the left, each pair by one batched matrix product.</summary>
internal static class Einsum
{
    /// <summary>An operand and the label of each of its axes; labels are distinct.</summary>
    private readonly record struct Term(Node Node, int[] Labels);

    /// <summary>Axes that an ellipsis covers get the labels Ellipsis + 0, 1, …, the last axis the lowest, so that they align from the right.</summary>
    private const int Ellipsis = 1 << 16;

    public static Node Lower(Lowering c, string equation, Node[] x)
    {
        string text = equation.Replace(" ", "", StringComparison.Ordinal);
        int arrow = text.IndexOf("->", StringComparison.Ordinal);
        string[] inputs = (arrow < 0 ? text : text[..arrow]).Split(',');
        if (inputs.Length != x.Length || x.Length == 0) throw Bad(c, equation, $"it names {inputs.Length} operands and there are {x.Length}");
        Term[] terms = new Term[x.Length];
        int covered = 0;
        Dictionary<int, long> extents = [];
        int[][] labels = new int[x.Length][];
        for (int i = 0; i < x.Length; i++)
        {
            labels[i] = Labels(c, equation, inputs[i], x[i].Shape.Rank, out int dots);
            covered = Math.Max(covered, dots);
            for (int a = 0; a < labels[i].Length; a++) Learn(c, equation, extents, labels[i][a], x[i].Shape[a]);
        }
        int[] output = arrow < 0 ? Implicit(labels, covered) : Labels(c, equation, text[(arrow + 2)..], -1, out _, covered);
        foreach (int l in output)
            if (!extents.ContainsKey(l) || output.Count(o => o == l) > 1) throw Bad(c, equation, $"'{Name(l)}' of the result is in no operand, or in the result twice");
        for (int i = 0; i < x.Length; i++) terms[i] = Prepare(c.G, x[i], labels[i], extents);
        return Contract(c.G, terms, output, extents);
    }

    private static Node Contract(GraphBuilder g, Term[] terms, int[] output, Dictionary<int, long> extents)
    {
        Term all = SumOut(g, terms[0], l => output.Contains(l) || terms.Skip(1).Any(t => t.Labels.Contains(l)));
        for (int i = 1; i < terms.Length; i++)
        {
            HashSet<int> later = [.. output, .. terms.Skip(i + 1).SelectMany(t => t.Labels)];
            all = Multiply(g, all, terms[i], later);
        }
        // An axis of extent 1 that stood for a larger one (broadcast ellipsis) was dropped; all operands had 1 there when none is left.
        foreach (int l in output)
            if (!all.Labels.Contains(l)) all = new(g.Broadcast(g.Unsqueeze(all.Node, 0), Shape.Of([extents[l], .. all.Node.Shape.Span])), [l, .. all.Labels]);
        return g.Transpose(all.Node, [.. output.Select(l => Array.IndexOf(all.Labels, l))]);
    }

    /// <summary>The product of two terms, summed over the labels that nothing later needs.</summary>
    private static Term Multiply(GraphBuilder g, Term a, Term b, HashSet<int> later)
    {
        a = SumOut(g, a, l => later.Contains(l) || b.Labels.Contains(l));
        b = SumOut(g, b, l => later.Contains(l) || a.Labels.Contains(l));
        int[] batch = [.. a.Labels.Where(l => b.Labels.Contains(l) && later.Contains(l))], inner = [.. a.Labels.Where(l => b.Labels.Contains(l) && !later.Contains(l))];
        int[] rows = [.. a.Labels.Except(b.Labels)], columns = [.. b.Labels.Except(a.Labels)];
        Node p = Arrange(g, a, [.. batch, .. rows, .. inner]), q = Arrange(g, b, [.. batch, .. inner, .. columns]);
        int[] labels = [.. batch, .. rows, .. columns];
        long[] B = p.Shape.ToArray()[..batch.Length], R = p.Shape.ToArray()[batch.Length..(batch.Length + rows.Length)], C = q.Shape.ToArray()[(batch.Length + inner.Length)..];
        Shape shape = Shape.Of([.. B, .. R, .. C]);
        if (inner.Length == 0)
        {
            Node left = g.Reshape(p, Shape.Of([.. B, .. R, .. Enumerable.Repeat(1L, C.Length)])), right = g.Reshape(q, Shape.Of([.. B, .. Enumerable.Repeat(1L, R.Length), .. C]));
            return new(g.Mul(left, right), labels);
        }
        long k = p.Shape.CountOf(batch.Length + rows.Length, p.Shape.Rank), m = Shape.Of(R).Count, n = Shape.Of(C).Count;
        Node product = g.MatMul(g.Reshape(p, Shape.Of([.. B, m, k])), g.Reshape(q, Shape.Of([.. B, k, n])));
        return new(g.Reshape(product, shape), labels);
    }

    private static Node Arrange(GraphBuilder g, Term t, int[] order) => g.Transpose(t.Node, [.. order.Select(l => Array.IndexOf(t.Labels, l))]);

    private static Term SumOut(GraphBuilder g, Term t, Func<int, bool> needed)
    {
        int[] gone = [.. Enumerable.Range(0, t.Labels.Length).Where(i => !needed(t.Labels[i]))];
        return gone.Length == 0 ? t : new(g.Sum(t.Node, false, gone), [.. t.Labels.Where(needed)]);
    }

    /// <summary>Takes the diagonal of axes that share a label, and drops axes of extent 1 whose label is larger elsewhere.</summary>
    private static Term Prepare(GraphBuilder g, Node x, int[] labels, Dictionary<int, long> extents)
    {
        List<int> left = [.. labels];
        for (int i = 0; i < left.Count; i++)
            for (int j = left.Count - 1; j > i; j--)
            {
                if (left[i] != left[j]) continue;
                x = Diagonal(g, x, i, j);
                left.RemoveAt(j);
            }
        for (int i = left.Count - 1; i >= 0; i--)
        {
            if (x.Shape[i] == extents[left[i]]) continue;
            x = g.Squeeze(x, i);
            left.RemoveAt(i);
        }
        return new(x, [.. left]);
    }

    /// <summary>The elements with equal positions on axes i &lt; j, on axis i.</summary>
    private static Node Diagonal(GraphBuilder g, Node x, int i, int j)
    {
        long n = Math.Max(x.Shape[i], x.Shape[j]);
        x = g.Broadcast(x, x.Shape.With(i, n).With(j, n));
        int[] order = [.. Enumerable.Range(0, x.Shape.Rank).Where(a => a != i && a != j), i, j];
        Shape rest = Shape.Of([.. order[..^2].Select(a => x.Shape[a])]);
        Node flat = g.Reshape(g.Transpose(x, order), Shape.Of([.. rest.Span, n * n]));
        Node d = g.Slice(flat, rest.Rank, 0, n, n + 1);
        int[] back = [.. Enumerable.Range(0, i), rest.Rank, .. Enumerable.Range(i, rest.Rank - i)];
        return g.Transpose(d, back);
    }

    private static void Learn(Lowering c, string equation, Dictionary<int, long> extents, int label, long extent)
    {
        if (!extents.TryGetValue(label, out long known) || known == 1) extents[label] = extent;
        else if (extent != known && extent != 1) throw Bad(c, equation, $"'{Name(label)}' has the extents {known} and {extent}");
    }

    /// <summary>Without an arrow: the axes of the ellipsis, then the labels that occur once, in alphabetical order.</summary>
    private static int[] Implicit(int[][] labels, int covered) =>
        [.. Enumerable.Range(0, covered).Select(i => Ellipsis + covered - 1 - i),
         .. labels.SelectMany(l => l).Where(l => l < Ellipsis).GroupBy(l => l).Where(g => g.Count() == 1).Select(g => g.Key).Order()];

    /// <summary>Labels of one operand; a rank of −1 is that of the result, whose ellipsis covers <paramref name="covered"/> axes.</summary>
    private static int[] Labels(Lowering c, string equation, string part, int rank, out int dots, int covered = 0)
    {
        int at = part.IndexOf("...", StringComparison.Ordinal);
        string letters = at < 0 ? part : part.Remove(at, 3);
        if (letters.Any(l => !char.IsAsciiLetter(l))) throw Bad(c, equation, $"'{part}' holds something else than letters and one ellipsis");
        dots = at < 0 ? 0 : rank < 0 ? covered : rank - letters.Length;
        if (dots < 0 || (rank >= 0 && letters.Length + dots != rank)) throw Bad(c, equation, $"'{part}' does not name the axes of an operand of rank {rank}");
        int n = dots;
        return at < 0 ? [.. letters.Select(l => (int)l)]
            : [.. letters[..at].Select(l => (int)l), .. Enumerable.Range(0, n).Select(i => Ellipsis + n - 1 - i), .. letters[at..].Select(l => (int)l)];
    }

    private static string Name(int label) => label >= Ellipsis ? "..." : ((char)label).ToString();

    private static TesseraException Bad(Lowering c, string equation, string why) => c.Error(ErrorCode.InvalidArgument, $"equation '{equation}': {why}.");
}
