using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

/// <summary>The functions of webgpu.h that are called here, as Dawn exports them.</summary>
internal static unsafe partial class WebGpuApi
{
    public const string Library = "webgpu_dawn";

    [LibraryImport(Library, EntryPoint = "wgpuCreateInstance")]
    public static partial nint CreateInstance(InstanceDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuInstanceRequestAdapter")]
    public static partial Future RequestAdapter(nint instance, AdapterOptions* options, CallbackInfo callback);

    [LibraryImport(Library, EntryPoint = "wgpuInstanceWaitAny")]
    public static partial uint WaitAny(nint instance, nuint count, FutureWait* futures, ulong nanoseconds);

    [LibraryImport(Library, EntryPoint = "wgpuInstanceProcessEvents")]
    public static partial void ProcessEvents(nint instance);

    [LibraryImport(Library, EntryPoint = "wgpuInstanceRelease")]
    public static partial void ReleaseInstance(nint instance);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterGetInfo")]
    public static partial uint GetInfo(nint adapter, AdapterInfo* info);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterInfoFreeMembers")]
    public static partial void FreeInfo(AdapterInfo info);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterGetLimits")]
    public static partial uint GetLimits(nint adapter, Limits* limits);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterHasFeature")]
    public static partial uint HasFeature(nint adapter, uint feature);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterRequestDevice")]
    public static partial Future RequestDevice(nint adapter, DeviceDescriptor* descriptor, CallbackInfo callback);

    [LibraryImport(Library, EntryPoint = "wgpuAdapterRelease")]
    public static partial void ReleaseAdapter(nint adapter);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceGetQueue")]
    public static partial nint GetQueue(nint device);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateBuffer")]
    public static partial nint CreateBuffer(nint device, BufferDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateShaderModule")]
    public static partial nint CreateModule(nint device, ModuleDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateComputePipeline")]
    public static partial nint CreatePipeline(nint device, PipelineDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateBindGroup")]
    public static partial nint CreateBindGroup(nint device, BindGroupDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateCommandEncoder")]
    public static partial nint CreateEncoder(nint device, nint descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDevicePushErrorScope")]
    public static partial void PushErrorScope(nint device, uint filter);

    [LibraryImport(Library, EntryPoint = "wgpuDevicePopErrorScope")]
    public static partial Future PopErrorScope(nint device, CallbackInfo callback);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceForceLoss")]
    public static partial void LoseDevice(nint device, uint reason, StringView message);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceDestroy")]
    public static partial void DestroyDevice(nint device);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceRelease")]
    public static partial void ReleaseDevice(nint device);

    [LibraryImport(Library, EntryPoint = "wgpuComputePipelineGetBindGroupLayout")]
    public static partial nint GetLayout(nint pipeline, uint index);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderBeginComputePass")]
    public static partial nint BeginPass(nint encoder, nint descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderCopyBufferToBuffer")]
    public static partial void Copy(nint encoder, nint from, ulong fromAt, nint to, ulong toAt, ulong size);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderClearBuffer")]
    public static partial void Clear(nint encoder, nint buffer, ulong at, ulong size);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderFinish")]
    public static partial nint Finish(nint encoder, nint descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuDeviceCreateQuerySet")]
    public static partial nint CreateQuerySet(nint device, QuerySetDescriptor* descriptor);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderResolveQuerySet")]
    public static partial void Resolve(nint encoder, nint set, uint first, uint count, nint to, ulong at);

    [LibraryImport(Library, EntryPoint = "wgpuQuerySetRelease")]
    public static partial void ReleaseQuerySet(nint set);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderSetPipeline")]
    public static partial void SetPipeline(nint pass, nint pipeline);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderSetBindGroup")]
    public static partial void SetBindGroup(nint pass, uint index, nint group, nuint count, uint* offsets);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderDispatchWorkgroups")]
    public static partial void Dispatch(nint pass, uint x, uint y, uint z);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderPushDebugGroup")]
    public static partial void PushGroup(nint pass, StringView name);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderPopDebugGroup")]
    public static partial void PopGroup(nint pass);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderEnd")]
    public static partial void EndPass(nint pass);

    [LibraryImport(Library, EntryPoint = "wgpuQueueSubmit")]
    public static partial void Submit(nint queue, nuint count, nint* commands);

    [LibraryImport(Library, EntryPoint = "wgpuQueueWriteBuffer")]
    public static partial void Write(nint queue, nint buffer, ulong at, void* data, nuint size);

    [LibraryImport(Library, EntryPoint = "wgpuBufferMapAsync")]
    public static partial Future Map(nint buffer, ulong mode, nuint at, nuint size, CallbackInfo callback);

    [LibraryImport(Library, EntryPoint = "wgpuBufferGetConstMappedRange")]
    public static partial void* Mapped(nint buffer, nuint at, nuint size);

    [LibraryImport(Library, EntryPoint = "wgpuBufferUnmap")]
    public static partial void Unmap(nint buffer);

    [LibraryImport(Library, EntryPoint = "wgpuBufferDestroy")]
    public static partial void DestroyBuffer(nint buffer);

    [LibraryImport(Library, EntryPoint = "wgpuBufferRelease")]
    public static partial void ReleaseBuffer(nint buffer);

    [LibraryImport(Library, EntryPoint = "wgpuShaderModuleRelease")]
    public static partial void ReleaseModule(nint module);

    [LibraryImport(Library, EntryPoint = "wgpuComputePipelineRelease")]
    public static partial void ReleasePipeline(nint pipeline);

    [LibraryImport(Library, EntryPoint = "wgpuBindGroupLayoutRelease")]
    public static partial void ReleaseLayout(nint layout);

    [LibraryImport(Library, EntryPoint = "wgpuBindGroupRelease")]
    public static partial void ReleaseBindGroup(nint group);

    [LibraryImport(Library, EntryPoint = "wgpuCommandEncoderRelease")]
    public static partial void ReleaseEncoder(nint encoder);

    [LibraryImport(Library, EntryPoint = "wgpuComputePassEncoderRelease")]
    public static partial void ReleasePass(nint pass);

    [LibraryImport(Library, EntryPoint = "wgpuCommandBufferRelease")]
    public static partial void ReleaseCommands(nint commands);
}
