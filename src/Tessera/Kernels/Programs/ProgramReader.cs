using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Tessera.Kernels;

/// <summary>Reads the format of docs/program-format.md. Every offset is checked before anything is allocated.</summary>
public static class ProgramReader
{
    private const int Fixed = 12;

    /// <exception cref="TesseraException">MalformedModel: not a program, of another version, truncated, or with offsets that lie outside.</exception>
    public static Program Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length < Fixed || !file.Span[..4].SequenceEqual("TSRA"u8)) throw Bad("the first bytes are not TSRA");
        int version = BinaryPrimitives.ReadInt32LittleEndian(file.Span[4..]), length = BinaryPrimitives.ReadInt32LittleEndian(file.Span[8..]);
        if (version != Program.Version) throw Bad($"it is of format {version}; this reader knows format {Program.Version}");
        if (length < 0 || length > file.Length - Fixed) throw Bad("its header ends beyond the file");
        Program p = Header(new(file.Slice(Fixed, length)), file, (Fixed + (long)length + 63) / 64 * 64);
        Check(p);
        return p;
    }

    private static Program Header(HeaderReader h, ReadOnlyMemory<byte> file, long start)
    {
        string target = h.Text();
        long memory = h.Number(), fault = h.Number(), code = h.Number(), constants = h.Number(), constantsAt = start + (code + 63) / 64 * 64;
        if (constants == 0) throw Bad("it is without its constants");
        ImmutableArray<ProgramConstant> table = h.List(() => new ProgramConstant(Convert.ToHexStringLower(h.Bytes(32)), h.Number(), h.Number()));
        ImmutableArray<ProgramBuffer> values = h.List(() => Buffer(h, table));
        ImmutableArray<ProgramValue> inputs = h.List(() => Value(h)), outputs = h.List(() => Value(h));
        ImmutableArray<string> names = h.List(h.Text);
        ImmutableArray<ProgramKernel> kernels = h.List(() => new ProgramKernel(h.Small() is var n && n < names.Length ? names[n] : throw Bad($"there is no name {n}"), h.Number(), h.Number(), h.Small()));
        ImmutableArray<ProgramStep> steps = h.List(() => h.Small() is var n && n == 0 ? ProgramStep.Cleared(h.Small()) : new ProgramStep(n - 1, h.List(h.Small), h.Number()));
        if (!h.IsAtEnd) throw Bad("its header goes on behind its steps");
        return new(target, memory, fault, values, inputs, outputs, table, kernels, steps, Section(file, start, code), Section(file, constantsAt, constants - 1));
    }

    private static ProgramBuffer Buffer(HeaderReader h, ImmutableArray<ProgramConstant> constants)
    {
        int number = h.Small();
        if (number == 0) return new(null, h.Number(), h.Number());
        return number <= constants.Length ? new(number - 1, 0, constants[number - 1].Bytes) : throw Bad($"there is no constant {number - 1}");
    }

    private static ProgramValue Value(HeaderReader h)
    {
        string name = h.Text(), typeName = h.Text();
        if (!Enum.TryParse(typeName, out DType type) || type.ToString() != typeName || KernelType.Reads(type) is null) throw Bad($"there is no element type {typeName}");
        return new(name, type, Shape.Of([.. h.List(h.Number)]), h.Small());
    }

    private static ReadOnlyMemory<byte> Section(ReadOnlyMemory<byte> file, long at, long bytes) =>
        at <= file.Length && bytes <= file.Length - at ? file.Slice((int)at, (int)bytes) : throw Bad("a section ends beyond the file");

    private static void Check(Program p)
    {
        bool Number(int value) => value >= 0 && value < p.Values.Length;
        if (p.Memory < 0 || !Inside(p.Fault, sizeof(int), p.Memory)) throw Bad("its fault word lies outside its arena");
        foreach (ProgramConstant c in p.ConstantTable)
            if (!Inside(c.At, c.Bytes, p.Constants.Length)) throw Bad("a constant lies outside its section");
        foreach (ProgramBuffer v in p.Values)
            if (v.Constant is null && !Inside(v.At, v.Bytes, p.Memory)) throw Bad("a buffer lies outside its arena");
        foreach (ProgramValue v in (IEnumerable<ProgramValue>)[.. p.Inputs, .. p.Outputs])
            if (!Number(v.Value) || p.Values[v.Value].Bytes != v.Bytes) throw Bad($"'{v.Name}' takes {v.Bytes} bytes, not those of its buffer");
        foreach (ProgramValue v in p.Inputs)
            if (p.Values[v.Value].Constant is not null) throw Bad($"the input '{v.Name}' would be written to a constant");
        foreach (ProgramKernel k in p.Kernels)
            if (!Inside(k.At, k.Bytes, p.Code.Length) || k.Group < 1) throw Bad("the code of a kernel lies outside its section");
        foreach (ProgramStep s in p.Steps)
            if (s.Kernel >= p.Kernels.Length || s.Items < 0 || !s.Values.All(Number)) throw Bad("a step names a kernel or buffer that it has not");
            else if (s.Kernel == ProgramStep.Clear && p.Values[s.Values[0]].Constant is not null) throw Bad("a step would clear a constant");
    }

    private static bool Inside(long at, long bytes, long size) => at >= 0 && bytes >= 0 && at <= size && bytes <= size - at;

    internal static TesseraException Bad(string why) => new(ErrorCode.MalformedModel, $"This is no program that can be run: {why}.");
}
