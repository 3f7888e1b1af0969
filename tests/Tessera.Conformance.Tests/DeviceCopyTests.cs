using Tessera.Examples.Device;

namespace Tessera.Conformance.Tests;

/// <summary>Copies to, on and from devices move the bytes that they say, of any length and place.</summary>
public sealed class DeviceCopyTests
{
    public static TheoryData<string> Names => Engines.OnDevices;

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_arrive(string name)
    {
        Engines.SkipWhenAbsent(name);
        DeviceEngine engine = (DeviceEngine)Engines.Of(name);
        engine.EnsureInitialized();
        foreach (int length in new[] { 1, 3, 4, 1000, 1 << 20 })
            engine.Use(device =>
            {
                byte[] bytes = new byte[length];
                new Random(length).NextBytes(bytes);
                DeviceBuffer a = device.Memory.Rent(2 * length + 512, "a"), b = device.Memory.Rent(length + 1024, "b");
                device.Upload(a, 256, bytes);
                device.Copy(new(a, 256, length), b, 512);
                using Tensor first = Tensor.Empty(DType.UInt8, [length]), second = Tensor.Empty(DType.UInt8, [length]);
                device.Download([new(a, 256, length), new(b, 512, length)], [first, second]);
                Assert.Equal(bytes, first.ToArray<byte>());
                Assert.Equal(bytes, second.ToArray<byte>());
                device.Memory.Return(a);
                device.Memory.Return(b);
            });
    }

    [Fact]
    public void A_lost_device_says_so()
    {
        using HostEngine engine = new();
        engine.EnsureInitialized();
        engine.Opened!.Lose();
        Assert.Equal(ErrorCode.DeviceLost, Assert.Throws<TesseraException>(engine.Opened.Synchronise).Code);
    }
}
