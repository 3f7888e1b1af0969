using Tessera.Onnx;

namespace Tessera.Tests.Onnx;

public sealed class CorpusTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_model_is_read_and_written_back_the_same()
    {
        int models = 0;
        foreach (string folder in Corpus.Required())
        {
            try
            {
                using OnnxModel model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
                using OnnxModel again = OnnxModel.Load(model.ToBytes());
                Assert.NotEmpty(model.Graph.Outputs);
                Assert.True(model.Opsets.ContainsKey("") || model.Opsets.Count > 0);
                SameTree.Check(model, again);
                models++;
            }
            catch (Exception e) { throw new InvalidOperationException(folder, e); }
        }
        output.WriteLine($"{models} models");
    }

    [Fact]
    public void Every_recorded_value_is_of_its_declared_type_and_is_written_back_the_same()
    {
        int values = 0;
        foreach (string folder in Corpus.Required())
        {
            using OnnxModel model = OnnxModel.Load(Path.Combine(folder, "model.onnx"));
            foreach (string set in Directory.EnumerateDirectories(folder, "test_data_set_*"))
            {
                foreach (string file in Directory.EnumerateFiles(set, "*.pb"))
                {
                    try
                    {
                        Check(model, file);
                        values++;
                    }
                    catch (Exception e) { throw new InvalidOperationException(file, e); }
                }
            }
        }
        output.WriteLine($"{values} values");
    }

    private static void Check(OnnxModel model, string file)
    {
        string[] name = Path.GetFileNameWithoutExtension(file).Split('_');
        IReadOnlyList<OnnxValueInfo> declared = name[0] == "input" ? model.Graph.Inputs : model.Graph.Outputs;
        OnnxType type = declared[int.Parse(name[1], System.Globalization.CultureInfo.InvariantCulture)].Type;
        using Value value = OnnxValue.Read(file, type);
        using Value again = OnnxValue.Read(OnnxValue.ToBytes(value), type);
        SameTree.Check(value, again);
        Assert.Equal((type is OnnxType.Tensor, type is OnnxType.Sequence, type is OnnxType.Optional), (value is TensorValue, value is SequenceValue, value is OptionalValue));
        if (value is TensorValue t) Assert.Equal(((OnnxType.Tensor)type).Element, t.Tensor.Type);
    }
}
