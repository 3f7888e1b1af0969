using System.Globalization;
using System.Text;
using System.Text.Json;
using Tessera.Kernels;
using Tessera.Onnx;
using Tessera.Workers;

namespace Tessera.Conformance.Tests.Export;

/// <summary>A model exported for the web: the folder, and its page in browsers.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("export-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>softmax(x · w + b) of [2, 6] with six results each.</summary>
    private static OnnxModel Model()
    {
        Random random = new(3);
        Tensor w = Tensor.Zeros(DType.Float32, [6, 7]), b = Tensor.Zeros(DType.Float32, [7]);
        foreach (Tensor t in new[] { w, b })
            foreach (ref float v in t.Span<float>()) v = random.NextSingle() - 0.5f;
        OnnxNode Node(string op, string[] from, string to) => new() { Name = op, OpType = op, Inputs = from, Outputs = [to], Attributes = OnnxAttributes.Of() };
        return new()
        {
            Graph = new()
            {
                Name = "dense", Inputs = [new("x", new OnnxType.Tensor(DType.Float32, [2, 6]))], Outputs = [new("y", new OnnxType.Tensor(DType.Float32, null)), new("sum", new OnnxType.Tensor(DType.Float32, null))],
                Initializers = new OrderedDictionary<string, Tensor> { ["w"] = w, ["b"] = b }, Nodes = [Node("MatMul", ["x", "w"], "p"), Node("Add", ["p", "b"], "sum"), Node("Softmax", ["sum"], "y")],
            },
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
    }

    private static Tensor Input() => Tensor.From([.. Enumerable.Range(0, 12).Select(i => i / 8f - 0.5f)], [2, 6]);

    private IReadOnlyList<ExportedFile> Export(params string[] targets)
    {
        using OnnxModel model = Model();
        using Tensor x = Input();
        using Session session = Engines.Of("cpu").Compile(model);
        return WebExport.Write(session, new Dictionary<string, Value> { ["x"] = x }, targets, _folder);
    }

    [Fact]
    public void The_folder_holds_programs_weights_runtime_and_page_within_300_kilobytes()
    {
        IReadOnlyList<ExportedFile> files = Export("wasm", "webgpu");
        Assert.Equal(files.Select(f => f.Name).Order(StringComparer.Ordinal), Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
        Assert.True(files.Where(f => !f.Name.StartsWith("weights-", StringComparison.Ordinal)).Sum(f => f.Bytes) <= 300_000);
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder, "model.json")));
        Assert.Equal(["wasm", "webgpu"], manifest.RootElement.GetProperty("programs").EnumerateArray().Select(p => p.GetProperty("target").GetString()!));
        Assert.Equal(["y", "sum"], manifest.RootElement.GetProperty("outputs").EnumerateArray().Select(p => p.GetProperty("name").GetString()!));
    }

    /// <summary>Blocks of a depthwise and a pointwise convolution with activations that networks on phones have, no two alike: as many kernels as a network that reads text has.</summary>
    private static OnnxModel Convolutions(int blocks)
    {
        OrderedDictionary<string, Tensor> weights = [];
        List<OnnxNode> nodes = [];
        string last = "x";
        void Add(string op, string[] from, params OnnxAttribute[] attributes)
        {
            last = $"v{nodes.Count}";
            nodes.Add(new() { Name = last, OpType = op, Inputs = from, Outputs = [last], Attributes = OnnxAttributes.Of(attributes) });
        }
        void Convolve(long[] shape, params OnnxAttribute[] attributes)
        {
            string w = $"w{weights.Count}", b = $"b{weights.Count}";
            (weights[w], weights[b]) = (Tensor.Zeros(DType.Float32, Shape.Of(shape)), Tensor.Zeros(DType.Float32, [shape[0]]));
            Add("Conv", [last, w, b], attributes);
        }
        for (long i = 0, c = 16; i < blocks; i++, c += 8)
        {
            Convolve([c, 1, 3, 3], OnnxAttribute.Of("group", c), OnnxAttribute.Of("pads", [1L, 1, 1, 1]));
            Add("HardSwish", [last]);
            Convolve([c + 8, c, 1, 1]);
            string sum = last;
            Add(i % 8 == 0 ? "Sigmoid" : "HardSwish", [last]);
            if (i % 8 == 0) Add("Mul", [last, sum]);
        }
        return new()
        {
            Graph = new() { Name = "convolutions", Inputs = [new("x", new OnnxType.Tensor(DType.Float32, [1, 16, 6, 40]))], Outputs = [new(last, new OnnxType.Tensor(DType.Float32, null))], Initializers = weights, Nodes = nodes },
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
    }

    [Fact]
    public void A_network_of_80_kernels_for_either_engine_takes_300_kilobytes_besides_its_weights()
    {
        using OnnxModel model = Convolutions(40);
        using Tensor x = Tensor.Zeros(DType.Float32, [1, 16, 6, 40]);
        using Session session = Engines.Of("cpu").Compile(model);
        IReadOnlyList<ExportedFile> files = WebExport.Write(session, new Dictionary<string, Value> { ["x"] = x }, ["webgpu", "wasm"], _folder);
        Assert.InRange(Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(_folder, "webgpu.tessera"))).Split("@compute").Length - 1, 80, 200);
        Assert.InRange(files.Where(f => !f.Name.StartsWith("weights-", StringComparison.Ordinal)).Sum(f => f.Bytes), 100_000, 300_000);
    }

    [Fact]
    public void What_has_no_whole_program_is_refused_by_name()
    {
        using OnnxModel model = new()
        {
            Graph = new()
            {
                Name = "where", Inputs = [new("x", new OnnxType.Tensor(DType.Float32, [4]))], Outputs = [new("y", new OnnxType.Tensor(DType.Int64, null))],
                Initializers = new OrderedDictionary<string, Tensor>(), Nodes = [new() { Name = "find", OpType = "NonZero", Inputs = ["x"], Outputs = ["y"], Attributes = OnnxAttributes.Of() }],
            },
            Opsets = new Dictionary<string, long> { [""] = 17 },
        };
        using Session session = Engines.Of("cpu").Compile(model);
        using Tensor x = Tensor.From([0f, 1, 0, 2], [4]);
        TesseraException e = Assert.Throws<TesseraException>(() => WebExport.Write(session, new Dictionary<string, Value> { ["x"] = x }, ["wasm"], _folder));
        Assert.Equal(ErrorCode.Unsupported, e.Code);
        Assert.Contains("NonZero 'find'", e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => Export("cuda")).Code);
    }

    // Fills in the exported page's form, presses its button, and reports what it shows and what it computed.
    private static string Page(string target) => $$"""
        <!doctype html><iframe src="/index.html?target={{target}}" width="800" height="800"></iframe>
        <script type="module">
        const frame = document.querySelector('iframe')
        const report = text => fetch('/report', { method: 'POST', body: text })
        const until = async what => { for (;;) { const v = what(); if (v) return v; const e = frame.contentDocument?.querySelector('.error'); if (e) throw new Error(e.textContent); await new Promise(r => setTimeout(r, 30)) } }
        try {
          const button = await until(() => frame.contentDocument?.querySelector('#form:not([hidden]) > button'))
          frame.contentDocument.querySelector('textarea[name=x]').value = '{{string.Join(", ", Enumerable.Range(0, 12).Select(i => (i / 8f - 0.5f).ToString("R", CultureInfo.InvariantCulture)))}}'
          button.click()
          const results = await until(() => frame.contentWindow.outputs)
          await report(JSON.stringify({ status: frame.contentDocument.getElementById('status').textContent, y: [...results.y.data], sum: [...results.sum.data], shape: results.y.shape }))
        } catch (e) { await report(JSON.stringify({ error: e.message })) }
        </script>
        """;

    [Theory]
    [InlineData("chromium", "wasm")]
    [InlineData("chromium", "webgpu")]
    [InlineData("firefox", "wasm")]
    [InlineData("firefox", "webgpu")]
    public async Task The_page_gives_what_the_reference_gives(string browser, string target)
    {
        BrowserHost host = Host.All.OfType<BrowserHost>().Single(h => h.Name == browser);
        Assert.SkipWhen(host.Find() is null, $"{host.Title} is absent.");
        Engines.SkipWhenAbsent($"{target}:{browser}");
        Export("wasm", "webgpu");
        using StaticServer server = new(_folder, Page(target));
        using HostedBrowser opened = host.Open(server.Url + "test.html");
        string report = await server.Report.WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        using JsonDocument json = JsonDocument.Parse(report);
        Assert.False(json.RootElement.TryGetProperty("error", out _), report);
        Assert.Contains(target, json.RootElement.GetProperty("status").GetString(), StringComparison.Ordinal);
        using OnnxModel model = Model();
        using Session session = Engines.Of("reference").Compile(model);
        using Tensor x = Input();
        IReadOnlyDictionary<string, Value> expected = session.Run(new Dictionary<string, Value> { ["x"] = x });
        foreach (string name in new[] { "y", "sum" })
        {
            using Tensor actual = Tensor.From([.. json.RootElement.GetProperty(name).EnumerateArray().Select(v => v.GetSingle())], [2, 7]);
            Assert.Null(Comparison.Difference(name, expected[name], (Value)actual, new Tolerance(1e-6, 1e-5, "six products and a softmax in Float32")));
            expected[name].Dispose();
        }
    }

    // Loads the model twice and reports what it computes the second time. What the test does not want to be used for keeping weights is taken away before.
    private static string Twice(string cache) => $$"""
        <!doctype html>
        <script type="module">
        import { Model } from '/tessera.js'
        const off = { files: '{{cache}}' !== 'files', database: '{{cache}}' !== 'database' }
        if (off.files) Object.defineProperty(navigator.storage, 'getDirectory', { value: () => Promise.reject(new Error('off')) })
        if (off.database) Object.defineProperty(globalThis, 'indexedDB', { value: undefined })
        const report = text => fetch('/report', { method: 'POST', body: text })
        try {
          let sum
          for (let i = 0; i < 2; i++) {
            const model = await Model.load('/', { target: 'wasm', threads: 1 })
            sum = (await model.run({ x: Array.from({ length: 12 }, (_, k) => k / 8 - 0.5) })).sum
            model.dispose()
          }
          await report(JSON.stringify({ sum: [...sum.data] }))
        } catch (e) { await report(JSON.stringify({ error: e.message })) }
        </script>
        """;

    [Theory]
    [InlineData("chromium", "files", 1)]
    [InlineData("chromium", "database", 1)]
    [InlineData("chromium", "nothing", 2)]
    [InlineData("firefox", "files", 1)]
    [InlineData("firefox", "database", 1)]
    [InlineData("firefox", "nothing", 2)]
    public async Task Weights_are_downloaded_once_where_the_page_can_keep_them(string browser, string cache, int downloads)
    {
        BrowserHost host = Host.All.OfType<BrowserHost>().Single(h => h.Name == browser);
        Assert.SkipWhen(host.Find() is null, $"{host.Title} is absent.");
        Export("wasm");
        using StaticServer server = new(_folder, Twice(cache));
        using HostedBrowser opened = host.Open(server.Url + "test.html");
        string report = await server.Report.WaitAsync(TimeSpan.FromSeconds(90), TestContext.Current.CancellationToken);
        using JsonDocument json = JsonDocument.Parse(report);
        Assert.False(json.RootElement.TryGetProperty("error", out _), report);
        Assert.Equal(downloads, server.Asked.Count(n => n.StartsWith("weights-", StringComparison.Ordinal)));
        using OnnxModel model = Model();
        using Session session = Engines.Of("reference").Compile(model);
        using Tensor x = Input(), sum = Tensor.From([.. json.RootElement.GetProperty("sum").EnumerateArray().Select(v => v.GetSingle())], [2, 7]);
        Assert.Null(Comparison.Difference("sum", session.Run(new Dictionary<string, Value> { ["x"] = x })["sum"], (Value)sum, new Tolerance(1e-6, 1e-5, "six products in Float32")));
    }
}
