using System.Diagnostics;
using Tessera.Data;
using Tessera.Examples.Ocr.Geometry;
using Tessera.Examples.Ocr.Stages;

namespace Tessera.Examples.Ocr;

/// <summary>Reads the text in a picture with three models: where lines are, which of them stand on their head, what they say.</summary>
public sealed class OcrPipeline(Func<Tensor, Tensor> detection, Func<Tensor, Tensor> orientation, Func<Tensor, Tensor> recognition, CtcAlphabet alphabet) : IDisposable
{
    private const float LeastConfidence = 0.5f;

    /// <summary>Between these probabilities of standing on its head a line is read both ways.</summary>
    private const float SurelyUpright = 0.1f, SurelyTurned = 0.9f;

    private readonly List<Session> _sessions = [];

    /// <summary>A pipeline over three sessions, which stay the caller's.</summary>
    public OcrPipeline(Session detection, Session orientation, Session recognition, CtcAlphabet alphabet)
        : this(input => detection.Run(input)[0], input => orientation.Run(input)[0], input => recognition.Run(input)[0], alphabet) { }

    /// <summary>Loads the models on an engine; the pipeline owns the sessions.</summary>
    public static OcrPipeline Load(Engine engine, OcrModels models)
    {
        List<Session> sessions = [];
        try
        {
            foreach (string file in new[] { models.Detection, models.Orientation, models.Recognition }) sessions.Add(engine.Load(file));
            OcrPipeline pipeline = new(sessions[0], sessions[1], sessions[2], CtcAlphabet.Load(models.Dictionary));
            pipeline._sessions.AddRange(sessions);
            return pipeline;
        }
        catch
        {
            foreach (Session session in sessions) session.Dispose();
            throw;
        }
    }

    public OcrResult Read(Image picture)
    {
        Image image = picture.ToRgb();
        Stopwatch clock = Stopwatch.StartNew();
        Stopwatch inModel = new();
        Func<Tensor, Tensor> Timed(Func<Tensor, Tensor> model) => input =>
        {
            inModel.Start();
            Tensor output = model(input);
            inModel.Stop();
            return output;
        };
        List<OcrStage> stages = [];
        void EndStage(string name)
        {
            stages.Add(new(name, clock.Elapsed, inModel.Elapsed));
            clock.Restart();
            inModel.Reset();
        }

        IReadOnlyList<Quad> boxes = new TextDetector(Timed(detection)).Find(image);
        EndStage("detection");
        Image[] lines = [.. boxes.Select(b => Resampling.Cut(image, b))];
        float[] turned = new OrientationClassifier(Timed(orientation)).UpsideDown(lines);
        EndStage("orientation");
        List<(int Line, bool Turned, Image Image)> ways = [];
        for (int i = 0; i < lines.Length; i++)
        {
            if (turned[i] < SurelyTurned) ways.Add((i, false, lines[i]));
            if (turned[i] > SurelyUpright) ways.Add((i, true, Resampling.TurnAround(lines[i])));
        }
        Reading[] readings = new TextRecognizer(Timed(recognition), alphabet).Read([.. ways.Select(w => w.Image)]);
        EndStage("recognition");

        IEnumerable<TextLine> read = ways.Zip(readings).GroupBy(w => w.First.Line, (line, each) => each.MaxBy(w => w.Second.Confidence))
            .Select(w => new TextLine(w.Second.Text, w.Second.Confidence, w.First.Turned ? boxes[w.First.Line].TurnAround() : boxes[w.First.Line], w.First.Turned));
        return new([.. read.Where(l => l.Confidence >= LeastConfidence)], stages);
    }

    public void Dispose()
    {
        foreach (Session session in _sessions) session.Dispose();
        _sessions.Clear();
    }
}
