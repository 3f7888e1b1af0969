using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace Tessera.Conformance.Tests.Cuda;

// What the driver says of itself, its devices and its errors.
internal static unsafe partial class FakeCuda
{
    [UnmanagedCallersOnly]
    private static int cuInit(uint flags) => 0;

    [UnmanagedCallersOnly]
    private static int cuDriverGetVersion(int* version)
    {
        *version = Version;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuGetErrorName(int error, byte** text) => Say(text, error == IllegalAddress ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR_FAKE");

    [UnmanagedCallersOnly]
    private static int cuGetErrorString(int error, byte** text) => Say(text, error == IllegalAddress ? "an illegal memory access was encountered" : "something else");

    private static readonly ConcurrentDictionary<string, nint> Said = [];

    private static int Say(byte** text, string what)
    {
        *text = (byte*)Said.GetOrAdd(what, Marshal.StringToCoTaskMemUTF8);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceGetCount(int* count)
    {
        *count = Devices;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceGet(int* device, int number)
    {
        *device = number;
        return number < Devices ? 0 : InvalidValue;
    }

    private static int Write(byte* text, int capacity, string what)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(what + '\0');
        if (bytes.Length > capacity) return InvalidValue;
        bytes.CopyTo(new Span<byte>(text, capacity));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceGetName(byte* text, int capacity, int device) => Write(text, capacity, $"Host GPU {device}");

    [UnmanagedCallersOnly]
    private static int cuDeviceGetPCIBusId(byte* text, int capacity, int device) => Write(text, capacity, $"0000:0{device}:00.0");

    [UnmanagedCallersOnly]
    private static int cuDeviceGetUuid(byte* uuid, int device)
    {
        for (int i = 0; i < 16; i++) uuid[i] = (byte)(16 * device + i);
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceTotalMem_v2(nuint* bytes, int device)
    {
        *bytes = (nuint)Machine[device].Limit;
        return 0;
    }

    [UnmanagedCallersOnly]
    private static int cuDeviceGetAttribute(int* value, int which, int device)
    {
        *value = which switch { 1 => 1024, 16 => 4 + device, 18 => device % 2, 75 => 8, 76 => 0, _ => -1 };
        return *value < 0 ? InvalidValue : 0;
    }
}
