using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tessera.Lab;

namespace Tessera.Peers;

/// <summary>A native library as a peer of `tessera bench`: answers requests on standard input until it ends.</summary>
public static class NativePeer
{
    public static void Serve(Peer peer, TextReader requests, TextWriter replies)
    {
        using State state = new(peer);
        while (requests.ReadLine() is { } line)
        {
            PeerReply reply;
            try { reply = state.Answer(JsonSerializer.Deserialize(line, PeerJson.Default.PeerRequest)!); }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException or NativeCallException or TesseraException or IOException or KeyNotFoundException)
            {
                reply = new(Error: e.Message.Split('\n')[0]);
            }
            replies.WriteLine(JsonSerializer.Serialize(reply, PeerJson.Default.PeerReply));
            replies.Flush();
        }
    }

    private sealed class State(Peer peer) : IDisposable
    {
        private INativeLibrary? _library;
        private NativeCall? _call;

        public PeerReply Answer(PeerRequest request)
        {
            _library ??= Open();
            switch (request.Task)
            {
                case PeerTask.Hello:
                    return new(Detail: _library.Version);
                case PeerTask.Load:
                    _call?.Dispose();
                    _call = null;
                    _call = _library.Prepare(request.Job!);
                    _call.Run();
                    return new(Outputs: [_call.Output.Save(Path.Combine(request.Job!.Folder, string.Create(CultureInfo.InvariantCulture, $"output_{peer.Name()}.bin")))]);
                case PeerTask.Time:
                    return new(Ms: Time(_call!, request.Runs, request.Inner));
                default:
                    throw new NativeCallException($"no such task: {request.Task}");
            }
        }

        public void Dispose() => _call?.Dispose();

        private INativeLibrary Open() => peer switch
        {
            Peer.OpenBlas => new OpenBlas(),
            Peer.OneDnn => new OneDnn(),
            Peer.Fftw => new Fftw(),
            Peer.ClBlast => new ClBlast(),
            Peer.OnnxRuntime or Peer.OnnxRuntimeWeb => throw new NativeCallException("onnxruntime is served by onnxruntime.mjs"),
        };

        private static double[] Time(NativeCall call, int runs, int inner)
        {
            double[] ms = new double[runs];
            for (int r = 0; r < runs; r++)
            {
                long begin = Stopwatch.GetTimestamp();
                for (int i = 0; i < inner; i++) call.Run();
                ms[r] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds / inner;
            }
            return ms;
        }
    }
}

/// <summary>A loaded library.</summary>
internal interface INativeLibrary
{
    string Version { get; }

    /// <summary>Everything that a user of the library would do once: plans, and weights in the order that the library prefers.</summary>
    NativeCall Prepare(PeerJob job);
}

/// <summary>A call that is ready to be made over and over.</summary>
internal abstract class NativeCall : IDisposable
{
    public abstract Buffer Output { get; }

    public abstract void Run();

    public abstract void Dispose();
}

/// <summary>A library refused a call.</summary>
internal sealed class NativeCallException(string message) : Exception(message);
