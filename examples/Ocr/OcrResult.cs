using Tessera.Examples.Ocr.Geometry;

namespace Tessera.Examples.Ocr;

/// <summary>One line of text; the box runs along the text, so an upside-down line's box begins at the right.</summary>
public sealed record TextLine(string Text, float Confidence, Quad Box, bool UpsideDown);

/// <summary>A stage's wall-clock time and the part of it that the model took.</summary>
public sealed record OcrStage(string Name, TimeSpan Time, TimeSpan InModel);

public sealed record OcrResult(IReadOnlyList<TextLine> Lines, IReadOnlyList<OcrStage> Stages);
