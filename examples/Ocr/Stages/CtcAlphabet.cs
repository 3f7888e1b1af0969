using System.Text;

namespace Tessera.Examples.Ocr.Stages;

/// <summary>A line as it was read, and the mean probability of its letters.</summary>
public readonly record struct Reading(string Text, float Confidence);

/// <summary>The classes of a recogniser trained with connectionist temporal classification: class 0 is "no letter", then the dictionary's letters, then the space.</summary>
/// <remarks>Source: Graves et al., Connectionist Temporal Classification, ICML 2006; the most probable path.</remarks>
public sealed class CtcAlphabet(IEnumerable<string> dictionary)
{
    private readonly string[] _letters = ["", .. dictionary, " "];

    public int Classes => _letters.Length;

    /// <summary>A dictionary file: one letter per line.</summary>
    public static CtcAlphabet Load(string path) => new(File.ReadAllLines(path));

    /// <summary>Takes the likeliest class of every step, drops repetitions, then drops "no letter".</summary>
    /// <exception cref="ArgumentException">When the probabilities are not steps × <see cref="Classes"/>.</exception>
    public Reading Decode(ReadOnlySpan<float> probabilities, int steps)
    {
        if (probabilities.Length != steps * Classes)
            throw new ArgumentException($"The recogniser gave {probabilities.Length / Math.Max(1, steps)} classes per step, the dictionary has {Classes}: they do not belong together.", nameof(probabilities));
        StringBuilder text = new();
        (int previous, int letters, double sum) = (0, 0, 0);
        for (int t = 0; t < steps; t++)
        {
            ReadOnlySpan<float> step = probabilities.Slice(t * Classes, Classes);
            int best = IndexOfMax(step);
            if (best != 0 && best != previous)
            {
                text.Append(_letters[best]);
                (letters, sum) = (letters + 1, sum + step[best]);
            }
            previous = best;
        }
        return new(text.ToString(), letters == 0 ? 0 : (float)(sum / letters));
    }

    private static int IndexOfMax(ReadOnlySpan<float> values)
    {
        int best = 0;
        for (int i = 1; i < values.Length; i++)
            if (values[i] > values[best]) best = i;
        return best;
    }
}
