namespace Tessera.Devices.OpenCl;

/// <summary>Numbers of the OpenCL headers.</summary>
internal static class OpenClCodes
{
    public const int Success = 0, MemoryObjectAllocationFailure = -4, OutOfResources = -5, OutOfHostMemory = -6, DeviceNotAvailable = -2, InvalidBufferSize = -61;

    public const uint PlatformName = 0x0902, PlatformVersion = 0x0901;

    public const uint DeviceType = 0x1000, DeviceUnits = 0x1002, DeviceMaxGroup = 0x1004, DeviceMaxBuffer = 0x1010, DeviceAlignment = 0x1019, DeviceMemory = 0x101F, DeviceName = 0x102B, DeviceVendor = 0x102C,
        DriverVersion = 0x102D, DeviceVersion = 0x102F, DeviceExtensions = 0x1030, DeviceSharesMemory = 0x1035,
        DeviceUuid = 0x106A, DevicePci = 0x410F;

    public const ulong AllTypes = 0xFFFFFFFF, TypeCpu = 2, TypeGpu = 4;

    public const ulong Profiling = 2, ReadWrite = 1;

    public const uint Region = 0x1220, BuildLog = 0x1183, BinarySizes = 0x1165, Binaries = 0x1166, Start = 0x1282, End = 0x1283, BuildOptions = 0x1182;
}
