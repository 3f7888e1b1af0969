using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tessera.Ir;

public enum PadMode { Constant, Reflect, Edge, Wrap }

public enum PoolKind { Max, Average, Lp }

public enum ScatterReduction { None, Add, Mul, Min, Max }

public enum RandomKind { Uniform, Normal }

public enum RnnKind { Rnn, Gru, Lstm }

public enum RnnDirection { Forward, Reverse, Bidirectional }

public enum RnnActivationKind { Sigmoid, Tanh, Relu, Affine, LeakyRelu, ThresholdedRelu, ScaledTanh, HardSigmoid, Elu, Softsign, Softplus }

public readonly record struct RnnActivation(RnnActivationKind Kind, double Alpha, double Beta);

/// <summary>What an operator needs besides its operands. Equality is structural, so equal nodes are one node.</summary>
public abstract record Arg
{
    private Arg() { }

    /// <summary>Tells nodes with the same operands apart where there may be many, for tables of nodes; 0 where operator and operands say enough.</summary>
    internal virtual int Spread => 0;

    /// <summary>Input: position and name.</summary>
    public sealed record Input(int Index, string Name, DType Type, Shape Shape) : Arg
    {
        internal override int Spread => Index;
    }

    /// <summary>Const: the value. Two Const nodes are equal when they hold the same tensor object.</summary>
    public sealed record Const(Tensor Value) : Arg
    {
        internal override int Spread => RuntimeHelpers.GetHashCode(Value);
    }

    /// <summary>Random: Uniform in [A, B) or Normal with mean A and deviation B; Philox-4×32-10 keyed by Seed, counter = element index.</summary>
    public sealed record Random(RandomKind Kind, DType Type, Shape Shape, double A, double B, ulong Seed) : Arg;

    /// <summary>Cast: target type. Saturate matters for 8-bit floats only.</summary>
    public sealed record To(DType Type, bool Saturate) : Arg
    {
        internal override int Spread => (int)Type;
    }

    /// <summary>IsInf: which signs count.</summary>
    public sealed record Infinity(bool Positive, bool Negative) : Arg;

    /// <summary>Reshape, Broadcast: the new shape.</summary>
    public sealed record Shaped(Shape Shape) : Arg
    {
        internal override int Spread => Shape.GetHashCode();
    }

    /// <summary>Transpose: output axis i is input axis Axes[i].</summary>
    public sealed record Permutation(Ints Axes) : Arg
    {
        internal override int Spread => Axes.GetHashCode();
    }

    /// <summary>Slice, per axis: elements Starts + j·Steps for j in 0…Counts−1; every one lies inside. Steps may be negative.</summary>
    public sealed record Slice(Ints Starts, Ints Counts, Ints Steps) : Arg
    {
        internal override int Spread => HashCode.Combine(Starts.GetHashCode(), Counts.GetHashCode(), Steps.GetHashCode());
    }

    /// <summary>Pad, per axis: elements added before and after (never negative). The value is operand 1, a scalar; used by Constant only.</summary>
    public sealed record Pad(PadMode Mode, Ints Before, Ints After) : Arg
    {
        internal override int Spread => HashCode.Combine(Before.GetHashCode(), After.GetHashCode());
    }

    /// <summary>Concat, Softmax, LogSoftmax, Gather, GatherElements, Resample: the axis (0…rank−1). GatherNd: number of batch axes.</summary>
    public sealed record Along(int Axis) : Arg
    {
        internal override int Spread => Axis;
    }

    /// <summary>ReduceX: axes, sorted and distinct.</summary>
    public sealed record Reduce(Ints Axes, bool KeepDims) : Arg
    {
        internal override int Spread => Axes.GetHashCode();
    }

    /// <summary>ArgMax, ArgMin: Int64 out; Last picks the last of equals.</summary>
    public sealed record ArgReduce(int Axis, bool KeepDims, bool Last) : Arg;

    public sealed record Scan(int Axis, bool Exclusive, bool Reverse) : Arg;

    /// <summary>Conv over x [N, C, …] and w [M, C/Group, …]; spatial lists have one entry per spatial axis. Out is the spatial output size.</summary>
    public sealed record Conv(Ints Strides, Ints Dilations, Ints Before, Ints After, long Group) : Arg
    {
        /// <summary>Floats that hold integers, whose sums of products must come out exact: no engine may form others, as minimal filtering does.</summary>
        public bool Exact { get; init; }

        /// <summary>As <see cref="Arg.Paired"/>, along the channels.</summary>
        public bool InPairs { get; init; }
    }

    /// <summary>Of a MatMul of Int32 that hold two signed 16-bit numbers each: both of one operand are multiplied with both of the other. Engines make it for themselves.</summary>
    public sealed record Paired : Arg;

    /// <summary>ConvTranspose over x [N, C, …] and w [C, M/Group, …]; Before is cropped from the start, Out is the spatial output size.</summary>
    public sealed record ConvTranspose(Ints Strides, Ints Dilations, Ints Before, Ints Out, long Group) : Arg;

    /// <summary>Pool over x [N, C, …]; Out is the spatial output size. CountPad: Average divides by the whole window inside input + padding.
    /// Indices (Max): a second Int64 output with the flat index in the input, column-major over the spatial axes when ColumnMajor.</summary>
    public sealed record Pool(PoolKind Kind, Ints Kernel, Ints Strides, Ints Dilations, Ints Before, Ints After, Ints Out, bool CountPad, double P, bool Indices, bool ColumnMajor) : Arg;

    /// <summary>ScatterElements: axis. ScatterNd: axis is 0.</summary>
    public sealed record Scatter(int Axis, ScatterReduction Reduction) : Arg;

    /// <summary>TopK: values and Int64 indices; equal values keep the lower index first.</summary>
    public sealed record TopK(long K, int Axis, bool Largest, bool Sorted) : Arg;

    /// <summary>Norm: (x − mean) ÷ √(mean((x − mean)²) + Epsilon) over Axes; x ÷ √(mean(x²) + Epsilon) when not Centered.</summary>
    public sealed record Norm(Ints Axes, double Epsilon, bool Centered) : Arg;

    /// <summary>Attention: softmax(cap(Scale·q·kᵀ) + mask)·v over q [B, H, S, D], k [B, G, T, D], v [B, G, T, E] with H a multiple of G, mask (operand 3, optional)
    /// floating and broadcastable to [B, H, S, T]; cap(x) = Softcap·tanh(x ÷ Softcap) when Softcap &gt; 0. Causal: position s sees t ≤ s + CausalOffset.
    /// A row that sees nothing gives zeros.</summary>
    public sealed record Attention(double Scale, bool Causal, long CausalOffset, double Softcap) : Arg;

    /// <summary>Rnn, as ONNX RNN/GRU/LSTM with layout 0. Operands: x [T, N, I], w, r, b, h0, then c0 (Lstm), then Int32 lengths [N] (HasLengths), then peepholes (HasPeepholes).
    /// Outputs: y [T, D, N, H], yh [D, N, H], and yc (Lstm). Clip ≤ 0 means none.</summary>
    public sealed record Rnn(RnnKind Kind, RnnDirection Direction, long Hidden, ImmutableArray<RnnActivation> Activations, double Clip, bool LinearBeforeReset, bool CoupledInputForget, bool HasLengths, bool HasPeepholes) : Arg
    {
        public bool Equals(Rnn? o) => o is not null && (Kind, Direction, Hidden, Clip, LinearBeforeReset, CoupledInputForget, HasLengths, HasPeepholes)
            == (o.Kind, o.Direction, o.Hidden, o.Clip, o.LinearBeforeReset, o.CoupledInputForget, o.HasLengths, o.HasPeepholes) && Activations.AsSpan().SequenceEqual(o.Activations.AsSpan());

        public override int GetHashCode() => HashCode.Combine(Kind, Direction, Hidden, LinearBeforeReset);
    }

    /// <summary>Fft along Axis of x [… , 2] (real, imaginary last) or [… , 1] (real); inverse divides by the length n; one-sided gives bins 0 … n/2 only.</summary>
    public sealed record Fft(int Axis, bool Inverse, bool OneSided = false) : Arg;

    /// <summary>Host: the function. Equal only to itself.</summary>
    public sealed record Host(HostFunction Function) : Arg;

    /// <summary>Part: which output.</summary>
    public sealed record Part(int Index) : Arg
    {
        internal override int Spread => Index;
    }
}

/// <summary>Element type and shape of one value.</summary>
public readonly record struct TensorType(DType Type, Shape Shape)
{
    public override string ToString() => $"{Type}{Shape}";
}

/// <summary>A function on the CPU with outputs of known types; tensors handed in are contiguous, of the declared types, and not to be kept.</summary>
public sealed record HostFunction(string Name, ImmutableArray<TensorType> Outputs, Func<IReadOnlyList<Tensor>, Tensor[]> Run);
