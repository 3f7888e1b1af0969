using Tessera.Ir;

namespace Tessera.Engines.Reference;

/// <summary>Host functions: operands become tensors, results cells again.</summary>
internal static class Hosting
{
    public static Cells[] Run(HostFunction f, IReadOnlyList<Cells> x, Node n)
    {
        Tensor[] operands = [.. x.Select(c => CellsIo.ToTensor(c))], results = [];
        try
        {
            results = f.Run(operands);
            for (int i = 0; i < n.Outputs.Length; i++)
                if (results.Length != n.Outputs.Length || results[i].Type != n.Outputs[i].Type || results[i].Shape != n.Outputs[i].Shape)
                    throw new TesseraException(ErrorCode.Internal, $"Host function {f.Name} of node '{n.Origin}' gives ({string.Join<Tensor>(", ", results)}); it declares ({string.Join(", ", n.Outputs)}).");
            return [.. results.Select(CellsIo.Read)];
        }
        finally
        {
            foreach (Tensor t in operands) t.Dispose();
            foreach (Tensor t in results) t.Dispose();
        }
    }
}
