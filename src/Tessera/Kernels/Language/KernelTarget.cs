namespace Tessera.Kernels;

/// <summary>What templates must know of the machine that a kernel is written for.</summary>
/// <param name="Name">For people.</param>
/// <param name="HasFunctions">Exp, Log, Sin and Cos exist; elsewhere templates write them out in arithmetic.</param>
/// <param name="HasFloat64">64-bit floats exist: templates widen to them where that is more precise.</param>
/// <param name="PacksOperands">Operands of products are copied into the order in which kernels read them, channels lie innermost, and loops are unrolled: what pays where memory is cached.</param>
/// <param name="WalksRuns">An item computes many neighbours one after the other; elsewhere items are what the device has plenty of, and drivers bound how often an item may loop.</param>
/// <param name="Alignment">What the place of a buffer in memory is a multiple of, in bytes.</param>
/// <param name="MostBuffers">Buffers that a kernel may be bound to.</param>
/// <param name="WritesFloat64">The renderer writes 64-bit floats in integers: exact, and slow.</param>
/// <param name="HasPairs"><see cref="KernelOp.PairDot"/> exists and is faster than two products.</param>
/// <param name="CompilesSlowly">Drivers take longer to compile a kernel than to run it: what follows a product is a loop over the results of an item, windows are written out along one axis only, the sizes of buffers are part of the code, so that drivers need not check indices by sizes that they load, and memory is filled with zeros by the device itself.</param>
/// <param name="KeepsOrder">Floating arithmetic is done as it is written; elsewhere a driver may take (x + y) − y for x.</param>
/// <param name="Group">Work items of a workgroup where a kernel leaves the choice.</param>
public sealed record KernelTarget(string Name, bool HasFunctions, bool HasFloat64, bool PacksOperands = false, bool WalksRuns = false, int Alignment = 64, int MostBuffers = int.MaxValue, bool WritesFloat64 = false, bool HasPairs = false, bool CompilesSlowly = false, bool KeepsOrder = false, int Group = 64)
{
    /// <summary>Whether tensors may be of Float64.</summary>
    public bool TakesFloat64 => HasFloat64 || WritesFloat64;

    /// <summary>The interpreter: everything.</summary>
    public static KernelTarget Interpreter { get; } = new("interpreter", HasFunctions: true, HasFloat64: true, PacksOperands: true, WalksRuns: true, HasPairs: true, KeepsOrder: true);

    public static KernelTarget Wasm { get; } = new("wasm", HasFunctions: false, HasFloat64: true, PacksOperands: true, WalksRuns: true, HasPairs: true, KeepsOrder: true);

    /// <summary>WGSL, within the limits that every WebGPU device keeps. Its own functions may be off by more than a conforming engine is.</summary>
    public static KernelTarget WebGpu { get; } = new("webgpu", HasFunctions: false, HasFloat64: false, PacksOperands: true, Alignment: 256, MostBuffers: 8, WritesFloat64: true, CompilesSlowly: true);

    /// <summary>OpenCL C on a device with 64-bit floats.</summary>
    public static KernelTarget OpenCl { get; } = new("opencl", HasFunctions: true, HasFloat64: true, Alignment: 128);

    public static KernelTarget Cuda { get; } = new("cuda", HasFunctions: true, HasFloat64: true, Alignment: 256);

    /// <summary>Metal's precise functions.</summary>
    public static KernelTarget Metal { get; } = new("metal", HasFunctions: true, HasFloat64: false, Alignment: 256, MostBuffers: 31);
}
