using System.Numerics.Tensors;

namespace Tessera.Tests.Tensors;

public sealed class TensorTests
{
    private static Tensor Iota(params ReadOnlySpan<long> shape) => Tensor.From(Enumerable.Range(0, (int)Shape.Of(shape).Count).ToArray(), Shape.Of(shape));

    [Fact]
    public void Views_show_the_elements_that_their_names_say()
    {
        using Tensor t = Iota(2, 3, 4);
        using Tensor transposed = t.Transpose(2, 0, 1), slice = t.Slice(1, 2, 2, -2), negative = t.Slice(-1, 1, 2, 2), row = t.Slice(0, 1, 1);
        Assert.Equal([0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15, 19, 23], transposed.ToArray<int>());
        Assert.Equal([8, 9, 10, 11, 0, 1, 2, 3, 20, 21, 22, 23, 12, 13, 14, 15], slice.ToArray<int>());
        Assert.Equal([1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23], negative.ToArray<int>());
        Assert.True(row.IsContiguous);
        Assert.Equal(Enumerable.Range(12, 12), row.ToArray<int>());
        using Tensor column = Iota(3, 1), wide = column.Broadcast([2, 3, 2]);
        Assert.Equal([0, 0, 1, 1, 2, 2, 0, 0, 1, 1, 2, 2], wide.ToArray<int>());
        Assert.Equal(0, wide.Strides[0]);
    }

    [Fact]
    public void Views_share_memory_and_a_reshape_of_a_view_copies()
    {
        using Tensor t = Iota(4, 6);
        using Tensor shaped = t.Reshape([2, 12]), view = t.Transpose(1, 0), copied = view.Reshape([24]);
        Assert.Equal(t.Address, shaped.Address);
        Assert.NotEqual(t.Address, copied.Address);
        t.Span<int>()[7] = -1;
        Assert.Equal(-1, shaped.Span<int>()[7]);
        Assert.Equal(-1, view.ToArray<int>()[1 * 4 + 1]);
        Assert.Equal(7, copied.Span<int>()[5]);
    }

    [Fact]
    public void Random_chains_of_views_match_an_index_computed_by_hand()
    {
        Random random = Seeds.Random();
        for (int round = 0; round < 200; round++)
        {
            long[] extents = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.NextInt64(1, 6))];
            Tensor t = Iota(extents);
            int[] expected = t.ToArray<int>();
            for (int step = 0; step < 3; step++)
            {
                int axis = random.Next(extents.Length);
                Tensor next;
                if (random.Next(2) == 0)
                {
                    int[] axes = [.. Enumerable.Range(0, extents.Length)];
                    random.Shuffle(axes);
                    next = t.Transpose(axes);
                    (expected, extents) = Pick(expected, extents, [.. axes.Select(a => extents[a])], index => [.. Enumerable.Range(0, index.Length).Select(a => index[Array.IndexOf(axes, a)])]);
                }
                else
                {
                    long start = random.NextInt64(extents[axis]), stride = random.NextInt64(2) == 0 ? 1 : -1, most = stride > 0 ? extents[axis] - start : start + 1, count = random.NextInt64(1, most + 1);
                    next = t.Slice(axis, start, count, stride);
                    long[] to = [.. extents];
                    to[axis] = count;
                    (expected, extents) = Pick(expected, extents, to, index => [.. index.Select((v, a) => a == axis ? start + v * stride : v)]);
                }
                t.Dispose();
                t = next;
            }
            Assert.Equal(expected, t.ToArray<int>());
            t.Dispose();
        }

        static (int[], long[]) Pick(int[] from, long[] fromShape, long[] toShape, Func<long[], long[]> source)
        {
            int[] to = new int[toShape.Aggregate(1L, (a, b) => a * b)];
            long[] index = new long[toShape.Length];
            for (int i = 0; i < to.Length; i++)
            {
                long flat = 0;
                foreach (var (v, n) in source(index).Zip(fromShape)) flat = flat * n + v;
                to[i] = from[flat];
                for (int a = index.Length - 1; a >= 0 && ++index[a] == toShape[a]; a--) index[a] = 0;
            }
            return (to, toShape);
        }
    }

    [Fact]
    public void The_last_view_gives_the_block_back()
    {
        MemoryPool pool = new();
        Tensor t = Tensor.Zeros(DType.Float32, [8, 8], pool), view = t.Transpose(1, 0), shared = view.Share();
        Assert.Equal(256, pool.Used);
        t.Dispose();
        t.Dispose();
        view.Dispose();
        Assert.Equal(256, pool.Used);
        Assert.Equal(64, shared.ToArray<float>().Length);
        shared.Dispose();
        Assert.Equal(0, pool.Used);
        Assert.Throws<ObjectDisposedException>(() => t.Address);
    }

    [Fact]
    public void Strings_are_viewed_like_numbers()
    {
        using Tensor t = Tensor.FromStrings(["a", "b", "c", "d", "e", "f"], [2, 3]);
        using Tensor transposed = t.Transpose(1, 0), slice = t.Slice(1, 2, 2, -1), wide = t.Slice(0, 1, 1).Broadcast([2, 3]), shaped = t.Reshape([3, 2]);
        Assert.Equal(["a", "d", "b", "e", "c", "f"], transposed.Strings);
        Assert.Equal(["c", "b", "f", "e"], slice.Strings);
        Assert.Equal(["d", "e", "f", "d", "e", "f"], wide.Strings);
        Assert.Equal(["a", "b", "c", "d", "e", "f"], shaped.Strings);
        Assert.Equal(ErrorCode.TypeMismatch, Assert.Throws<TesseraException>(() => t.Address).Code);
    }

    [Fact]
    public void Packed_elements_have_no_view_that_splits_a_byte()
    {
        using Tensor t = Tensor.Zeros(DType.Int4, [3, 5]);
        Assert.Equal(8, t.Bytes);
        Assert.Equal(ErrorCode.Unsupported, Assert.Throws<TesseraException>(() => t.Transpose(1, 0)).Code);
        Assert.Equal(ErrorCode.Unsupported, Assert.Throws<TesseraException>(() => t.Slice(0, 1, 1)).Code);
        using Tensor third = t.Slice(0, 2, 1);
        Assert.Equal(t.Address + 5, third.Address);
    }

    [Fact]
    public void Wrong_arguments_are_refused()
    {
        using Tensor t = Iota(2, 3);
        ErrorCode Code(Action action) => Assert.Throws<TesseraException>(action).Code;
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Transpose(0, 0)));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Transpose(0)));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Transpose(0, 2)));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Slice(1, 1, 3)));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Slice(1, 0, 2, -1)));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => t.Slice(1, 0, 3, long.MaxValue)));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => t.Slice(2, 0, 1)));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => t.Reshape([5])));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => t.Broadcast([2, 4])));
        Assert.Equal(ErrorCode.TypeMismatch, Code(() => t.Span<double>()));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => Tensor.From<int>([1, 2], [3])));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => Tensor.Empty(DType.Float64, [1L << 61])));
        Assert.Equal(ErrorCode.OutOfMemory, Code(() => Tensor.Empty(DType.UInt8, [1L << 62])));
        using MemoryBlock block = MemoryPool.Shared.Rent(64, "test");
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => Tensor.Over(block, 0, DType.Float32, [17])));
        Assert.Equal(ErrorCode.InvalidArgument, Code(() => Tensor.Over(block, 65, DType.Float32, [0])));
        Assert.Equal(ErrorCode.ShapeMismatch, Code(() => Tensor.Over(block, 0, DType.Float32, [1L << 62])));
    }

    [Fact]
    public void Empty_tensors_and_scalars_work()
    {
        using Tensor none = Tensor.Zeros(DType.Float32, [2, 0, 3]), view = none.Transpose(2, 1, 0), scalar = Tensor.Scalar(7L), wide = scalar.Broadcast([2]);
        Assert.Empty(view.ToArray<float>());
        Assert.Equal([7L, 7L], wide.ToArray<long>());
        Assert.Equal(Shape.Scalar, scalar.Shape);
        Assert.Equal([7L], scalar.Reshape([1, 1]).ToArray<long>());
    }

    [Fact]
    public void Tensor_spans_see_the_same_memory()
    {
        using Tensor t = Iota(2, 3, 4), view = t.Transpose(1, 2, 0), slice = t.Slice(2, 1, 2, 2);
        TensorSpan<int> span = t.AsTensorSpan<int>();
        Assert.Equal([2, 3, 4], span.Lengths);
        span[1, 2, 3] = 100;
        Assert.Equal(100, t.Span<int>()[23]);
        ReadOnlyTensorSpan<int> turned = view.AsReadOnlyTensorSpan<int>(), skipped = slice.AsReadOnlyTensorSpan<int>();
        Assert.Equal(100, turned[2, 3, 1]);
        Assert.Equal(6, turned[1, 2, 0]);
        Assert.Equal(3, skipped[0, 0, 1]);
        using Tensor column = Iota(3, 1), wide = column.Broadcast([3, 2]), scalar = Tensor.Scalar(5), none = Tensor.Zeros(DType.Int32, [0, 2]);
        Assert.Equal(2, wide.AsReadOnlyTensorSpan<int>()[2, 1]);
        Assert.Equal(5, scalar.AsReadOnlyTensorSpan<int>()[0]);
        Assert.Equal(0, none.AsReadOnlyTensorSpan<int>().FlattenedLength);
        using Tensor copy = Tensor.From(turned);
        Assert.Equal(view.Shape, copy.Shape);
        Assert.Equal(view.ToArray<int>(), copy.ToArray<int>());
        Assert.Equal(ErrorCode.TypeMismatch, Assert.Throws<TesseraException>(() => { t.AsTensorSpan<long>(); }).Code);
        using Tensor reversed = t.Slice(0, 1, 2, -1);
        Assert.Equal(ErrorCode.Unsupported, Assert.Throws<TesseraException>(() => { reversed.AsTensorSpan<int>(); }).Code);
    }
}
