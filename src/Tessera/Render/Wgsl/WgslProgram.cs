using System.Collections.Immutable;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Kernels as WGSL, one module after the other.</summary>
internal static class WgslProgram
{
    public static ProgramCode Render(IReadOnlyList<Kernel> kernels)
    {
        using MemoryStream code = new();
        ImmutableArray<ProgramKernel>.Builder table = ImmutableArray.CreateBuilder<ProgramKernel>(kernels.Count);
        foreach (Kernel k in kernels)
        {
            byte[] source = Encoding.UTF8.GetBytes(WgslRenderer.Render(k));
            table.Add(new(k.Name, code.Length, source.Length, k.GroupSize));
            code.Write(source);
        }
        return new(code.ToArray(), table.MoveToImmutable());
    }
}
