namespace Tessera.Ops;

/// <summary>Selection of boxes.</summary>
internal static class Detection
{
    public static OpDef[] All => [OpDef.Dynamic("NonMaxSuppression", Suppress, "ONNX NonMaxSuppression-11", since: 10)];

    /// <summary>Boxes [N, B, 4] and scores [N, C, B] → Int64 [S, 3] of (batch, class, box), best score first within a class.</summary>
    private static Tensor[] Suppress(Attributes a, IReadOnlyList<Tensor?> inputs)
    {
        Tensor boxes = inputs[0]!, scores = inputs[1]!;
        if (boxes.Shape.Rank != 3 || scores.Shape.Rank != 3 || boxes.Shape[2] != 4 || boxes.Shape[0] != scores.Shape[0] || boxes.Shape[1] != scores.Shape[2])
            throw a.Error(ErrorCode.ShapeMismatch, $"boxes {boxes} and scores {scores} do not fit [N, B, 4] and [N, C, B].");
        long most = At(inputs, 2) is { } m ? Ir.Scalars.ToInt64(m)[0] : 0;
        double overlap = At(inputs, 3) is { } o ? Ir.Scalars.ToFloat64(o)[0] : 0;
        double threshold = At(inputs, 4) is { } t ? Ir.Scalars.ToFloat64(t)[0] : double.NegativeInfinity;
        bool centre = a.Flag("center_point_box");
        int count = (int)boxes.Shape[1], classes = (int)scores.Shape[1];
        Span<float> b = boxes.Span<float>(), s = scores.Span<float>();
        List<long> selected = [];
        for (int n = 0; n < boxes.Shape[0] && most > 0; n++)
        {
            Box[] corners = new Box[count];
            for (int i = 0; i < count; i++) corners[i] = Box.Of(b.Slice((n * count + i) * 4, 4), centre);
            for (int c = 0; c < classes; c++)
            {
                float[] score = s.Slice((n * classes + c) * count, count).ToArray();
                List<int> kept = [];
                List<int> order = [];
                for (int i = 0; i < count; i++)
                    if (score[i] > threshold) order.Add(i);
                order.Sort((i, j) => score[j].CompareTo(score[i]) is not 0 and var by ? by : i - j);
                foreach (int i in order)
                {
                    if (kept.Count >= most) break;
                    if (kept.Exists(k => Box.Overlap(corners[k], corners[i]) > overlap)) continue;
                    kept.Add(i);
                    selected.AddRange([n, c, i]);
                }
            }
        }
        return [Tensor.From(selected.ToArray(), [selected.Count / 3, 3])];
    }

    private static Tensor? At(IReadOnlyList<Tensor?> inputs, int index) => index < inputs.Count ? inputs[index] : null;

    private readonly record struct Box(float Top, float Left, float Bottom, float Right)
    {
        public static Box Of(ReadOnlySpan<float> v, bool centre) => centre
            ? new(v[1] - v[3] / 2, v[0] - v[2] / 2, v[1] + v[3] / 2, v[0] + v[2] / 2)
            : new(Math.Min(v[0], v[2]), Math.Min(v[1], v[3]), Math.Max(v[0], v[2]), Math.Max(v[1], v[3]));

        private float Area => (Bottom - Top) * (Right - Left);

        /// <summary>Intersection over union, 0 for boxes without area.</summary>
        public static float Overlap(Box a, Box b)
        {
            float h = Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top), w = Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left);
            if (h <= 0 || w <= 0 || a.Area <= 0 || b.Area <= 0) return 0;
            return h * w / (a.Area + b.Area - h * w);
        }
    }
}
