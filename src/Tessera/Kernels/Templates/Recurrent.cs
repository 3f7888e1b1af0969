using Tessera.Ir;

namespace Tessera.Kernels;

/// <summary>RNN, GRU and LSTM: an item runs one sequence in one direction, step by step.</summary>
/// <remarks>Buffers: all states, the last state, and the cell (LSTM) or scratch (GRU's reset state). The last state and the cell are the recurrence's memory.</remarks>
internal sealed class Recurrent
{
    private readonly Node _n;
    private readonly Arg.Rnn _a;
    private readonly Emitter _e;
    private readonly Reader _r;
    private readonly Val _d, _b;
    private readonly int _all, _state, _cell, _gates;
    private readonly long _hidden, _inputs;
    private readonly int _next;

    private Recurrent(Node n, Coords item, Emitter e, Reader r, int[] buffers)
    {
        (_n, _a, _e, _r, _d, _b) = (n, (Arg.Rnn)n.Arg!, e, r, item[0], item[1]);
        (_all, _state, _cell) = (buffers[0], buffers[1], buffers[2]);
        (_hidden, _inputs) = (_a.Hidden, n.In[0].Shape[2]);
        _gates = _a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
        _next = _a.Kind == RnnKind.Lstm ? 6 : 5;
    }

    public static void Run(Node n, Coords item, Emitter e, Reader r, int[] buffers) => new Recurrent(n, item, e, r, buffers).Run();

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
            case RnnKind.Rnn: Each(j => _e.Store(_all, Place(t, j), Activate(0, Gate(0, t, j)))); break;
            case RnnKind.Gru: Gru(t); break;
            case RnnKind.Lstm: Each(j => Lstm(t, j)); break;
        }
    }

    // Gates in the order z (update), r (reset), h (hidden).
    private void Gru(Val t)
    {
        if (!_a.LinearBeforeReset) Each(j => _e.Store(_cell, State(j), Activate(0, Gate(1, t, j)) * _e.Load(_state, State(j))));
        Each(j =>
        {
            Val z = Activate(0, Gate(0, t, j));
            Val state = _a.LinearBeforeReset ? Activate(0, Gate(1, t, j)) * (Product(2, j, _state) + Bias(2, j, state: true)) : Product(2, j, _cell) + Bias(2, j, state: true);
            Val h = Activate(1, Input(2, t, j) + state);
            _e.Store(_all, Place(t, j), (1 - z) * h + z * _e.Load(_state, State(j)));
        });
    }

    // Gates in the order i (input), o (output), f (forget), c (cell); peepholes i, o, f.
    private void Lstm(Val t, Val j)
    {
        Val c = _e.Load(_cell, State(j));
        Val i = Activate(0, Gate(0, t, j) + Peephole(0, j, c));
        Val f = _a.CoupledInputForget ? 1 - i : Activate(0, Gate(2, t, j) + Peephole(2, j, c));
        Val next = f * c + i * Activate(1, Gate(3, t, j));
        Val o = Activate(0, Gate(1, t, j) + Peephole(1, j, next));
        _e.Store(_cell, State(j), next);
        _e.Store(_all, Place(t, j), o * Activate(2, next, clip: false));
    }

    private Val Gate(int g, Val t, Val j) => Input(g, t, j) + Product(g, j, _state) + Bias(g, j, state: true);

    private Val Input(int g, Val t, Val j)
    {
        Local sum = _e.Local(Bias(g, j, state: false));
        _e.For(_e.Int(0), _e.Int(_inputs), 1, i => sum.Value = Read(_n.In[1], _d, Row(g, j), i).Fma(Read(_n.In[0], t, _b, i), sum.Value));
        return sum.Value;
    }

    private Val Product(int g, Val j, int vector)
    {
        Local sum = _e.Local(Zero());
        _e.For(_e.Int(0), _e.Int(_hidden), 1, i => sum.Value = Read(_n.In[2], _d, Row(g, j), i).Fma(_e.Load(vector, State(i)), sum.Value));
        return sum.Value;
    }

    private Val Bias(int g, Val j, bool state) => Read(_n.In[3], _d, j + _e.Int((g + (state ? _gates : 0)) * _hidden));

    private Val Peephole(int g, Val j, Val c) => _a.HasPeepholes ? Read(_n.In[_next + (_a.HasLengths ? 1 : 0)], _d, j + _e.Int(g * _hidden)) * c : _e.Like(c, 0);

    private Val Row(int g, Val j) => j + _e.Int(g * _hidden);

    private Val State(Val j) => (_d * _e.Int(_n.Outputs[1].Shape[1]) + _b) * _e.Int(_hidden) + j;

    private Val Place(Val t, Val j) => Coords.OfDigits(_e, _n.Shape, a => a == 0 ? t : a == 1 ? _d : a == 2 ? _b : j).Number;

    private void Each(Action<Val> body) => _e.For(_e.Int(0), _e.Int(_hidden), 1, body);

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
