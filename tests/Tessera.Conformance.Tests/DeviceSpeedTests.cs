namespace Tessera.Conformance.Tests;

/// <summary>What devices are measured to do is kept for the next process.</summary>
[Collection(nameof(Alone))]
public sealed class DeviceSpeedTests
{
    [Theory]
    [InlineData("opencl")]
    [InlineData("webgpu:dawn")]
    [InlineData("cuda:host")]
    public void A_measurement_is_kept(string name)
    {
        Engines.SkipWhenAbsent(name);
        DeviceEngine engine = (DeviceEngine)Engines.Of(name);
        DeviceSpeed s = engine.MeasureSpeed();
        Assert.Equal(s, engine.KnownSpeed(engine.Device));
        foreach (double rate in new[] { s.Bandwidth, s.Upload, s.Download, s.Flops }) Assert.InRange(rate, 1e5, 1e16);
        Assert.InRange(s.Launch, 0, 1);
        Assert.Null(engine.KnownSpeed(engine.Device with { Driver = "another" }));
    }
}
