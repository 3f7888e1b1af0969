namespace Tessera.Tests.Tensors;

public sealed class ShapeTests
{
    [Fact]
    public void Counts_multiply_and_a_scalar_holds_one()
    {
        Assert.Equal(1, Shape.Scalar.Count);
        Assert.Equal(24, Shape.Of(2, 3, 4).Count);
        Assert.Equal(0, Shape.Of(2, 0, long.MaxValue, long.MaxValue).Count);
        Assert.Equal(ErrorCode.ShapeMismatch, Assert.Throws<TesseraException>(() => Shape.Of(long.MaxValue, 2).Count).Code);
    }

    [Fact]
    public void Rank_beyond_eight_and_negative_extents_are_refused()
    {
        Assert.Equal(8, Shape.Of(1, 1, 1, 1, 1, 1, 1, 1).Rank);
        Assert.Throws<TesseraException>(() => Shape.Of(1, 1, 1, 1, 1, 1, 1, 1, 1));
        Assert.Throws<TesseraException>(() => Shape.Of(2, -1));
    }

    [Theory]
    [InlineData(new long[] { 3, 1 }, new long[] { 4 }, new long[] { 3, 4 })]
    [InlineData(new long[] { }, new long[] { 2, 0 }, new long[] { 2, 0 })]
    [InlineData(new long[] { 1 }, new long[] { 0 }, new long[] { 0 })]
    public void Broadcast_follows_numpy(long[] a, long[] b, long[] expected)
    {
        Assert.Equal(Shape.Of(expected), Shape.Broadcast(Shape.Of(a), Shape.Of(b)));
        Assert.Equal(Shape.Of(expected), Shape.Broadcast(Shape.Of(b), Shape.Of(a)));
    }

    [Fact]
    public void A_failed_broadcast_names_both_shapes()
    {
        string message = Assert.Throws<TesseraException>(() => Shape.Broadcast([2, 3], [4])).Message;
        Assert.Contains("[2, 3]", message);
        Assert.Contains("[4]", message);
    }

    [Fact]
    public void Equal_shapes_hash_alike_and_allocate_nothing()
    {
        Shape a = [1, 3, 224, 224];
        Assert.Equal(a.GetHashCode(), Shape.Of(1, 3, 224, 224).GetHashCode());
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) _ = a.With(0, i).Count + Shape.Broadcast(a, a).Rank;
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
