using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>RNN, GRU and LSTM: an item runs one sequence in one direction, step by step; lanes hold neighbouring states.</summary>
/// <remarks>Buffers: all states, the last state, and the cell (LSTM) or scratch (GRU's reset state). The last state and the cell are the recurrence's memory.</remarks>
internal sealed class Recurrent
{
    private readonly Node _n;
    private readonly Arg.Rnn _a;
    private readonly Emitter _e;
    private readonly Reader _r;
    private readonly Val _d, _b;
    private readonly int _all, _state, _cell, _gates, _width;
    private readonly (int Inputs, int States)? _packed;
    private readonly long _hidden, _inputs;
    private readonly int _next;
    private Val _first;

    private Recurrent(Node n, Coords item, Emitter e, Reader r, int[] buffers, int width, (int Inputs, int States)? packed)
    {
        (_n, _a, _e, _r, _d, _b) = (n, (Arg.Rnn)n.Arg!, e, r, item[0], item[1]);
        (_all, _state, _cell) = (buffers[0], buffers[1], buffers[2]);
        (_hidden, _inputs, _width, _packed) = (_a.Hidden, n.In[0].Shape[2], width, packed);
        _gates = GatesOf(_a.Kind);
        _next = _a.Kind == RnnKind.Lstm ? 6 : 5;
    }

    /// <param name="buffers">All states, the last state, the cell.</param>
    /// <param name="width">States that are computed together: a divisor of the hidden size, and the emitter's lanes times its block.</param>
    /// <param name="packed">Buffers of the weights as <see cref="Layout.Gated"/> lays them out; null to read them where they lie.</param>
    public static void Run(Node n, Coords item, Emitter e, Reader r, int[] buffers, int width, (int Inputs, int States)? packed) => new Recurrent(n, item, e, r, buffers, width, packed).Run();

    public static int GatesOf(RnnKind kind) => kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };

    private void Run()
    {
        long steps = _n.In[0].Shape[0];
        Each(j =>
        {
            _e.Store(_state, State(j), Read(_n.In[4], _d, _b, j));
            if (_a.Kind == RnnKind.Lstm) _e.Store(_cell, State(j), Read(_n.In[5], _d, _b, j));
        });
        Val length = _a.HasLengths ? Read(_n.In[_next], _b).To(ScalarKind.Int32).Max(0).Min(steps) : _e.Int(steps);
        Val backwards = _a.Direction switch
        {
            RnnDirection.Forward => _e.Const(KernelType.Bool, 0L),
            RnnDirection.Reverse => _e.Const(KernelType.Bool, 1L),
            RnnDirection.Bidirectional => _d.Is(1),
        };
        _e.For(_e.Int(0), _e.Int(steps), 1, i => _e.If(i < length, () =>
        {
            Val t = backwards.Then(length - 1 - i, i);
            Step(t);
            Each(j => _e.Store(_state, State(j), _e.Load(_all, Place(t, j))));
        }, () => Each(j => _e.Store(_all, Place(i, j), Zero()))));
    }

    private void Step(Val t)
    {
        switch (_a.Kind)
        {
            case RnnKind.Rnn: Each(j => _e.Store(_all, Place(t, j), Activate(0, Sums(t, j, new Term(0, _state))[0]))); break;
            case RnnKind.Gru: Gru(t); break;
            case RnnKind.Lstm: Each(j => Lstm(t, j)); break;
        }
    }

    // Gates in the order z (update), r (reset), h (hidden).
    private void Gru(Val t)
    {
        if (!_a.LinearBeforeReset) Each(j => _e.Store(_cell, State(j), Activate(0, Sums(t, j, new Term(1, _state))[0]) * _e.Load(_state, State(j))));
        Each(j =>
        {
            Val h, z;
            if (_a.LinearBeforeReset)
            {
                Val[] s = Sums(t, j, new(0, _state), new(1, _state), new(2, null), new(2, _state, TakesInput: false));
                (z, h) = (s[0], s[2] + Activate(0, s[1]) * s[3]);
            }
            else
            {
                Val[] s = Sums(t, j, new(0, _state), new(2, _cell));
                (z, h) = (s[0], s[1]);
            }
            (z, h) = (Activate(0, z), Activate(1, h));
            _e.Store(_all, Place(t, j), (1 - z) * h + z * _e.Load(_state, State(j)));
        });
    }

    // Gates in the order i (input), o (output), f (forget), c (cell); peepholes i, o, f.
    private void Lstm(Val t, Val j)
    {
        Val[] s = Sums(t, j, new(0, _state), new(1, _state), new(2, _state), new(3, _state));
        Val c = _e.Load(_cell, State(j));
        Val i = Activate(0, s[0] + Peephole(0, j, c));
        Val f = _a.CoupledInputForget ? 1 - i : Activate(0, s[2] + Peephole(2, j, c));
        Val next = f * c + i * Activate(1, s[3]);
        Val o = Activate(0, s[1] + Peephole(1, j, next));
        _e.Store(_cell, State(j), next);
        _e.Store(_all, Place(t, j), o * Activate(2, next, clip: false));
    }

    /// <summary>What a gate sums: weights times the input, times a vector of states, and the biases of both.</summary>
    private readonly record struct Term(int Gate, int? States, bool TakesInput = true);

    /// <summary>The sums of some gates, side by side, so that they share what they read.</summary>
    private Val[] Sums(Val t, Val j, params Term[] terms)
    {
        Local[] sums = [.. terms.Select(x => _e.Local(x.TakesInput ? x.States is null ? Bias(x.Gate, j, state: false) : Bias(x.Gate, j, state: false) + Bias(x.Gate, j, state: true) : Bias(x.Gate, j, state: true)))];
        _e.For(_e.Int(0), _e.Int(_inputs), 1, i =>
        {
            Val x = Read(_n.In[0], t, _b, i);
            for (int k = 0; k < terms.Length; k++) if (terms[k].TakesInput) sums[k].Value = Weight(1, terms[k].Gate, j, i).Fma(x, sums[k].Value);
        });
        _e.For(_e.Int(0), _e.Int(_hidden), 1, i =>
        {
            for (int k = 0; k < terms.Length; k++) if (terms[k].States is { } states) sums[k].Value = Weight(2, terms[k].Gate, j, i).Fma(_e.Load(states, State(i)), sums[k].Value);
        });
        return Array.ConvertAll(sums, s => s.Value);
    }

    private Val Weight(int operand, int gate, Val j, Val i)
    {
        if (_packed is not { } p) return Read(_n.In[operand], _d, Row(gate, j), i);
        long count = operand == 1 ? _inputs : _hidden;
        Val panel = _first * _e.Int(count * _gates);
        return _e.Load(operand == 1 ? p.Inputs : p.States, _d * _e.Int(count * _gates * _hidden) + panel + i * _e.Int(_gates * _width) + _e.Int(gate * _width) + (j - _first));
    }

    private Val Bias(int g, Val j, bool state) => Read(_n.In[3], _d, j + _e.Int((g + (state ? _gates : 0)) * _hidden));

    private Val Peephole(int g, Val j, Val c) => _a.HasPeepholes ? Read(_n.In[_next + (_a.HasLengths ? 1 : 0)], _d, j + _e.Int(g * _hidden)) * c : _e.Like(c, 0);

    private Val Row(int g, Val j) => j + _e.Int(g * _hidden);

    private Val State(Val j) => (_d * _e.Int(_n.Outputs[1].Shape[1]) + _b) * _e.Int(_hidden) + j;

    private Val Place(Val t, Val j) => Coords.OfDigits(_e, _n.Shape, a => a == 0 ? t : a == 1 ? _d : a == 2 ? _b : j).Number;

    private void Each(Action<Val> body) => _e.For(_e.Int(0), _e.Int(_hidden), _width, first =>
    {
        _first = first;
        body(_width == 1 ? first : _e.Counting(first + _e.Place(0) * _e.Int(_e.Lanes)));
    });

    private Val Read(Node n, params Val[] at) => _r.Read(n, Coords.OfDigits(_e, n.Shape, a => at[a]));

    private Val Zero() => Contraction.Zero(_n, _e);

    private Val Activate(int which, Val v, bool clip = true)
    {
        if (clip && _a.Clip > 0) v = v.Clamp(-_a.Clip, _a.Clip);
        int each = _a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 2, RnnKind.Lstm => 3 };
        Val first = Apply(_a.Activations[which], v);
        if (_a.Direction != RnnDirection.Bidirectional || _a.Activations[each + which] == _a.Activations[which]) return first;
        return _d.Is(0).Then(first, Apply(_a.Activations[each + which], v));
    }

    private static Val Apply(RnnActivation f, Val v) => f.Kind switch
    {
        RnnActivationKind.Sigmoid => Maths.Sigmoid(v),
        RnnActivationKind.Tanh => Maths.Tanh(v),
        RnnActivationKind.Relu => v.Max(0),
        RnnActivationKind.Affine => v * f.Alpha + f.Beta,
        RnnActivationKind.LeakyRelu => (v < 0).Then(v * f.Alpha, v),
        RnnActivationKind.ThresholdedRelu => (v > f.Alpha).Then(v, v.E.Like(v, 0)),
        RnnActivationKind.ScaledTanh => Maths.Tanh(v * f.Beta) * f.Alpha,
        RnnActivationKind.HardSigmoid => (v * f.Alpha + f.Beta).Clamp(0, 1),
        RnnActivationKind.Elu => (v < 0).Then((Maths.Exp(v) - 1) * f.Alpha, v),
        RnnActivationKind.Softsign => v / (v.Abs() + 1),
        RnnActivationKind.Softplus => v.Max(0) + Maths.Log(Maths.Exp(-v.Abs()) + 1),
    };
}
