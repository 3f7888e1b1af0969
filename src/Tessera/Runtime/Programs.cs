using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Render;

namespace Tessera;

/// <summary>Compiles graphs to programs.</summary>
public static class Programs
{
    /// <summary>Why a node has no kernel on a target; null when it has.</summary>
    public static string? Refusal(Node node, KernelTarget target) => KernelSupport.Refusal(node, target);

    /// <summary>A program of WebAssembly with 128-bit vectors.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program Wasm(Graph graph, out IReadOnlyList<PlanStep> plan)
    {
        Program p = ProgramCompiler.Run(graph, KernelTarget.Wasm, WasmModule.Render, out IReadOnlyList<Launch> launches);
        plan = [.. launches.Select(l => new PlanStep(l.Kernel.Name, l.Nodes, l.Bytes, 0, "a kernel in WebAssembly"))];
        return p;
    }

    /// <summary>A program of WGSL within the limits that every WebGPU device keeps.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program WebGpu(Graph graph, out IReadOnlyList<PlanStep> plan)
    {
        Program p = ProgramCompiler.Run(graph, KernelTarget.WebGpu, WgslProgram.Render, out IReadOnlyList<Launch> launches);
        plan = [.. launches.Select(l => new PlanStep(l.Kernel.Name, l.Nodes, l.Bytes, 0, "a kernel in WGSL"))];
        return p;
    }
}
