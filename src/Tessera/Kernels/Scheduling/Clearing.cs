namespace Tessera.Kernels;

/// <summary>Zeros around a value whose layout has room there: by kernels that write those only, or by a device that fills all of it.</summary>
internal static class Clearing
{
    public static IEnumerable<Launch> Of(Stored to, Schedule schedule, KernelTarget target)
    {
        Layout l = to.Layout!;
        if (target.CompilesSlowly && !(l.Before.All(n => n == 0) && l.After.All(n => n == 0)))
        {
            yield return new(null, [to], [to.Node]);
            yield break;
        }
        for (int axis = 0; axis < l.Shape.Rank; axis++)
        {
            long room = l.Before[axis] + l.After[axis];
            if (room == 0) continue;
            // Corners belong to every axis.
            long[] extents = [.. l.Parts.Select(p => p.Axis == axis ? room : l.Shape[p.Axis] + l.Before[p.Axis] + l.After[p.Axis])];
            int lanes = extents[^1] % 4 == 0 && l.Parts[^1].Axis != axis ? 4 : 1;
            extents[^1] /= lanes;
            Shape items = Shape.Of(extents);
            UnitWriter w = new(schedule, to.Node, target, items.Count, lanes, []);
            Emitter e = w.E;
            Coords item = Coords.OfNumber(e, items, e.Item());
            int a = axis;
            Coords at = Coords.OfAnyDigits(e, l.Shape, d =>
            {
                int part = Enumerable.Range(0, l.Parts.Length).First(p => l.Parts[p].Axis == d);
                Val i = item[part];
                if (part == l.Parts.Length - 1 && lanes > 1) i = e.Counting(i * e.Int(lanes));
                if (d != a) return i - e.Int(l.Before[d]);
                return l.After[d] == 0 ? i - e.Int(l.Before[d]) : l.Before[d] == 0 ? i + e.Int(l.Shape[d]) : (i < l.Before[d]).Then(i - e.Int(l.Before[d]), i + e.Int(l.Shape[d] - l.Before[d]));
            });
            w.Write(to, at, e.Const(KernelType.Reads(to.Type.Type)!.Value, 0.0));
            yield return w.Finish("Clear", [to.Node]);
        }
    }
}
