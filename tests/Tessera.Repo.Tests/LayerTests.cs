using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Tessera.Repo.Tests;

/// <summary>Folders of src/Tessera are layers; one may use those before it in <see cref="Order"/> only.</summary>
public sealed partial class LayerTests
{
    private static readonly string[] Order = ["Tensors", "Ir", "Ops", "Onnx", "Compiler", "Kernels", "Render", "Runtime", "Engines", "Tuning", "Training", "Signal", "Data"];

    /// <summary>What a project under src/ may reference, beside packages.</summary>
    private static readonly Dictionary<string, string[]> Projects = new()
    {
        ["Tessera"] = [],
        ["Tessera.Conformance"] = ["Tessera"],
        ["Tessera.Lab"] = ["Tessera"],
        ["Tessera.Devices"] = ["Tessera"],
        ["Tessera.Workers"] = ["Tessera"],
        ["Tessera.Cli"] = ["Tessera", "Tessera.Conformance", "Tessera.Lab", "Tessera.Devices", "Tessera.Workers", "Ocr", "Tessera.Peers"],
    };

    [Fact]
    public void Every_folder_has_a_place_in_the_order()
    {
        string[] folders = [.. Repository.Sources("src/Tessera/").Select(Layer).Distinct()];
        Assert.All(folders, f => Assert.Contains(f, Order));
    }

    [Fact]
    public void No_folder_uses_a_later_one()
    {
        CSharpCompilation library = Compile();
        Assert.NotNull(library.GetTypeByMetadataName("Tessera.Tensor"));
        HashSet<string> wrong = [];
        // The latest folder that declares a type of each name: only names that could lead forward are worth binding.
        Dictionary<string, int> latest = library.SyntaxTrees.SelectMany(t => t.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Select(d => (d.Identifier.Text, Place: Place(t))))
            .GroupBy(d => d.Text).ToDictionary(g => g.Key, g => g.Max(d => d.Place));
        foreach (SyntaxTree tree in library.SyntaxTrees)
        {
            SemanticModel? model = null;
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>().Where(n => latest.GetValueOrDefault(n.Identifier.Text, -1) > Place(tree)))
            {
                if ((model ??= library.GetSemanticModel(tree)).GetSymbolInfo(name).Symbol is not INamedTypeSymbol symbol) continue;
                // Parts of one type may lie in several folders: what counts is the earliest.
                SyntaxTree? declared = symbol.OriginalDefinition.DeclaringSyntaxReferences.Select(r => r.SyntaxTree).MinBy(Place);
                if (declared is not null && Place(declared) > Place(tree)) wrong.Add($"{tree.FilePath} uses {symbol.ToDisplayString()} of {Layer(declared.FilePath)}");
            }
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Projects_reference_only_what_they_may()
    {
        List<string> wrong = [];
        foreach (string file in Repository.Files.Where(f => f.StartsWith("src/", StringComparison.Ordinal) && f.EndsWith(".csproj", StringComparison.Ordinal)))
        {
            string project = Path.GetFileNameWithoutExtension(file);
            if (!Projects.TryGetValue(project, out string[]? allowed)) { wrong.Add($"{file} has no row in this test"); continue; }
            foreach (Match m in ProjectReferences().Matches(Repository.Read(file)))
                if (!allowed.Contains(m.Groups[1].Value)) wrong.Add($"{file} references {m.Groups[1].Value}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static CSharpCompilation Compile()
    {
        string usings = string.Concat(((string[])["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"]).Select(n => $"global using {n};"));
        CSharpParseOptions options = new(LanguageVersion.Preview);
        string[] platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        return CSharpCompilation.Create("Layers",
            [.. Repository.Sources("src/Tessera/").Select(f => CSharpSyntaxTree.ParseText(Repository.Read(f), options, f)), CSharpSyntaxTree.ParseText(usings, options)],
            platform.Where(p => Path.GetFileName(p) != "Tessera.dll").Select(p => MetadataReference.CreateFromFile(p)),
            new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private static int Place(SyntaxTree tree) => Array.IndexOf(Order, Layer(tree.FilePath));

    private static string Layer(string file) => file.Split('/') is [_, _, var folder, _, ..] ? folder : "";

    [GeneratedRegex(@"ProjectReference Include=""[^""]*?([\w.]+)\.csproj""")]
    private static partial Regex ProjectReferences();
}
