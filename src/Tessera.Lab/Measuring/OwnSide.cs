using System.Diagnostics;

namespace Tessera.Lab;

/// <summary>A job on one of our engines: compiled, with its inputs in place, ready to run over and over.</summary>
public sealed class OwnSide : IDisposable
{
    private readonly Session _session;
    private readonly IReadOnlyDictionary<string, Value> _inputs;
    private readonly Tensor[]? _tensors;
    private readonly Tensor?[] _outputs;
    private readonly bool _reuse;

    public OwnSide(Engine engine, BenchJob job)
    {
        long begin = Stopwatch.GetTimestamp();
        _session = engine.Load(job.Model);
        _inputs = job.Inputs;
        Results = _session.Run(_inputs);
        FirstMs = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
        _outputs = new Tensor?[_session.Outputs.Length];
        // Positions instead of names where every value is a tensor: what a program that cares for time would write.
        bool plain = _session.Inputs.All(i => i.HasDefault != _inputs.ContainsKey(i.Name)) && _inputs.Values.All(v => v is TensorValue) && Results.Values.All(v => v is TensorValue);
        if (!plain) return;
        _tensors = [.. _session.Inputs.Where(i => !i.HasDefault).Select(i => ((TensorValue)_inputs[i.Name]).Tensor)];
        _reuse = job.ReuseOutputs;
        if (_reuse) _session.Run(_tensors, _outputs);
    }

    public Session Session => _session;

    /// <summary>From opening the model's file to the first outputs.</summary>
    public double FirstMs { get; }

    /// <summary>Outputs of the first run, by name.</summary>
    public IReadOnlyDictionary<string, Value> Results { get; }

    /// <summary>One run; what it returns is given back at once.</summary>
    public void Once()
    {
        if (_tensors is null)
        {
            foreach (Value v in _session.Run(_inputs).Values) v.Dispose();
            return;
        }
        _session.Run(_tensors, _outputs);
        if (!_reuse) GiveBack();
    }

    /// <summary>Whether the outputs kept since the last run are those of the first, bit by bit; true when none are kept.</summary>
    public bool IsAsAtFirst()
    {
        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i] is not { } now) continue;
            using Tensor first = ((TensorValue)Results[_session.Outputs[i].Name]).Tensor.Contiguous();
            if (!now.RawBytes().SequenceEqual(first.RawBytes())) return false;
        }
        return true;
    }

    public Round Time(int runs, int inner)
    {
        // The peer's clock runs where the peer does; so does that of an engine in another process.
        if (_tensors is not null && _session.TimeInPlace(_tensors, runs, inner) is { } there) return new(there);
        double[] ms = new double[runs];
        for (int r = 0; r < runs; r++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < inner; i++) Once();
            ms[r] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds / inner;
        }
        return new(ms);
    }

    /// <summary>Runs until the runtime has compiled what is hot and times stop falling: it recompiles in the background, a tenth of a second after code got hot.</summary>
    public void Warm(TimeSpan least, TimeSpan most)
    {
        long begin = Stopwatch.GetTimestamp();
        double best = double.MaxValue;
        TimeSpan spent = TimeSpan.Zero;
        for (int since = 0; (since < 20 || spent < least) && spent < most; since++)
        {
            double ms = Time(1, 1).Median;
            if (ms < best * 0.99) (best, since) = (ms, 0);
            spent = Stopwatch.GetElapsedTime(begin);
        }
    }

    public void Dispose()
    {
        GiveBack();
        foreach (Value v in Results.Values) v.Dispose();
        _session.Dispose();
    }

    private void GiveBack()
    {
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i]?.Dispose();
            _outputs[i] = null;
        }
    }
}
