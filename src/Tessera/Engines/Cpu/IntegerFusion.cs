using Tessera.Compiler;
using Tessera.Engines.Cpu.Kernels;
using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>An 8-bit product with the elementwise nodes behind it that its kernel computes on the way out.</summary>
/// <param name="Product">The Int32 MatMul or Conv.</param>
/// <param name="Operands">Its 8-bit operands.</param>
/// <param name="Result">The last node that is covered.</param>
/// <param name="Scale">Float32 factor of the sums; null for 1.</param>
/// <param name="Bias">Float32, added after scaling; null for none.</param>
/// <param name="Quantized">How the result becomes 8 bits; null when it stays Float32 or Int32.</param>
/// <param name="Nodes">Product to result.</param>
internal sealed record IntegerFusion(Node Product, IntegerProduct Operands, Node Result, Node? Scale, Node? Bias, OutputQuantization? Quantized, IReadOnlyList<Node> Nodes);

/// <summary>min(max(round(clamp(x) ÷ Scale) + Zero, Low), High), clamp to [Floor, Ceiling].</summary>
internal sealed record OutputQuantization(double Floor, double Ceiling, double Scale, double Zero, double Low, double High);

/// <summary>The 8-bit products of a graph, and the nodes that they make superfluous.</summary>
internal sealed class IntegerFusions
{
    private readonly HashSet<Node> _covered = [];
    private readonly Dictionary<Node, IntegerFusion> _results = [];
    private readonly Dictionary<Node, List<Node>> _uses;
    private readonly HashSet<Node> _outputs;

    public IntegerFusions(Graph graph, Dictionary<Node, List<Node>> uses)
    {
        (_uses, _outputs) = (uses, [.. graph.Outputs]);
        foreach (Node n in graph.Nodes)
            if (n.Shape.Count > 0 && IntegerPatterns.Match(n) is { } p && IntegerKernel.Takes(n)) Add(n, p);
        // Operands first in line are covered when everything that reads them is.
        foreach (IntegerFusion f in _results.Values)
            foreach (Node x in f.Product.In) Cover(x);
        foreach (IntegerFusion f in _results.Values)
            foreach (Node x in f.Product.In) if (x.Op == GraphOp.Sub && _covered.Contains(x)) Cover(x.In[0]);
    }

    /// <summary>Whether <paramref name="n"/> needs no step: a product's kernel does its work.</summary>
    public bool Covers(Node n) => _covered.Contains(n);

    /// <summary>The product whose kernel gives <paramref name="n"/>.</summary>
    public IntegerFusion? Of(Node n) => _results.GetValueOrDefault(n);

    /// <summary>Whether <paramref name="n"/> belongs to no group of elementwise nodes.</summary>
    public bool Takes(Node n) => _covered.Contains(n) || _results.ContainsKey(n);

    private void Cover(Node x)
    {
        if (x.Op is GraphOp.Cast or GraphOp.Sub && !_outputs.Contains(x) && _uses[x].All(u => _covered.Contains(u) || _results.GetValueOrDefault(u)?.Product == u)) _covered.Add(x);
    }

    /// <summary>The only reader of <paramref name="n"/>, when it has the same shape.</summary>
    private Node? Next(Node n) => !_outputs.Contains(n) && _uses[n] is [var u] && u.Shape == n.Shape ? u : null;

    private void Add(Node product, IntegerProduct operands)
    {
        (Node result, Node? scale, Node? bias) = (product, null, null);
        if (Next(product) is { Op: GraphOp.Cast, Type: DType.Float32 } real)
        {
            result = real;
            if (Next(result) is { Op: GraphOp.Mul } mul && Other(mul, result) is { } s && Axis(product, s) is not null) (result, scale) = (mul, s);
            if (Next(result) is { Op: GraphOp.Add } add && Other(add, result) is { } b && Axis(product, b) is not null) (result, bias) = (add, b);
        }
        OutputQuantization? q = null;
        if (result != product && scale?.Op is null or GraphOp.Const && bias?.Op is null or GraphOp.Const && Quantized(result) is var (last, how)) (result, q) = (last, how);
        List<Node> nodes = [product];
        for (Node n = product; n != result; nodes.Add(n = Next(n)!)) _covered.Add(n);
        _results.Add(result, new(product, operands, result, scale, bias, q, nodes));
    }

    /// <summary>The operand beside <paramref name="x"/>.</summary>
    private static Node? Other(Node n, Node x) => n.In[0] == x ? n.In[1] == x ? null : n.In[1] : n.In[0];

    /// <summary>0: one number for all; 1: one per row of the product (filter of a convolution); 2: one per column; null: anything else.</summary>
    public static int? Axis(Node product, Node factor)
    {
        Shape y = product.Shape, f = factor.Shape;
        if (f.Count == 1) return 0;
        int axis = product.Op == GraphOp.Conv ? 1 : y.Rank - 1, at = axis - (y.Rank - f.Rank);
        if (at >= 0 && f[at] == y[axis] && f.Count == y[axis]) return product.Op == GraphOp.Conv ? 1 : 2;
        at = y.Rank - 2 - (y.Rank - f.Rank);
        return product.Op == GraphOp.MatMul && at >= 0 && f[at] == y[-2] && f.Count == y.Count / y[-1] ? 1 : null;
    }

    /// <summary>The nodes from <paramref name="x"/> on that quantise it: [max] [min] ÷ round [+] max min cast, all with one constant.</summary>
    private (Node, OutputQuantization)? Quantized(Node x)
    {
        Node? n = Next(x);
        double floor = double.NegativeInfinity, ceiling = double.PositiveInfinity, zero = 0;
        if (n is { Op: GraphOp.Max } && Constant(n, x) is { } f) (floor, x, n) = (f, n, Next(n));
        if (n is { Op: GraphOp.Min } && Constant(n, x) is { } c) (ceiling, x, n) = (c, n, Next(n));
        if (n is not { Op: GraphOp.Div } || n.In[0] != x || Constant(n, x) is not ({ } scale and > 0)) return null;
        if (Next(n) is not { Op: GraphOp.Round } round) return null;
        (x, n) = (round, Next(round));
        if (n is { Op: GraphOp.Add } && Constant(n, x) is { } z) (zero, x, n) = (z, n, Next(n));
        if (n is not { Op: GraphOp.Max } || Constant(n, x) is not { } low) return null;
        (x, n) = (n, Next(n));
        if (n is not { Op: GraphOp.Min } || Constant(n, x) is not { } high) return null;
        (x, n) = (n, Next(n));
        if (n is not { Op: GraphOp.Cast, Type: DType.UInt8 or DType.Int8 } || !double.IsFinite(scale) || zero != Math.Round(zero) || floor > ceiling) return null;
        (int least, int most) = n.Type == DType.UInt8 ? (0, 255) : (-128, 127);
        return low >= least && high <= most && low <= high && zero >= least && zero <= most ? (n, new(floor, ceiling, scale, zero, low, high)) : null;
    }

    private static double? Constant(Node n, Node x) => Other(n, x)?.Constant is { Count: 1 } c ? Scalars.ToFloat64(c)[0] is var v && double.IsNaN(v) ? null : v : null;
}
