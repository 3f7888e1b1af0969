using System.Numerics;
using Tessera.Data;
using Tessera.Examples.Ocr;
using Tessera.Examples.Ocr.Drawing;
using Tessera.Examples.Ocr.Stages;

namespace Tessera.Tests.Ocr;

public sealed class ReadingTests
{
    private static readonly CtcAlphabet Alphabet = new(["a", "b", "ß"]);

    [Theory]
    [InlineData(new[] { 1, 1, 0, 1, 2, 2 }, "aab")]
    [InlineData(new[] { 0, 0, 0 }, "")]
    [InlineData(new[] { 3, 4, 4, 0, 4, 3 }, "ß  ß")]
    [InlineData(new[] { 2 }, "b")]
    public void The_likeliest_path_loses_repetitions_then_blanks(int[] path, string expected)
    {
        float[] probabilities = new float[path.Length * 5];
        for (int t = 0; t < path.Length; t++) (probabilities[5 * t + path[t]], probabilities[5 * t + (path[t] + 1) % 5]) = (0.75f, 0.25f);
        Reading reading = Alphabet.Decode(probabilities, path.Length);
        Assert.Equal(expected, reading.Text);
        Assert.Equal(expected.Length == 0 ? 0 : 0.75f, reading.Confidence);
    }

    [Fact]
    public void A_dictionary_of_another_model_is_refused() =>
        Assert.Contains("5", Assert.Throws<ArgumentException>(() => Alphabet.Decode(new float[12], 2)).Message);

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    public void Edits_are_counted(string a, string b, int expected)
    {
        Assert.Equal(expected, TextCheck.Edits(a, b));
        Assert.Equal(expected, TextCheck.Edits(b, a));
    }

    [Fact]
    public void The_check_pairs_lines_and_says_what_was_wrong()
    {
        TextCheck exact = TextCheck.Compare(["one", "two"], ["two", "one"]);
        Assert.Equal(1, exact.Accuracy);
        TextCheck check = TextCheck.Compare(["Green tea", "Total: 5"], ["Total: S", "Green tea", "noise"]);
        Assert.Equal(1 - 6 / 17.0, check.Accuracy, 1e-9);
        Assert.False(check.Passed);
        Assert.Equal([new("Total: 5", "Total: S", 1), new(null, "noise", 5)], check.Differences);
        Assert.Equal([new("gone", null, 4)], TextCheck.Compare(["gone"], []).Differences);
        Assert.Equal(0, TextCheck.Compare(["gone"], ["other text altogether"]).Accuracy);
    }

    [Fact]
    public void The_drawn_picture_is_the_same_everywhere_and_its_letters_exist()
    {
        Assert.All(SamplePicture.Text, line => Assert.All(line, c => Assert.True(StrokeFont.Round.Has(c), $"'{c}'")));
        Assert.Equal(SamplePicture.Draw().Pixels, SamplePicture.Draw().Pixels);
        Assert.Throws<ArgumentException>(() => StrokeFont.Round.Measure("é", 20));
    }

    [Fact]
    public void A_line_of_text_is_as_wide_as_measured()
    {
        Image image = new(400, 60, 3);
        new Canvas(image).Text("Hello, 42!", new Vector2(20, 40), 40, new(255, 255, 255));
        int[] inked = [.. Enumerable.Range(0, 400).Where(x => Enumerable.Range(0, 60).Any(y => image[x, y][0] > 0))];
        float width = StrokeFont.Round.Measure("Hello, 42!", 40);
        Assert.InRange(inked[0], 17, 20);
        Assert.InRange(inked[^1], 20 + width - 1, 20 + width + 4);
    }
}
