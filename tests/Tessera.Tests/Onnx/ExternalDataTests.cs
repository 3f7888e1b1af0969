using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

public sealed class ExternalDataTests
{
    [Theory]
    [InlineData("w.bin")]
    [InlineData("sub/w.bin")]
    [InlineData("./w.bin")]
    public void Data_beside_the_model_is_mapped(string location)
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("sub"));
        foreach (string f in (string[])["w.bin", "sub/w.bin"]) File.WriteAllBytes(folder.File(f), [9, 9, 9, 9, 0, 0, 128, 63, 0, 0, 0, 64, 1]);
        using OnnxModel m = Load(folder, location, offset: "4", length: "8");
        Assert.Equal([1f, 2f], m.Graph.Initializers["w"].ToArray<float>());
    }

    [Theory]
    [InlineData("../w.bin")]
    [InlineData("sub/../../w.bin")]
    [InlineData("sub\\..\\..\\w.bin")]
    [InlineData("/etc/passwd")]
    [InlineData("C:\\w.bin")]
    [InlineData("\\\\server\\w.bin")]
    [InlineData("")]
    [InlineData("a\0b")]
    [InlineData(".")]
    public void Paths_that_leave_the_folder_are_refused(string location)
    {
        using TemporaryFolder folder = new();
        Assert.Contains("external tensor data", Refused(folder, location).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Endless_paths_and_pipes_are_refused_at_once()
    {
        using TemporaryFolder folder = new();
        Assert.Contains("longer than", Refused(folder, string.Concat(Enumerable.Repeat("a/", 1_000_000))).Message, StringComparison.Ordinal);
        using System.Diagnostics.Process? mkfifo = OperatingSystem.IsLinux() ? System.Diagnostics.Process.Start("mkfifo", folder.File("pipe")) : null;
        mkfifo?.WaitForExit();
        if (mkfifo?.ExitCode == 0) Assert.Contains("no regular file", Assert.Throws<TesseraException>(() => Load(folder, "pipe")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_that_leave_the_folder_are_refused_and_others_followed()
    {
        using TemporaryFolder folder = new(), other = new();
        File.WriteAllBytes(other.File("w.bin"), new byte[8]);
        File.WriteAllBytes(folder.File("real.bin"), new byte[8]);
        File.CreateSymbolicLink(folder.File("out.bin"), other.File("w.bin"));
        File.CreateSymbolicLink(folder.File("in.bin"), "real.bin");
        Directory.CreateSymbolicLink(folder.File("dir"), other.Path);
        File.CreateSymbolicLink(folder.File("a.bin"), "b.bin");
        File.CreateSymbolicLink(folder.File("b.bin"), "a.bin");
        Assert.Contains("leads out", Refused(folder, "out.bin").Message, StringComparison.Ordinal);
        Assert.Contains("leads out", Refused(folder, "dir/w.bin").Message, StringComparison.Ordinal);
        Assert.Contains("without end", Refused(folder, "a.bin").Message, StringComparison.Ordinal);
        Load(folder, "in.bin").Dispose();
        Directory.CreateSymbolicLink(other.File("models"), folder.Path);
        File.WriteAllBytes(folder.File("m.onnx"), Model("real.bin", null, null));
        OnnxModel.Load(Path.Combine(other.Path, "models", "m.onnx")).Dispose();
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        using TemporaryFolder folder = new();
        TesseraException e = Refused(folder, "weights.bin");
        Assert.Contains(folder.File("weights.bin"), e.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.InvalidArgument, Assert.Throws<TesseraException>(() => OnnxModel.Load(Model("weights.bin", null, null))).Code);
    }

    [Theory]
    [InlineData("0", "12", "holds 12")]
    [InlineData("4", null, "has 8")]
    [InlineData("9223372036854775807", null, "has 8")]
    [InlineData("-1", null, "no number")]
    [InlineData("0", "99999999999999999999", "no number")]
    public void Offsets_and_lengths_must_fit(string offset, string? length, string says)
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("w.bin"), new byte[8]);
        Assert.Contains(says, Refused(folder, "w.bin", offset, length).Message, StringComparison.Ordinal);
    }

    private static TesseraException Refused(TemporaryFolder folder, string location, string? offset = null, string? length = null)
    {
        TesseraException e = Assert.Throws<TesseraException>(() => Load(folder, location, offset, length));
        Assert.Equal(ErrorCode.MalformedModel, e.Code);
        return e;
    }

    private static OnnxModel Load(TemporaryFolder folder, string location, string? offset = null, string? length = null)
    {
        File.WriteAllBytes(folder.File("m.onnx"), Model(location, offset, length));
        return OnnxModel.Load(folder.File("m.onnx"));
    }

    private static byte[] Model(string location, string? offset, string? length) => Proto.Initializer(t =>
    {
        t.Int64(1, 2);
        t.Int64(2, 1);
        t.Int64(14, 1);
        ValueWriter.WriteEntry(t, 13, "location", location);
        if (offset is not null) ValueWriter.WriteEntry(t, 13, "offset", offset);
        if (length is not null) ValueWriter.WriteEntry(t, 13, "length", length);
    });
}
