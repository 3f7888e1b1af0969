using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>The elements that one result depends on, along some axes of a tensor: one after another, or, where neighbours along the last of these axes lie side by side, in vectors.</summary>
/// <remarks>Axes that follow one another are walked as one.</remarks>
internal sealed class LineWalk
{
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
    public void Each(Action<Coords> body) => Walk(body, body);

    /// <summary>All elements joined, starting from <paramref name="start"/>, which joining leaves as it is.</summary>
    public Val Fold(Val start, Func<Val, Val, Val> join, Func<Coords, Val> value)
    {
        Local all = _e.Local(start);
        if (!_inVectors)
        {
            Walk(c => all.Value = join(all.Value, value(c)), null!);
            return all.Value;
        }
        Local rest = _e.Shared(start);
        Walk(c => all.Value = join(all.Value, value(c)), c => rest.Value = join(rest.Value, value(c)));
        Val joined = _e.Across(all.Value, join);
        return _walked.Length > 0 && _seen[_walked[^1]] % _e.Lanes != 0 ? join(joined, rest.Value) : joined;
    }

    private void Walk(Action<Coords> body, Action<Coords> one)
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
            if (i == _walked.Length) { body(Here()); return; }
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
            long whole = extent / _e.Lanes * _e.Lanes;
            if (whole > 0)
                _e.For(_e.Int(0), _e.Int(whole), _e.Lanes, v =>
                {
                    digits[axis] = _e.Counting(v);
                    body(Here());
                });
            for (long v = whole; v < extent; v++)
            {
                digits[axis] = _e.Int(v);
                one(Here());
            }
        }
        Loop(0);
    }
}
