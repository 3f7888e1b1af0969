using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Tessera.Ir;
using Tessera.Kernels;

namespace Tessera.Examples.Device;

/// <summary>An engine on a device of one's own: here the machine's memory, and the interpreter of kernels as its processor. It checks every access, and is slow.</summary>
public sealed class HostEngine(EngineOptions? options = null) : DeviceEngine("interpreter", options)
{
    // The device's "compiler": kernels by their text.
    private readonly ConcurrentDictionary<string, Kernel> _kernels = [];

    protected override KernelTarget Target => KernelTarget.Interpreter;

    public override IReadOnlyList<DeviceInfo> List() =>
        [new("0", "host memory", "Tessera", $".NET {Environment.Version}", IsSoftware: true, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, int.MaxValue, 64, 1, 64, ImmutableSortedDictionary<string, string>.Empty)];

    /// <summary>The device opened last.</summary>
    public HostDevice? Opened { get; private set; }

    protected override Tessera.Device Open(DeviceInfo device) => Opened = new HostDevice(device, _kernels);

    protected override Program Compile(Graph graph, out IReadOnlyList<PlanStep> plan) => Programs.Compile(graph, Target, Render, "interpreted", out plan);

    private ProgramCode Render(IReadOnlyList<Kernel> kernels)
    {
        MemoryStream code = new();
        ImmutableArray<ProgramKernel>.Builder table = ImmutableArray.CreateBuilder<ProgramKernel>();
        foreach (Kernel k in kernels)
        {
            KernelVerifier.Verify(k);
            string text = KernelPrinter.Print(k);
            _kernels[text] = k;
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            table.Add(new(k.Name, code.Length, bytes.Length, k.GroupSize));
            code.Write(bytes);
        }
        return new(code.ToArray(), table.ToImmutable());
    }
}
