using Tessera.Engines.Cpu.Elementwise;
using Tessera.Ir;

namespace Tessera.Engines.Cpu.Kernels;

/// <summary>
/// A recurrent layer: inputs times weights for all time steps as one product, then step by step the product of the state with packed recurrent weights and
/// the gates. Directions and sequences are independent, so workers share them out.
/// </summary>
internal sealed unsafe class RnnStep<T> : Step
{
    private const int RowsPerPart = 32;

    private readonly Arg.Rnn _a;
    private readonly long _steps, _batch, _inputs, _hidden, _gates, _directions;
    private readonly PackedMatrix<T> _w, _r, _rh;
    private readonly nint _known;
    private readonly Scratch _packed, _sums, _work;
    private readonly int _sequences, _sequenceParts, _inputParts;
    private readonly Operand? _c0, _lengths, _peepholes;

    public RnnStep(StepBuilder b, Arg.Rnn a, Operand[] x, Operand[] y) : base($"rnn {a.Kind} {x[0].Type}", x, y, Operations(a, x), $"{x[0].Shape[0]} steps of {x[0].Shape[1]} sequences, {a.Hidden} hidden, {a.Direction}")
    {
        _a = a;
        (_steps, _batch, _inputs, _hidden) = (x[0].Shape[0], x[0].Shape[1], x[0].Shape[2], a.Hidden);
        (_gates, _directions) = (Gates(a.Kind), a.Direction == RnnDirection.Bidirectional ? 2 : 1);
        // A GRU's third gate sees the state after the reset, or apart from the input: its weights stand alone.
        long joint = a.Kind == RnnKind.Gru ? 2 : _gates;
        (_w, _r, _rh) = (new(_gates * _hidden, _inputs), new(joint * _hidden, _hidden), new(a.Kind == RnnKind.Gru ? _hidden : 0, _hidden));
        int next = 5;
        if (a.Kind == RnnKind.Lstm) _c0 = x[next++];
        if (a.HasLengths) _lengths = x[next++];
        if (a.HasPeepholes) _peepholes = x[next];
        if (b.IsKnown(x[1]) && b.IsKnown(x[2]))
        {
            T* w = b.Known<T>(x[1]), r = b.Known<T>(x[2]);
            _known = b.Own($"gates of {a.Kind}", _directions * PackedBytes, to => { for (int d = 0; d < _directions; d++) Pack(w, r, (byte*)to, d); }, x[1], x[2]);
        }
        else _packed = b.SharedScratch(_directions * PackedBytes);
        _sums = b.SharedScratch(_directions * _steps * _batch * _gates * _hidden * sizeof(T));
        _sequences = (int)Math.Max(1, (_batch + b.Workers - 1) / b.Workers);
        _sequenceParts = (int)((_batch + _sequences - 1) / _sequences);
        _inputParts = (int)((_steps * _batch + RowsPerPart - 1) / RowsPerPart);
        _work = b.Scratch(_sequences * _hidden * (_gates + 3) * sizeof(T));
    }

    private long PackedBytes => _w.Bytes + _r.Bytes + _rh.Bytes;

    private static long Gates(RnnKind kind) => kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 3, RnnKind.Lstm => 4 };

    private static long Operations(Arg.Rnn a, Operand[] x) => 2 * x[0].Shape[0] * x[0].Shape[1] * x[1].Shape[0] * Gates(a.Kind) * a.Hidden * (x[0].Shape[2] + a.Hidden);

    private void Pack(T* w, T* r, byte* to, int d)
    {
        to += d * PackedBytes;
        T* state = r + d * _gates * _hidden * _hidden;
        _w.Pack(w + d * _gates * _hidden * _inputs, _inputs, 1, (T*)to);
        _r.Pack(state, _hidden, 1, (T*)(to + _w.Bytes));
        _rh.Pack(state + 2 * _hidden * _hidden, _hidden, 1, (T*)(to + _w.Bytes + _r.Bytes));
    }

    public override void Run(RunContext c)
    {
        bool alone = c.Workers(Flops * 0.05) == 1;
        if (_known == 0) Split(c, 0, (int)_directions, alone);
        Split(c, 1, (int)_directions * _inputParts, alone);
        new Span<byte>(c.Base(Writes[0].Slot) + Writes[0].Offset * sizeof(T), checked((int)Writes[0].Bytes)).Clear();
        Split(c, 2, (int)_directions * _sequenceParts, alone);
    }

    private void Split(RunContext c, int phase, int parts, bool alone)
    {
        if (!alone) c.Fork(this, phase, parts);
        else for (int i = 0; i < parts; i++) Part(c, phase, i, 0);
    }

    public override void Part(RunContext c, int phase, int part, int worker)
    {
        byte* packed = _known != 0 ? (byte*)_known : c.Ptr<byte>(_packed, 0);
        if (phase == 0) Pack(c.Ptr<T>(Reads[1]), c.Ptr<T>(Reads[2]), packed, part);
        else if (phase == 1) Inputs(c, part / _inputParts, part % _inputParts, packed);
        else Sequences(c, part / _sequenceParts, part % _sequenceParts, packed, worker);
    }

    /// <summary>Sums of some (step, sequence) rows: both biases, the input's product. The state's bias of a GRU's last gate joins here too unless it belongs inside the reset.</summary>
    private void Inputs(RunContext c, int d, int part, byte* packed)
    {
        long first = (long)part * RowsPerPart, rows = Math.Min(RowsPerPart, _steps * _batch - first), width = _gates * _hidden;
        T* to = c.Ptr<T>(_sums, 0) + (d * _steps * _batch + first) * width, bias = c.Ptr<T>(Reads[3]) + d * 2 * width;
        long both = _a.Kind == RnnKind.Gru && _a.LinearBeforeReset ? 2 * _hidden : width;
        for (long j = 0; j < width; j++) to[j] = (Scalar<T>)bias[j] + (j < both ? bias[width + j] : Scalar<T>.Zero);
        for (long r = 1; r < rows; r++) new ReadOnlySpan<T>(to, (int)width).CopyTo(new Span<T>(to + r * width, (int)width));
        _w.AddTo(rows, c.Ptr<T>(Reads[0]) + first * _inputs, _inputs, (T*)(packed + d * PackedBytes), to, width);
    }

    private void Sequences(RunContext c, int d, int part, byte* packed, int worker)
    {
        long first = (long)part * _sequences, rows = Math.Min(_sequences, _batch - first), state = (d * _batch + first) * _hidden, size = rows * _hidden;
        T* gates = c.Ptr<T>(_work, worker), extra = gates + rows * _gates * _hidden, h = extra + size, cell = h + size;
        new ReadOnlySpan<T>(c.Ptr<T>(Reads[4]) + state, (int)size).CopyTo(new Span<T>(h, (int)size));
        if (_c0 is not null) new ReadOnlySpan<T>(c.Ptr<T>(_c0) + state, (int)size).CopyTo(new Span<T>(cell, (int)size));
        new Span<T>(gates, (int)(rows * _gates * _hidden)).Clear();
        for (long i = 0; i < _steps; i++) OneStep(c, d, first, rows, i, packed + d * PackedBytes + _w.Bytes, gates, extra, h, cell);
        Put(h, c.Ptr<T>(Writes[1]) + state, size);
        if (_c0 is not null) Put(cell, c.Ptr<T>(Writes[2]) + state, size);
    }

    private static void Put(T* from, T* to, long n) => new ReadOnlySpan<T>(from, (int)n).CopyTo(new Span<T>(to, (int)n));

    /// <summary>Time step number i of each sequence, or −1 when the sequence is over.</summary>
    private long Time(RunContext c, int d, long sequence, long i)
    {
        long length = _lengths is null ? _steps : Math.Clamp(c.Ptr<int>(_lengths)[sequence * (_lengths.Count > 1 ? 1 : 0)], 0, _steps);
        return i >= length ? -1 : _a.Direction == RnnDirection.Reverse || d == 1 ? length - 1 - i : i;
    }

    private void OneStep(RunContext c, int d, long first, long rows, long i, byte* recurrent, T* gates, T* extra, T* h, T* cell)
    {
        int n = (int)_hidden, activations = _a.Kind switch { RnnKind.Rnn => 1, RnnKind.Gru => 2, RnnKind.Lstm => 3 };
        long width = _gates * _hidden;
        ReadOnlySpan<RnnActivation> f = _a.Activations.AsSpan().Slice(d * activations, activations);
        T* sums = c.Ptr<T>(_sums, 0), bias = c.Ptr<T>(Reads[3]) + d * 2 * width + width + 2 * _hidden, p = _peepholes is null ? null : c.Ptr<T>(_peepholes) + d * 3 * _hidden;
        for (long b = 0; b < rows; b++)
            if (Time(c, d, first + b, i) is >= 0 and var t) Put(sums + ((d * _steps + t) * _batch + first + b) * width, gates + b * width, width);
        _r.AddTo(rows, h, n, (T*)recurrent, gates, width);
        T* late = (T*)(recurrent + _r.Bytes);
        if (_a.Kind == RnnKind.Gru) Reset(rows, f, gates, extra, h, late, bias);
        for (long b = 0; b < rows; b++)
        {
            if (Time(c, d, first + b, i) is not (>= 0 and var t)) continue;
            T* g = gates + b * width, state = h + b * n;
            if (_a.Kind == RnnKind.Lstm) RnnCells<T>.Lstm(_a, f, g, p, cell + b * n, state, n);
            else if (_a.Kind == RnnKind.Gru) RnnCells<T>.GruUpdate(_a, f, g, state, n);
            else RnnCells<T>.Simple(_a, f, g, state, n);
            Put(state, c.Ptr<T>(Writes[0]) + ((t * _directions + d) * _batch + first + b) * n, n);
        }
    }

    private void Reset(long rows, ReadOnlySpan<RnnActivation> f, T* gates, T* extra, T* h, T* late, T* bias)
    {
        int n = (int)_hidden;
        long width = _gates * _hidden;
        if (_a.LinearBeforeReset)
        {
            for (long b = 0; b < rows; b++) Put(bias, extra + b * n, n);
            _rh.AddTo(rows, h, n, late, extra, n);
        }
        for (long b = 0; b < rows; b++) RnnCells<T>.GruReset(_a, f, gates + b * width, extra + b * n, h + b * n, n);
        if (!_a.LinearBeforeReset) _rh.AddTo(rows, extra, n, late, gates + 2 * n, width);
    }
}
