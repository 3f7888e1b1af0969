using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace Tessera.Workers;

/// <summary>Serves one browser on this machine only: a page with a worker, and the WebSocket that the worker opens. Every address holds a token that nobody can guess.</summary>
internal sealed class PageServer : IDisposable
{
    private const int LongestRequest = 16 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<WebSocket> _socket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _shown = Channel.CreateUnbounded<string>();
    private readonly string _token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
    private readonly int _threads;
    private readonly int _port;

    public PageServer(int threads)
    {
        _threads = threads;
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = AcceptAsync();
    }

    /// <summary>What the browser is to open.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}/{_token}/");

    /// <summary>The worker's WebSocket, when it has come.</summary>
    public Task<WebSocket> SocketAsync(CancellationToken cancel) => _socket.Task.WaitAsync(cancel);

    /// <summary>Has the page embed another one, which must answer with the headers of <see cref="AnswerAsync"/> and allow other origins.</summary>
    public void Show(Uri page) => _shown.Writer.TryWrite(page.AbsoluteUri);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_ending.Token).ConfigureAwait(false);
                _ = ServeAsync(client);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            _socket.TrySetCanceled();
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        bool kept = false;
        try
        {
            client.NoDelay = true;
            NetworkStream s = client.GetStream();
            string request = await ReadRequestAsync(s).ConfigureAwait(false);
            string path = request.Split(' ') is ["GET", var p, ..] ? p : "";
            if (path == $"/{_token}/socket") kept = await UpgradeAsync(s, request).ConfigureAwait(false);
            else if (path == $"/{_token}/") await AnswerAsync(s, "200 OK", "text/html; charset=utf-8", Encoding.UTF8.GetBytes(Page())).ConfigureAwait(false);
            else if (path == $"/{_token}/worker.js") await AnswerAsync(s, "200 OK", "text/javascript; charset=utf-8", RuntimeFiles.Read("worker.js")).ConfigureAwait(false);
            else if (path == $"/{_token}/next") await AnswerAsync(s, "200 OK", "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(await _shown.Reader.ReadAsync(_ending.Token).ConfigureAwait(false))).ConfigureAwait(false);
            else await AnswerAsync(s, "404 Not Found", "text/plain", []).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or WebSocketException)
        {
            // A browser that goes away in between is no error; the one who waits for its socket has a time limit.
        }
        finally
        {
            if (!kept) client.Dispose();
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream s)
    {
        byte[] buffer = new byte[LongestRequest];
        for (int n = 0; n < buffer.Length;)
        {
            int read = await s.ReadAsync(buffer.AsMemory(n), _ending.Token).ConfigureAwait(false);
            if (read == 0) break;
            n += read;
            if (buffer.AsSpan(0, n).EndsWith("\r\n\r\n"u8)) return Encoding.ASCII.GetString(buffer, 0, n);
        }
        throw new IOException("no request");
    }

    // The page and its worker may share memory between threads only when nothing foreign can get into them.
    private async Task AnswerAsync(NetworkStream s, string status, string type, byte[] body)
    {
        string head = $"HTTP/1.1 {status}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\nCross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\nCross-Origin-Resource-Policy: same-origin\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n";
        await s.WriteAsync(Encoding.ASCII.GetBytes(head), _ending.Token).ConfigureAwait(false);
        await s.WriteAsync(body, _ending.Token).ConfigureAwait(false);
    }

    private async Task<bool> UpgradeAsync(NetworkStream s, string request)
    {
        string? key = request.Split("\r\n").FirstOrDefault(l => l.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase))?[18..].Trim();
        if (key is null) return false;
        // RFC 6455, section 4.2.2: the constant is the protocol's.
#pragma warning disable CA5350
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await s.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"), _ending.Token).ConfigureAwait(false);
        return _socket.TrySetResult(WebSocket.CreateFromStream(s, new WebSocketCreationOptions { IsServer = true }));
    }

    private string Page() => $$"""
        <!doctype html><meta charset="utf-8"><title>Tessera worker</title>
        <script type="module">
        const socket = new URL('socket', location.href.replace('http', 'ws'))
        const worker = new Worker('worker.js', { type: 'module', name: `tessera {{_threads}} ${socket}` })
        worker.onmessage = worker.onerror = () => window.close()
        for (;;) document.body.append(Object.assign(document.createElement('iframe'), { allow: 'cross-origin-isolated', src: await (await fetch('next')).text() }))
        </script>
        """;

    public void Dispose()
    {
        _ending.Cancel();
        _listener.Dispose();
        if (_socket.Task.IsCompletedSuccessfully) _socket.Task.Result.Dispose();
    }
}
