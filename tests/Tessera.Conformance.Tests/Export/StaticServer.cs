using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tessera.Conformance.Tests.Export;

/// <summary>A static file server, and a page of the test's own that reports.</summary>
internal sealed class StaticServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<string> _report = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _asked = new();
    private readonly string _folder;
    private readonly string _page;

    /// <param name="folder">Whose files are served under their names.</param>
    /// <param name="page">Served as test.html.</param>
    public StaticServer(string folder, string page)
    {
        (_folder, _page) = (folder, page);
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>Names of the files that were asked for, in order.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>What the page posted to /report.</summary>
    public Task<string> Report => _report.Task;

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient c = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(c));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient c = client;
        try
        {
            NetworkStream s = c.GetStream();
            using StreamReader r = new(s, Encoding.ASCII);
            string[] request = (await r.ReadLineAsync() ?? "").Split(' ');
            int length = 0;
            while (await r.ReadLineAsync() is { Length: > 0 } line)
                if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)) length = int.Parse(line[15..], CultureInfo.InvariantCulture);
            if (request is ["POST", "/report", ..])
            {
                char[] body = new char[length];
                await r.ReadBlockAsync(body);
                _report.TrySetResult(new(body));
            }
            string name = request is ["GET", var path, ..] ? path.Split('?')[0].TrimStart('/') : "";
            _asked.Enqueue(name);
            string file = Path.Combine(_folder, name.Length == 0 ? "index.html" : name);
            byte[]? bytes = name == "test.html" ? Encoding.UTF8.GetBytes(_page) : File.Exists(file) ? await File.ReadAllBytesAsync(file) : null;
            string type = Path.GetExtension(name) switch { ".js" => "text/javascript", ".json" => "application/json", ".tessera" or ".bin" => "application/octet-stream", _ => "text/html" };
            await s.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {(bytes is null ? "404 Not Found" : "200 OK")}\r\nContent-Type: {type}\r\nContent-Length: {bytes?.Length ?? 0}\r\nConnection: close\r\n\r\n"));
            if (bytes is not null) await s.WriteAsync(bytes);
        }
        catch (IOException)
        {
            // The browser went away.
        }
    }

    public void Dispose() => _listener.Dispose();
}
