namespace Tessera.Devices.OpenCl;

/// <summary>Numbers of the OpenCL headers.</summary>
internal static class OpenClCodes
{
    public const int Success = 0, DeviceNotAvailable = -2, MemoryObjectAllocationFailure = -4, OutOfResources = -5, OutOfHostMemory = -6, InvalidContext = -34, InvalidQueue = -36, InvalidGroupSize = -54, InvalidBufferSize = -61;

    /// <summary>What an error means to the engine, its name in the headers, and what to do about it.</summary>
    public static (ErrorCode Code, string Name, string Remedy) Describe(int error) => error switch
    {
        MemoryObjectAllocationFailure => (ErrorCode.OutOfMemory, "CL_MEM_OBJECT_ALLOCATION_FAILURE", Full),
        OutOfHostMemory => (ErrorCode.OutOfMemory, "CL_OUT_OF_HOST_MEMORY", Full),
        InvalidBufferSize => (ErrorCode.OutOfMemory, "CL_INVALID_BUFFER_SIZE", Full),
        DeviceNotAvailable => (ErrorCode.DeviceLost, "CL_DEVICE_NOT_AVAILABLE", Lost),
        OutOfResources => (ErrorCode.DeviceLost, "CL_OUT_OF_RESOURCES", Lost),
        // What drivers answer to every call after a fault on the device.
        InvalidContext => (ErrorCode.DeviceLost, "CL_INVALID_CONTEXT", Lost),
        InvalidQueue => (ErrorCode.DeviceLost, "CL_INVALID_COMMAND_QUEUE", Lost),
        InvalidGroupSize => (ErrorCode.Internal, "CL_INVALID_WORK_GROUP_SIZE", "Ask for smaller workgroups (DeviceOptions.GroupSize)."),
        _ => (ErrorCode.Internal, "see CL/cl.h", "Update the driver, or choose another engine."),
    };

    private const string Full = "Close other programs that use the device, or use smaller inputs.", Lost = "Look for other programs that reset or fill the device, and update its driver.";

    public const uint PlatformName = 0x0902, PlatformVersion = 0x0901;

    public const uint DeviceType = 0x1000, DeviceUnits = 0x1002, DeviceMaxGroup = 0x1004, DeviceMaxBuffer = 0x1010, DeviceAlignment = 0x1019, DeviceMemory = 0x101F, DeviceName = 0x102B, DeviceVendor = 0x102C,
        DriverVersion = 0x102D, DeviceVersion = 0x102F, DeviceExtensions = 0x1030, DeviceSharesMemory = 0x1035,
        DeviceUuid = 0x106A, DevicePci = 0x410F;

    public const ulong AllTypes = 0xFFFFFFFF, TypeCpu = 2, TypeGpu = 4;

    public const ulong Profiling = 2, ReadWrite = 1;

    public const uint Region = 0x1220, BuildLog = 0x1183, BinarySizes = 0x1165, Binaries = 0x1166, Start = 0x1282, End = 0x1283, BuildOptions = 0x1182;
}
