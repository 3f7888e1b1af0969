using System.Runtime.InteropServices;

namespace Tessera.Devices.Cuda;

/// <summary>The functions of CUDA's driver API (NVIDIA, "CUDA Driver API") that are called here, found in the driver's library at run time.</summary>
internal sealed unsafe class CudaDriver
{
    public readonly delegate* unmanaged<uint, int> Init;
    public readonly delegate* unmanaged<int*, int> GetVersion;
    public readonly delegate* unmanaged<int, byte**, int> GetErrorName, GetErrorText;
    public readonly delegate* unmanaged<int*, int> GetDeviceCount;
    public readonly delegate* unmanaged<int*, int, int> GetDevice;
    public readonly delegate* unmanaged<byte*, int, int, int> GetName, GetPciId;
    public readonly delegate* unmanaged<byte*, int, int> GetUuid;
    public readonly delegate* unmanaged<nuint*, int, int> GetTotalMemory;
    public readonly delegate* unmanaged<int*, int, int, int> GetAttribute;
    public readonly delegate* unmanaged<nint*, uint, int, int> CreateContext;
    public readonly delegate* unmanaged<nint, int> DestroyContext, PushContext;
    public readonly delegate* unmanaged<nint*, int> PopContext;
    public readonly delegate* unmanaged<nuint*, nuint*, int> GetFreeMemory;
    public readonly delegate* unmanaged<ulong*, nuint, int> Allocate;
    public readonly delegate* unmanaged<ulong, int> Free;
    public readonly delegate* unmanaged<void**, nuint, uint, int> AllocateHost;
    public readonly delegate* unmanaged<void*, int> FreeHost;
    public readonly delegate* unmanaged<ulong, void*, nuint, nint, int> CopyToDevice;
    public readonly delegate* unmanaged<void*, ulong, nuint, nint, int> CopyToHost;
    public readonly delegate* unmanaged<ulong, ulong, nuint, nint, int> CopyOnDevice;
    public readonly delegate* unmanaged<nint*, uint, int> CreateStream, CreateEvent;
    public readonly delegate* unmanaged<nint, int> DestroyStream, SynchroniseStream, DestroyEvent, SynchroniseEvent;
    public readonly delegate* unmanaged<nint, nint, int> RecordEvent;
    public readonly delegate* unmanaged<float*, nint, nint, int> GetElapsed;
    public readonly delegate* unmanaged<nint*, void*, uint, int*, void**, int> LoadModule;
    public readonly delegate* unmanaged<nint, int> UnloadModule;
    public readonly delegate* unmanaged<nint*, nint, byte*, int> GetFunction;
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> Launch;
    public readonly delegate* unmanaged<nint, uint, int> BeginCapture;
    public readonly delegate* unmanaged<nint, nint*, int> EndCapture;
    public readonly delegate* unmanaged<nint*, nint, ulong, int> Instantiate;
    public readonly delegate* unmanaged<nint, nint, int> LaunchGraph;
    public readonly delegate* unmanaged<nint, int> DestroyGraph, DestroyGraphExecutable;

    /// <param name="find">The address of a function; 0 when the driver lacks it.</param>
    /// <exception cref="TesseraException">EngineUnavailable: a driver too old, or one that does not start.</exception>
    public CudaDriver(Func<string, nint> find)
    {
        nint Find(string name) => find(name);
        Init = (delegate* unmanaged<uint, int>)Find("cuInit");
        GetVersion = (delegate* unmanaged<int*, int>)Find("cuDriverGetVersion");
        if (Init == null || GetVersion == null) throw new TesseraException(ErrorCode.EngineUnavailable, "the library named as CUDA's driver is none. Install NVIDIA's driver anew.");
        int version = 0;
        _ = GetVersion(&version);
        Version = version;
        if (version < CudaCodes.OldestDriver)
            throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver is too old: needs one for CUDA {Of(CudaCodes.OldestDriver)} or newer, this one is for {VersionText}. Update NVIDIA's driver, to 470 or newer.");
        GetErrorName = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorName");
        GetErrorText = (delegate* unmanaged<int, byte**, int>)Find("cuGetErrorString");
        GetDeviceCount = (delegate* unmanaged<int*, int>)Find("cuDeviceGetCount");
        GetDevice = (delegate* unmanaged<int*, int, int>)Find("cuDeviceGet");
        GetName = (delegate* unmanaged<byte*, int, int, int>)Find("cuDeviceGetName");
        GetPciId = (delegate* unmanaged<byte*, int, int, int>)Find("cuDeviceGetPCIBusId");
        GetUuid = (delegate* unmanaged<byte*, int, int>)Find("cuDeviceGetUuid");
        GetTotalMemory = (delegate* unmanaged<nuint*, int, int>)Find("cuDeviceTotalMem_v2");
        GetAttribute = (delegate* unmanaged<int*, int, int, int>)Find("cuDeviceGetAttribute");
        CreateContext = (delegate* unmanaged<nint*, uint, int, int>)Find("cuCtxCreate_v2");
        DestroyContext = (delegate* unmanaged<nint, int>)Find("cuCtxDestroy_v2");
        PushContext = (delegate* unmanaged<nint, int>)Find("cuCtxPushCurrent_v2");
        PopContext = (delegate* unmanaged<nint*, int>)Find("cuCtxPopCurrent_v2");
        GetFreeMemory = (delegate* unmanaged<nuint*, nuint*, int>)Find("cuMemGetInfo_v2");
        Allocate = (delegate* unmanaged<ulong*, nuint, int>)Find("cuMemAlloc_v2");
        Free = (delegate* unmanaged<ulong, int>)Find("cuMemFree_v2");
        AllocateHost = (delegate* unmanaged<void**, nuint, uint, int>)Find("cuMemHostAlloc");
        FreeHost = (delegate* unmanaged<void*, int>)Find("cuMemFreeHost");
        CopyToDevice = (delegate* unmanaged<ulong, void*, nuint, nint, int>)Find("cuMemcpyHtoDAsync_v2");
        CopyToHost = (delegate* unmanaged<void*, ulong, nuint, nint, int>)Find("cuMemcpyDtoHAsync_v2");
        CopyOnDevice = (delegate* unmanaged<ulong, ulong, nuint, nint, int>)Find("cuMemcpyDtoDAsync_v2");
        CreateStream = (delegate* unmanaged<nint*, uint, int>)Find("cuStreamCreate");
        DestroyStream = (delegate* unmanaged<nint, int>)Find("cuStreamDestroy_v2");
        SynchroniseStream = (delegate* unmanaged<nint, int>)Find("cuStreamSynchronize");
        CreateEvent = (delegate* unmanaged<nint*, uint, int>)Find("cuEventCreate");
        DestroyEvent = (delegate* unmanaged<nint, int>)Find("cuEventDestroy_v2");
        RecordEvent = (delegate* unmanaged<nint, nint, int>)Find("cuEventRecord");
        SynchroniseEvent = (delegate* unmanaged<nint, int>)Find("cuEventSynchronize");
        GetElapsed = (delegate* unmanaged<float*, nint, nint, int>)Find("cuEventElapsedTime");
        LoadModule = (delegate* unmanaged<nint*, void*, uint, int*, void**, int>)Find("cuModuleLoadDataEx");
        UnloadModule = (delegate* unmanaged<nint, int>)Find("cuModuleUnload");
        GetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)Find("cuModuleGetFunction");
        Launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)Find("cuLaunchKernel");
        BeginCapture = (delegate* unmanaged<nint, uint, int>)Find("cuStreamBeginCapture_v2");
        EndCapture = (delegate* unmanaged<nint, nint*, int>)Find("cuStreamEndCapture");
        Instantiate = (delegate* unmanaged<nint*, nint, ulong, int>)Find("cuGraphInstantiateWithFlags");
        LaunchGraph = (delegate* unmanaged<nint, nint, int>)Find("cuGraphLaunch");
        DestroyGraph = (delegate* unmanaged<nint, int>)Find("cuGraphDestroy");
        DestroyGraphExecutable = (delegate* unmanaged<nint, int>)Find("cuGraphExecDestroy");
        int error = Init(0);
        if (error is not (CudaCodes.Success or CudaCodes.NoDevice)) throw new TesseraException(ErrorCode.EngineUnavailable, $"CUDA's driver {VersionText} does not start: {Text(error)}. Restart the machine after an update of the driver, or install it anew.");
    }

    /// <summary>The CUDA version that the driver is made for: 1000·major + 10·minor.</summary>
    public int Version { get; }

    public string VersionText => Of(Version);

    /// <summary>Name, number and meaning of an error.</summary>
    public string Text(int error)
    {
        byte* name, text;
        string? n = GetErrorName != null && GetErrorName(error, &name) == CudaCodes.Success ? Marshal.PtrToStringUTF8((nint)name) : null;
        string? t = GetErrorText != null && GetErrorText(error, &text) == CudaCodes.Success ? Marshal.PtrToStringUTF8((nint)text) : null;
        return $"{n ?? "error"} ({error}){(t is null ? "" : $", {t}")}";
    }

    private static string Of(int version) => $"{version / 1000}.{version % 1000 / 10}";
}
