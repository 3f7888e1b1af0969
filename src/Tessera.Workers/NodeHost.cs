using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tessera.Workers;

/// <summary>A Node process that holds programs and runs them. Ends with this one; a lost process is replaced at the next request.</summary>
internal sealed class NodeHost : IDisposable
{
    private readonly Lock _lock = new();
    private readonly string _script = Path.Combine(Path.GetTempPath(), $"tessera-worker-{Environment.ProcessId}-{Guid.NewGuid():N}.mjs");
    private Process? _process;

    private int _generation;

    /// <summary>Starts a process unless one runs, and tells which one it is, counted from 1: what was loaded into an earlier one is gone.</summary>
    public int Start()
    {
        lock (_lock)
        {
            _ = Running();
            return _generation;
        }
    }

    /// <summary>The process at work, if there is one.</summary>
    public int? ProcessId => _process is { HasExited: false } p ? p.Id : null;

    /// <summary>Sends a request to the process of that number and waits for its answer; cancelling ends the process, because it can't be interrupted.</summary>
    /// <exception cref="TesseraException">EngineUnavailable when the process is lost; InvalidArgument or Internal with the worker's words.</exception>
    public void Ask(int generation, int kind, int id, ReadOnlySpan<byte> first, ReadOnlySpan<Tensor> rest, Span<double> times, Span<Tensor?> outputs, CancellationToken cancel)
    {
        lock (_lock)
        {
            cancel.ThrowIfCancellationRequested();
            Process p = generation == _generation && _process is { HasExited: false } alive ? alive : throw Lost(null);
            using CancellationTokenRegistration killing = cancel.Register(() => Kill(p));
            try
            {
                Send(p.StandardInput.BaseStream, kind, id, first, rest);
                Receive(p.StandardOutput.BaseStream, kind, times, outputs);
            }
            catch (Exception e) when (e is IOException or EndOfStreamException or ObjectDisposedException or InvalidOperationException)
            {
                Kill(p);
                _process = null;
                cancel.ThrowIfCancellationRequested();
                throw Lost(e);
            }
        }
    }

    private static TesseraException Lost(Exception? e) => new(ErrorCode.EngineUnavailable, "The Node process that runs kernels ended. The next run starts another one.", e);

    private Process Running()
    {
        if (_process is { HasExited: false }) return _process;
        if (!File.Exists(_script))
        {
            using Stream from = typeof(NodeHost).Assembly.GetManifestResourceStream("worker.mjs")!;
            using FileStream to = File.Create(_script);
            from.CopyTo(to);
        }
        _process = Process.Start(new ProcessStartInfo("node", [_script]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })
            ?? throw new TesseraException(ErrorCode.EngineUnavailable, "Node did not start.");
        _generation++;
        return _process;
    }

    private static void Send(Stream s, int kind, int id, ReadOnlySpan<byte> first, ReadOnlySpan<Tensor> rest)
    {
        long bytes = first.Length;
        foreach (Tensor t in rest) bytes += t.RawBytes().Length;
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(head, checked((uint)(bytes + 8)));
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], kind);
        BinaryPrimitives.WriteInt32LittleEndian(head[8..], id);
        s.Write(head);
        s.Write(first);
        foreach (Tensor t in rest) s.Write(t.RawBytes());
        s.Flush();
    }

    private static void Receive(Stream s, int kind, Span<double> times, Span<Tensor?> outputs)
    {
        Span<byte> head = stackalloc byte[12];
        s.ReadExactly(head);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(head) - 8, answered = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        if (answered == 0)
        {
            byte[] text = new byte[bytes];
            s.ReadExactly(text);
            string message = System.Text.Encoding.UTF8.GetString(text);
            throw new TesseraException(message.StartsWith("an index", StringComparison.Ordinal) ? ErrorCode.InvalidArgument : ErrorCode.Internal, $"Kernels in Node: {message}.");
        }
        if (answered != kind) throw new TesseraException(ErrorCode.Internal, $"The worker answered request {kind} with {answered}.");
        s.ReadExactly(MemoryMarshal.AsBytes(times));
        foreach (Tensor? t in outputs) s.ReadExactly(t!.RawBytes());
    }

    private static void Kill(Process p)
    {
        try
        {
            p.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended already.
        }
    }

    public void Dispose()
    {
        if (_process is { } p)
        {
            Kill(p);
            p.Dispose();
        }
        File.Delete(_script);
    }
}
