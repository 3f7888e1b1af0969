using Tessera.Ir;
using Tessera.Kernels;
using Tessera.Render;

namespace Tessera;

/// <summary>Compiles graphs to programs.</summary>
public static class Programs
{
    /// <summary>Why a node has no kernel on a target; null when it has.</summary>
    public static string? Refusal(Node node, KernelTarget target) => KernelSupport.Refusal(node, target);

    /// <summary>A program for any target.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="target">What kernels are written for.</param>
    /// <param name="render">Turns distinct kernels into the target's code.</param>
    /// <param name="why">What the plan says of each step.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program Compile(Graph graph, KernelTarget target, Func<IReadOnlyList<Kernel>, ProgramCode> render, string why, out IReadOnlyList<PlanStep> plan)
    {
        Program p = ProgramCompiler.Run(graph, target, render, out IReadOnlyList<Launch> launches);
        plan = [.. launches.Select(l => new PlanStep(l.Kernel?.Name ?? "Clear", l.Nodes, l.Bytes, 0, l.Kernel is null ? "zeros around a value, by the device itself" : why))];
        return p;
    }

    /// <summary>A program of WebAssembly with 128-bit vectors. Where a host has relaxed SIMD, products are added to sums by one instruction, which rounds once or twice as the processor likes.
    /// Either way a sum of n products is off by at most n·2⁻²⁴ ÷ (1 − n·2⁻²⁴) of the sum of their magnitudes.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program Wasm(Graph graph, out IReadOnlyList<PlanStep> plan) => Compile(graph, KernelTarget.Wasm, WasmModule.Render, "a kernel in WebAssembly", out plan);

    /// <summary>A program of WGSL within the limits that every WebGPU device keeps.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program WebGpu(Graph graph, out IReadOnlyList<PlanStep> plan) => WebGpu(graph, KernelTarget.WebGpu, out plan);

    /// <summary>A program of WGSL.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="target"><see cref="KernelTarget.WebGpu"/> as the device at hand wants it.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program WebGpu(Graph graph, KernelTarget target, out IReadOnlyList<PlanStep> plan) => Compile(graph, target, kernels => TextProgram.Render(kernels, WgslRenderer.Render), "a kernel in WGSL", out plan);

    /// <summary>A program of OpenCL C 1.2.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="target"><see cref="KernelTarget.OpenCl"/> as the device at hand wants it.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program OpenCl(Graph graph, KernelTarget target, out IReadOnlyList<PlanStep> plan) => Compile(graph, target, kernels => TextProgram.Render(kernels, OpenClC.Render), "a kernel in OpenCL C", out plan);

    /// <summary>A program of CUDA C++.</summary>
    /// <param name="graph">What to compile.</param>
    /// <param name="target"><see cref="KernelTarget.Cuda"/> as the device at hand wants it.</param>
    /// <param name="plan">What each step of the program computes.</param>
    /// <exception cref="TesseraException">Unsupported: a node that has no kernel, or a type that kernels do not compute with.</exception>
    public static Program Cuda(Graph graph, KernelTarget target, out IReadOnlyList<PlanStep> plan) => Compile(graph, target, kernels => TextProgram.Render(kernels, CudaC.Render), "a kernel in CUDA C++", out plan);
}
