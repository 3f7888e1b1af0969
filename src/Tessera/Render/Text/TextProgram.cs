using System.Collections.Immutable;
using System.Text;
using Tessera.Kernels;

namespace Tessera.Render;

/// <summary>Kernels as text, one source after the other.</summary>
internal static class TextProgram
{
    public static ProgramCode Render(IReadOnlyList<Kernel> kernels, Func<Kernel, string> render)
    {
        using MemoryStream code = new();
        ImmutableArray<ProgramKernel>.Builder table = ImmutableArray.CreateBuilder<ProgramKernel>(kernels.Count);
        foreach (Kernel k in kernels)
        {
            byte[] source = Encoding.UTF8.GetBytes(render(k));
            table.Add(new(k.Name, code.Length, source.Length, k.GroupSize));
            code.Write(source);
        }
        return new(code.ToArray(), table.MoveToImmutable());
    }
}
