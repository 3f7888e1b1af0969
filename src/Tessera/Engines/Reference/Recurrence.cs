using System.Numerics.Tensors;
using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>RNN, GRU and LSTM, step by step, sequence by sequence (ONNX RNN-22, GRU-22, LSTM-22).</summary>
internal sealed class Recurrence
{
    private readonly Arg.Rnn _a;
    private readonly int _steps, _batch, _inputs, _hidden, _gates;
    private readonly double[] _x, _w, _r, _b, _h0, _c0, _p;
    private readonly long[]? _lengths;

    private Recurrence(IReadOnlyList<Cells> x, Arg.Rnn a)
    {
        _a = a;
        Shape s = x[0].Shape;
        (_steps, _batch, _inputs, _hidden) = ((int)s[0], (int)s[1], (int)s[2], (int)a.Hidden);
        _gates = a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };
        (_x, _w, _r, _b, _h0) = (x[0].Floats, x[1].Floats, x[2].Floats, x[3].Floats, x[4].Floats);
        int next = 5;
        _c0 = a.Kind == RnnKind.Lstm ? x[next++].Floats : [];
        _lengths = a.HasLengths ? x[next++].Integers : null;
        _p = a.HasPeepholes ? x[next].Floats : [];
    }

    public static Cells[] Run(IReadOnlyList<Cells> x, Arg.Rnn a, Node n)
    {
        Recurrence r = new(x, a);
        int directions = a.Direction == RnnDirection.Bidirectional ? 2 : 1;
        double[] y = new double[n.Outputs[0].Shape.Count], yh = new double[n.Outputs[1].Shape.Count], yc = new double[yh.Length];
        for (int d = 0; d < directions; d++)
            for (int b = 0; b < r._batch; b++) r.Sequence(d, b, directions, y, yh, yc);
        Cells all = new(n.Type, n.Outputs[0].Shape, y), last = new(n.Type, n.Outputs[1].Shape, yh);
        return a.Kind == RnnKind.Lstm ? [all, last, new(n.Type, n.Outputs[2].Shape, yc)] : [all, last];
    }

    private void Sequence(int d, int b, int directions, double[] y, double[] yh, double[] yc)
    {
        int state = (d * _batch + b) * _hidden;
        double[] h = _h0.AsSpan(state, _hidden).ToArray(), c = _c0.Length == 0 ? [] : _c0.AsSpan(state, _hidden).ToArray();
        bool reverse = _a.Direction == RnnDirection.Reverse || d == 1;
        int length = _lengths is null ? _steps : (int)Math.Clamp(_lengths[b], 0, _steps);
        for (int i = 0; i < length; i++)
        {
            int t = reverse ? length - 1 - i : i;
            ReadOnlySpan<double> x = _x.AsSpan((t * _batch + b) * _inputs, _inputs);
            h = _a.Kind switch { RnnKind.Rnn => Simple(d, x, h), RnnKind.Gru => Gru(d, x, h), RnnKind.Lstm => Lstm(d, x, h, c) };
            h.CopyTo(y, ((t * directions + d) * _batch + b) * _hidden);
        }
        h.CopyTo(yh, state);
        if (_c0.Length != 0) c.CopyTo(yc, state);
    }

    private double[] Simple(int d, ReadOnlySpan<double> x, double[] h)
    {
        double[] y = new double[_hidden];
        for (int j = 0; j < _hidden; j++) y[j] = Activate(d, 0, Input(d, 0, j, x) + State(d, 0, j, h) + StateBias(d, 0, j));
        return y;
    }

    // Gates in the order z (update), r (reset), h (hidden).
    private double[] Gru(int d, ReadOnlySpan<double> x, double[] h)
    {
        double[] y = new double[_hidden], z = new double[_hidden], r = new double[_hidden], reset = new double[_hidden];
        for (int j = 0; j < _hidden; j++)
        {
            z[j] = Activate(d, 0, Input(d, 0, j, x) + State(d, 0, j, h) + StateBias(d, 0, j));
            r[j] = Activate(d, 0, Input(d, 1, j, x) + State(d, 1, j, h) + StateBias(d, 1, j));
            reset[j] = r[j] * h[j];
        }
        for (int j = 0; j < _hidden; j++)
        {
            double state = _a.LinearBeforeReset ? r[j] * (State(d, 2, j, h) + StateBias(d, 2, j)) : State(d, 2, j, reset) + StateBias(d, 2, j);
            y[j] = (1 - z[j]) * Activate(d, 1, Input(d, 2, j, x) + state) + z[j] * h[j];
        }
        return y;
    }

    // Gates in the order i (input), o (output), f (forget), c (cell); peepholes i, o, f.
    private double[] Lstm(int d, ReadOnlySpan<double> x, double[] h, double[] c)
    {
        double[] y = new double[_hidden];
        for (int j = 0; j < _hidden; j++)
        {
            double i = Activate(d, 0, Input(d, 0, j, x) + State(d, 0, j, h) + StateBias(d, 0, j) + Peephole(d, 0, j) * c[j]);
            double f = _a.CoupledInputForget ? 1 - i : Activate(d, 0, Input(d, 2, j, x) + State(d, 2, j, h) + StateBias(d, 2, j) + Peephole(d, 2, j) * c[j]);
            double g = Activate(d, 1, Input(d, 3, j, x) + State(d, 3, j, h) + StateBias(d, 3, j));
            double next = f * c[j] + i * g;
            double o = Activate(d, 0, Input(d, 1, j, x) + State(d, 1, j, h) + StateBias(d, 1, j) + Peephole(d, 1, j) * next);
            c[j] = next;
            y[j] = o * Activate(d, 2, next, clip: false);
        }
        return y;
    }

    /// <summary>Row j of gate g: W·x + its bias.</summary>
    private double Input(int d, int g, int j, ReadOnlySpan<double> x)
    {
        int row = (d * _gates + g) * _hidden + j;
        return _b[d * 2 * _gates * _hidden + g * _hidden + j] + TensorPrimitives.Dot(_w.AsSpan(row * _inputs, _inputs), x);
    }

    private double State(int d, int g, int j, double[] h)
    {
        int row = (d * _gates + g) * _hidden + j;
        return TensorPrimitives.Dot<double>(_r.AsSpan(row * _hidden, _hidden), h);
    }

    private double StateBias(int d, int g, int j) => _b[d * 2 * _gates * _hidden + (_gates + g) * _hidden + j];

    private double Peephole(int d, int g, int j) => _p.Length == 0 ? 0 : _p[(d * 3 + g) * _hidden + j];

    private double Activate(int d, int which, double v, bool clip = true)
    {
        int each = _a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 2, RnnKind.Lstm => 3 };
        if (clip && _a.Clip > 0) v = Math.Clamp(v, -_a.Clip, _a.Clip);
        RnnActivation f = _a.Activations[d * each + which];
        return f.Kind switch
        {
            RnnActivationKind.Sigmoid => UnaryOps.Sigmoid(v),
            RnnActivationKind.Tanh => Math.Tanh(v),
            RnnActivationKind.Relu => Math.Max(0, v),
            RnnActivationKind.Affine => f.Alpha * v + f.Beta,
            RnnActivationKind.LeakyRelu => v < 0 ? f.Alpha * v : v,
            RnnActivationKind.ThresholdedRelu => v > f.Alpha ? v : 0,
            RnnActivationKind.ScaledTanh => f.Alpha * Math.Tanh(f.Beta * v),
            RnnActivationKind.HardSigmoid => Math.Clamp(f.Alpha * v + f.Beta, 0, 1),
            RnnActivationKind.Elu => v < 0 ? f.Alpha * (Math.Exp(v) - 1) : v,
            RnnActivationKind.Softsign => v / (1 + Math.Abs(v)),
            RnnActivationKind.Softplus => Math.Max(v, 0) + Math.Log(1 + Math.Exp(-Math.Abs(v))),
        };
    }
}
