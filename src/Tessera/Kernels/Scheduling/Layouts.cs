using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>Which stored values have their channels innermost, and how much room around them, so that convolutions read neighbours in vectors and find zeros beyond the edges.</summary>
internal sealed class Layouts
{
    private readonly Schedule _schedule;
    private readonly Dictionary<Node, Layout> _of = [];
    private readonly HashSet<Node> _widened = [];

    public Layouts(Schedule schedule, KernelTarget target)
    {
        _schedule = schedule;
        if (!target.PacksOperands) return;
        foreach (Node root in schedule.Units)
        {
            if (root.Type is DType.Float16 or DType.BFloat16 && root.Outputs.Length == 1 && !schedule.IsOutput(root)) _widened.Add(root);
            if (IsAble(root) && Wants(root) && !schedule.MixesChannels(root, 1)) _of[root] = WithRoom(root);
        }
    }

    /// <summary>Where the elements of a stored node lie; null: row-major.</summary>
    public Layout? Of(Node n) => _of.GetValueOrDefault(n);

    /// <summary>Whether a stored node of 16-bit floats is kept in 32 bits.</summary>
    public bool IsWidened(Node n) => _widened.Contains(n);

    /// <summary>How far a convolution looks beyond the edges of its first operand: per axis of it, before and after.</summary>
    public static (Ints Before, Ints After) Reach(Node conv)
    {
        Arg.Conv a = (Arg.Conv)conv.Arg!;
        Shape x = conv.In[0].Shape, w = conv.In[1].Shape;
        long[] before = new long[x.Rank], after = new long[x.Rank];
        for (int i = 2; i < x.Rank; i++)
        {
            before[i] = a.Before[i - 2];
            after[i] = Math.Max(0, (conv.Shape[i] - 1) * a.Strides[i - 2] + (w[i] - 1) * a.Dilations[i - 2] + 1 - before[i] - x[i]);
        }
        return (Ints.Of(before), Ints.Of(after));
    }

    private bool IsAble(Node root) => !_schedule.IsOutput(root) && root.Outputs.Length == 1 && root.Shape.Rank is >= 3 and <= 5 && root.Shape[1] >= 4 && root.Shape.Count > 0 && root.Type.Bits() is >= 8 and <= 32;

    private bool Wants(Node root)
    {
        Node? template = _schedule.Template(root);
        return template?.Op switch
        {
            GraphOp.Conv or GraphOp.ConvTranspose => true,
            GraphOp.Pool or GraphOp.Resample or GraphOp.Concat or null => _schedule.Reach(root).Any(n => n != root && _of.ContainsKey(n) && n.Shape.Rank == root.Shape.Rank && n.Shape.Count * 2 >= root.Shape.Count / Math.Max(1, root.In.Length)),
            _ => false,
        };
    }

    private Layout WithRoom(Node root)
    {
        long[] before = new long[root.Shape.Rank], after = new long[root.Shape.Rank];
        foreach ((Node user, int operand, bool moved, _) in _schedule.Readers(root))
        {
            if (moved || operand != 0 || user.Op != GraphOp.Conv) continue;
            (Ints b, Ints a) = Reach(user);
            for (int i = 0; i < before.Length; i++) (before[i], after[i]) = (Math.Max(before[i], b[i]), Math.Max(after[i], a[i]));
        }
        return Layout.Padded(root.Shape, Layout.ChannelsLast(root.Shape.Rank), Ints.Of(before), Ints.Of(after));
    }
}
