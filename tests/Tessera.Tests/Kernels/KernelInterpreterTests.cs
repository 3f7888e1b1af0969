using Tessera.Kernels;

namespace Tessera.Tests.Kernels;

public sealed class KernelInterpreterTests
{
    [Theory]
    [InlineData(-1)]
    [InlineData(4)]
    public void An_access_outside_a_buffer_is_named(int at)
    {
        KernelBuilder b = new(1);
        int y = b.Buffer("target", DType.Float32, BufferAccess.Write);
        b.Store(y, b.Const(at), b.Const(KernelType.Float32, 1.0));
        using Tensor t = Tensor.Zeros(DType.Float32, [4]);
        TesseraException e = Assert.Throws<TesseraException>(() => KernelInterpreter.Run(b.Build("stray", 64), [new(t)]));
        Assert.Contains("'stray'", e.Message, StringComparison.Ordinal);
        Assert.Contains("'target' of 4 elements", e.Message, StringComparison.Ordinal);
    }

    /// <summary>Items of a group exchange values through its memory: each group reverses its own.</summary>
    [Fact]
    public void Groups_share_memory_between_barriers()
    {
        const int Group = 8;
        KernelBuilder b = new(3 * Group);
        int x = b.Buffer("x", DType.Int32, BufferAccess.Read), y = b.Buffer("y", DType.Int32, BufferAccess.Write), shared = b.Shared(KernelType.Int32, Group);
        Instruction local = b.Emit(KernelOp.Local, KernelType.Int32, []);
        b.Emit(KernelOp.StoreShared, KernelType.Int32, [local, b.Load(x, b.Item())], new KernelArg.Number(shared));
        b.Emit(KernelOp.Barrier, KernelType.Bool, []);
        Instruction other = b.Emit(KernelOp.LoadShared, KernelType.Int32, [b.Emit(KernelOp.Sub, KernelType.Int32, [b.Const(Group - 1), local])], new KernelArg.Number(shared));
        b.Store(y, b.Item(), other);
        Kernel k = b.Build("reverse", Group);
        KernelVerifier.Verify(k);
        using Tensor from = Tensor.From([.. Enumerable.Range(0, 3 * Group)], [3 * Group]), to = Tensor.Zeros(DType.Int32, [3 * Group]);
        KernelInterpreter.Run(k, [new(from), new(to)]);
        Assert.Equal([.. Enumerable.Range(0, 3 * Group).Select(i => i / Group * Group + Group - 1 - i % Group)], to.ToArray<int>());
    }

    [Fact]
    public void Kernels_that_break_a_rule_are_refused()
    {
        static void Refused(string what, Action<KernelBuilder> write)
        {
            KernelBuilder b = new(4);
            b.Buffer("x", DType.Float32, BufferAccess.Read);
            write(b);
            TesseraException e = Assert.Throws<TesseraException>(() => KernelVerifier.Verify(b.Build("wrong", 64)));
            Assert.Contains(what, e.Message, StringComparison.Ordinal);
        }
        Refused("access", b => b.Store(0, b.Item(), b.Const(KernelType.Float32, 1.0)));
        Refused("mixes types", b => b.Emit(KernelOp.Add, KernelType.Float32, [b.Load(0, b.Item()), b.Item()]));
        Refused("no operation on floats", b => b.Emit(KernelOp.And, KernelType.Float32, [b.Load(0, b.Item()), b.Load(0, b.Const(0))]));
        Refused("names no buffer", b => b.Emit(KernelOp.Store, KernelType.Float32, [b.Item(), b.Const(KernelType.Float32, 1.0)], new KernelArg.Number(7)));
        Instruction stranger = new KernelBuilder(4).Item();
        Refused("not known there", b => b.Emit(KernelOp.Neg, KernelType.Int32, [stranger]));
    }
}
