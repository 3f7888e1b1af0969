using System.Text.Json;

namespace Tessera.Workers;

/// <summary>Bytes to and from a worker, and what has to be ended with it.</summary>
internal sealed class WorkerConnection(Stream reading, Stream writing, IHosted hosted) : IDisposable
{
    private readonly Lock _writing = new();

    public IHosted Hosted => hosted;

    /// <summary>Reads what a worker says first.</summary>
    /// <exception cref="TesseraException">EngineUnavailable: it ended, or is of another version.</exception>
    public async Task<WorkerCapabilities> HelloAsync(string host, CancellationToken cancel)
    {
        try
        {
            byte[] head = new byte[FrameHead.Size];
            await reading.ReadExactlyAsync(head, cancel).ConfigureAwait(false);
            FrameHead h = FrameHead.Read(new MemoryStream(head));
            if (h is not { Kind: FrameKind.Hello, Id: 1, Bytes: > 0 and < 1 << 20 }) throw new TesseraException(ErrorCode.EngineUnavailable, $"The worker in {host} begins with a frame of kind {(int)h.Kind}, number {h.Id}; it is of another version.");
            byte[] text = new byte[h.Bytes];
            await reading.ReadExactlyAsync(text, cancel).ConfigureAwait(false);
            return JsonSerializer.Deserialize(text, ProtocolJson.Default.WorkerCapabilities) ?? throw new JsonException("nothing was said");
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            throw new TesseraException(ErrorCode.EngineUnavailable, $"The worker in {host} did not start. {hosted.LastWords}".TrimEnd(), e);
        }
    }

    public void Send(FrameKind kind, int id, ReadOnlySpan<byte> first = default, ReadOnlySpan<byte> second = default, ReadOnlySpan<Tensor> rest = default)
    {
        long bytes = first.Length + second.Length;
        foreach (Tensor t in rest) bytes += t.RawBytes().Length;
        lock (_writing)
        {
            new FrameHead(kind, id, bytes).Write(writing);
            if (first.Length > 0) writing.Write(first);
            if (second.Length > 0) writing.Write(second);
            foreach (Tensor t in rest)
                if (t.RawBytes().Length > 0) writing.Write(t.RawBytes());
            writing.Flush();
        }
    }

    /// <summary>The head of the answer to a request; throws what an error says.</summary>
    /// <exception cref="TesseraException">What went wrong, in the worker's words.</exception>
    public FrameHead Receive(FrameKind kind, int id, string host)
    {
        FrameHead h = FrameHead.Read(reading);
        if (h.Kind == FrameKind.Error)
        {
            WorkerError e = JsonSerializer.Deserialize(ReadText(h), ProtocolJson.Default.WorkerError) ?? new("Internal", "no reason was given");
            throw new TesseraException(Enum.TryParse(e.Code, out ErrorCode code) ? code : ErrorCode.Internal, $"In {host}: {e.Message}");
        }
        return h.Kind == kind && h.Id == id ? h : throw new IOException($"request {(int)kind} for {id} was answered by {(int)h.Kind} for {h.Id}");
    }

    public byte[] ReadText(FrameHead h)
    {
        byte[] text = new byte[h.Bytes];
        reading.ReadExactly(text);
        return text;
    }

    public void Read(Span<byte> bytes) => reading.ReadExactly(bytes);

    public void Dispose()
    {
        hosted.Dispose();
        reading.Dispose();
        if (writing != reading)
        {
            try
            {
                writing.Dispose();
            }
            catch (IOException)
            {
                // What was still to be written goes nowhere.
            }
        }
    }
}
