using Tessera.Ir;

namespace Tessera.Engines.Cpu;

/// <summary>
/// Chooses kernels for one node and appends their steps (<see cref="StepBuilder.Add"/>). One per operator family:
/// <c>MatMulKernel.Build</c>, <c>ConvKernel.Build</c>, <c>ConvTransposeKernel.Build</c>, <c>PoolKernel.Build</c>, <c>SoftmaxKernel.Build</c> (LogSoftmax too),
/// <c>NormKernel.Build</c>, <c>AttentionKernel.Build</c>, <c>RnnKernel.Build</c>, <c>ResampleKernel.Build</c>, <c>FftKernel.Build</c>.
/// </summary>
/// <remarks>
/// Operands may be strided views in any order; a kernel that takes no strides calls <see cref="StepBuilder.Contiguous"/>. Results are contiguous.
/// Float16 and BFloat16 never arrive: the compiler widens operands to Float32 and rounds results, around the kernel; so element types are
/// those of the operands, not those of the node.
/// The epilogue goes to the last step that the factory appends.
/// </remarks>
/// <param name="b">Where steps, temporaries, scratch and packed constants are made.</param>
/// <param name="n">The node: operator, argument, types.</param>
/// <param name="x">One operand per node input.</param>
/// <param name="y">One operand per node output.</param>
internal delegate void KernelFactory(StepBuilder b, Node n, Operand[] x, Operand[] y);
