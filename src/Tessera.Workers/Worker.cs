using System.Globalization;
using System.Text.Json;
using Tessera.Kernels;

namespace Tessera.Workers;

/// <summary>A worker in a host. Ends with this process; a lost one is replaced at the next request.</summary>
internal sealed class Worker(Host host, int threads) : IDisposable
{
    /// <summary>How long a worker may take to obey a cancellation before it is ended.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private WorkerConnection? _connection;
    private WorkerCapabilities? _capabilities;
    private int _generation;
    private bool _disposed;

    public Host Host => host;

    /// <summary>The process at work, if there is one.</summary>
    public int? ProcessId => _connection?.Hosted.ProcessId;

    /// <summary>The browser that it runs in; null in other hosts, and while there is none.</summary>
    public HostedBrowser? Browser => _connection?.Hosted as HostedBrowser;

    /// <summary>Starts a worker unless one runs, and tells what it can do.</summary>
    /// <exception cref="TesseraException">EngineUnavailable</exception>
    public WorkerCapabilities Start(CancellationToken cancel)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_connection is not null) return _capabilities!;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            limit.CancelAfter(host.Patience);
            WorkerConnection? c = null;
            try
            {
                c = host.StartAsync(threads, limit.Token).GetAwaiter().GetResult();
                _capabilities = c.HelloAsync(host.Title, limit.Token).GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                c?.Dispose();
                if (e is OperationCanceledException && !cancel.IsCancellationRequested) throw new TesseraException(ErrorCode.EngineUnavailable, $"{host.Title} did not start a worker within {host.Patience.TotalSeconds} s. {c?.Hosted.LastWords}".TrimEnd(), e);
                throw;
            }
            _connection = c;
            _generation++;
            return _capabilities;
        }
    }

    /// <summary>Sends a program, and those of its constants that the worker has not; the number of the worker that holds it then.</summary>
    public int Load(int id, Program p, CancellationToken cancel)
    {
        lock (_lock)
        {
            Start(cancel);
            byte[] header = ProgramWriter.WriteWithoutConstants(p);
            Dictionary<string, ProgramConstant> constants = [];
            foreach (ProgramConstant c in p.ConstantTable) constants.TryAdd(c.Hash, c);
            foreach (string hash in Missing(id, header, cancel))
            {
                if (!constants.TryGetValue(hash, out ProgramConstant? c)) throw new TesseraException(ErrorCode.Internal, $"{host.Title} asks for a constant {hash} that the program has not.");
                Exchange(FrameKind.Constant, id, Convert.FromHexString(hash), p.Constants.Span.Slice((int)c.At, (int)c.Bytes), [], (_, _) => { }, cancel);
            }
            if (Missing(id, [], cancel) is { Count: > 0 } still) throw new TesseraException(ErrorCode.Internal, $"{host.Title} asks for {still.Count} constants that it was given.");
            return _generation;
        }
    }

    /// <summary>Whether the worker of that number is the present one.</summary>
    public bool Is(int generation) => generation == _generation && _connection is not null;

    public void Run(int generation, int id, ReadOnlySpan<Tensor> inputs, Span<double> times, Span<Tensor?> outputs, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (!Is(generation)) throw Lost(null);
            Tensor?[] results = outputs.ToArray();
            double[] steps = new double[times.Length];
            Exchange(times.Length > 0 ? FrameKind.Profile : FrameKind.Run, id, default, default, inputs, (c, head) =>
            {
                long bytes = steps.Length * sizeof(double) + results.Sum(t => (long)t!.RawBytes().Length);
                if (head.Bytes != bytes) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{head.Bytes} bytes of results where {bytes} are due"));
                c.Read(System.Runtime.InteropServices.MemoryMarshal.AsBytes(steps.AsSpan()));
                foreach (Tensor? t in results) c.Read(t!.RawBytes());
            }, cancel);
            steps.CopyTo(times);
        }
    }

    /// <summary>Milliseconds of samples by the worker's own clock, each the mean of <paramref name="runs"/> runs in a row.</summary>
    public double[] Time(int generation, int id, ReadOnlySpan<Tensor> inputs, int samples, int runs)
    {
        lock (_lock)
        {
            if (!Is(generation)) throw Lost(null);
            double[] ms = new double[samples];
            Span<byte> counts = stackalloc byte[8];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(counts, samples);
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(counts[4..], runs);
            Exchange(FrameKind.Time, id, counts, default, inputs, (c, head) =>
            {
                if (head.Bytes != ms.Length * sizeof(double)) throw new IOException(string.Create(CultureInfo.InvariantCulture, $"{head.Bytes} bytes of times where {ms.Length * sizeof(double)} are due"));
                c.Read(System.Runtime.InteropServices.MemoryMarshal.AsBytes(ms.AsSpan()));
            }, default);
            return ms;
        }
    }

    public void Drop(int generation, int id)
    {
        lock (_lock)
        {
            // With its worker, the program is gone as well.
            if (Is(generation)) Exchange(FrameKind.Drop, id, default, default, [], (_, _) => { }, default);
        }
    }

    /// <summary>Sends bytes as a program, whatever they are.</summary>
    public IReadOnlyList<string> Missing(int id, ReadOnlySpan<byte> file, CancellationToken cancel)
    {
        lock (_lock)
        {
            WorkerMissing? answer = null;
            Exchange(FrameKind.Load, id, file, default, [], (c, head) => answer = JsonSerializer.Deserialize(c.ReadText(head), ProtocolJson.Default.WorkerMissing), cancel);
            return answer?.Missing ?? throw new TesseraException(ErrorCode.Internal, $"{host.Title} gave no answer to a program.");
        }
    }

    private void Exchange(FrameKind kind, int id, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<Tensor> rest, Action<WorkerConnection, FrameHead> read, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        WorkerConnection c = _connection ?? throw Lost(null);
        using Cancellation cancelling = new(c, id, cancel);
        try
        {
            c.Send(kind, id, first, second, rest);
            read(c, c.Receive(kind, id, host.Title));
        }
        catch (TesseraException e)
        {
            // Programs and constants went with the device.
            if (e.Code == ErrorCode.DeviceLost) _generation++;
            cancel.ThrowIfCancellationRequested();
            throw;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or NotSupportedException or JsonException or System.Net.WebSockets.WebSocketException)
        {
            string words = c.Hosted.LastWords;
            c.Dispose();
            _connection = null;
            cancel.ThrowIfCancellationRequested();
            throw Lost(e, words);
        }
    }

    private TesseraException Lost(Exception? e, string words = "") => new(ErrorCode.EngineUnavailable, $"The worker in {host.Title} ended. The next run starts another one. {words}".TrimEnd(), e);

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _connection?.Dispose();
            _connection = null;
        }
    }

    /// <summary>While a request is out: tells the worker of a cancellation, and ends it when it does not obey.</summary>
    private sealed class Cancellation : IDisposable
    {
        private readonly CancellationTokenRegistration _registration;
        private Timer? _ending;

        public Cancellation(WorkerConnection c, int id, CancellationToken cancel) => _registration = cancel.Register(() =>
        {
            _ending = new(_ => c.Hosted.Dispose(), null, Grace, Timeout.InfiniteTimeSpan);
            try
            {
                c.Send(FrameKind.Cancel, id);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or NotSupportedException or System.Net.WebSockets.WebSocketException)
            {
                // It has ended.
            }
        });

        public void Dispose()
        {
            _registration.Dispose();
            _ending?.Dispose();
        }
    }
}
