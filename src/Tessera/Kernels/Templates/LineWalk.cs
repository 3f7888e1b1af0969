using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>The elements that one result depends on, along some axes of a tensor: one after another, or, where neighbours along the last of these axes lie side by side, in vectors.</summary>
/// <remarks>Axes that follow one another are walked as one.</remarks>
internal sealed class LineWalk
{
    private const int Several = 4;

    private readonly Emitter _e;
    private readonly Shape _shape, _seen;
    private readonly Coords _line;
    private readonly int[] _walked;
    private readonly int[] _axisOf;
    private readonly bool _inVectors;

    /// <param name="shape">Of the tensor.</param>
    /// <param name="axes">The axes walked, sorted.</param>
    /// <param name="line">Coordinates along the others.</param>
    /// <param name="inVectors">Lanes hold neighbours along the last of the axes; otherwise neighbouring lines.</param>
    public LineWalk(Emitter e, Shape shape, Ints axes, Coords line, bool inVectors)
    {
        (_e, _shape, _line, _inVectors) = (e, shape, line, inVectors && e.Lanes > 1);
        List<long> extents = [];
        List<int> walked = [], from = [];
        for (int a = 0; a < shape.Rank; a++)
        {
            bool walks = axes.Span.Contains(a);
            if (walks && a > 0 && axes.Span.Contains(a - 1)) { extents[^1] *= shape[a]; continue; }
            if (walks) walked.Add(extents.Count);
            extents.Add(shape[a]);
            from.Add(a);
        }
        (_seen, _walked, _axisOf) = (Shape.Of([.. extents]), [.. walked], [.. from]);
    }

    /// <summary>Runs a body for every element.</summary>
    public void Each(Action<Coords> body) => Walk((c, _) => body(c), body);

    /// <summary>All elements joined, starting from <paramref name="start"/>, which joining leaves as it is.</summary>
    /// <param name="isCheap">Joining takes longer than finding a value: several results in the making hide that each waits for the one before.</param>
    public Val Fold(Val start, Func<Val, Val, Val> join, Func<Coords, Val> value, bool isCheap = false)
    {
        if (!_inVectors)
        {
            Local one = _e.Local(start);
            Walk((c, _) => one.Value = join(one.Value, value(c)), null!);
            return one.Value;
        }
        bool several = isCheap && _e.Target.WalksRuns && _walked.Length > 0 && _seen[_walked[^1]] >= 4 * Several * _e.Lanes;
        Local[] all = [.. Enumerable.Range(0, several ? Several : 1).Select(_ => _e.Local(start))];
        Local rest = _e.Shared(start);
        Walk((c, t) => all[t].Value = join(all[t].Value, value(c)), c => rest.Value = join(rest.Value, value(c)), all.Length);
        Val joined = _e.Across(all.Select(l => l.Value).Aggregate(join), join);
        return _walked.Length > 0 && _seen[_walked[^1]] % _e.Lanes != 0 ? join(joined, rest.Value) : joined;
    }

    /// <param name="body">For elements, or vectors of them, and the place within a turn.</param>
    /// <param name="one">For elements that fill no vector.</param>
    /// <param name="times">Vectors of a turn.</param>
    private void Walk(Action<Coords, int> body, Action<Coords> one, int times = 1)
    {
        Val[] digits = new Val[_seen.Rank];
        for (int a = 0; a < digits.Length; a++) if (!_walked.Contains(a)) digits[a] = _line[_axisOf[a]];
        Coords Here()
        {
            Val[] here = [.. digits];
            return Coords.OfDigits(_e, _seen, a => here[a]).Reshaped(_shape);
        }
        void Loop(int i)
        {
            if (i == _walked.Length) { body(Here(), 0); return; }
            int axis = _walked[i];
            long extent = _seen[axis];
            if (!_inVectors || i < _walked.Length - 1)
            {
                _e.For(extent, v =>
                {
                    digits[axis] = v;
                    Loop(i + 1);
                });
                return;
            }
            long whole = extent / _e.Lanes * _e.Lanes, turns = whole / (times * _e.Lanes) * times * _e.Lanes;
            void Vectors(long from, long to, int each)
            {
                if (from == to) return;
                _e.For(_e.Int(from), _e.Int(to), each * _e.Lanes, v =>
                {
                    for (int t = 0; t < each; t++)
                    {
                        digits[axis] = _e.Counting(v + _e.Int(t * _e.Lanes));
                        body(Here(), t);
                    }
                });
            }
            Vectors(0, turns, times);
            Vectors(turns, whole, 1);
            for (long v = whole; v < extent; v++)
            {
                digits[axis] = _e.Int(v);
                one(Here());
            }
        }
        Loop(0);
    }
}
