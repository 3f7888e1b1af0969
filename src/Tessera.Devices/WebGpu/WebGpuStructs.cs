using System.Runtime.InteropServices;

namespace Tessera.Devices.WebGpu;

// Structures of webgpu.h (webgpu-headers and Dawn's additions), in its order. Handles and pointers are nint.

/// <summary>Text of a known length; a length of all ones means that it ends with a zero byte.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct StringView(byte* data, nuint length)
{
    public byte* Data = data;
    public nuint Length = length;

    public override readonly string ToString() => Data == null || Length == 0 ? "" : Length == nuint.MaxValue ? Marshal.PtrToStringUTF8((nint)Data)! : Marshal.PtrToStringUTF8((nint)Data, (int)Length);
}

[StructLayout(LayoutKind.Sequential)]
internal struct InstanceDescriptor
{
    public nint Next;
    public nuint FeatureCount;
    public nint Features;
    public nint Limits;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AdapterOptions
{
    public nint Next;
    public uint FeatureLevel, PowerPreference, ForceFallback, Backend;
    public nint Surface;
}

[StructLayout(LayoutKind.Sequential)]
internal struct CallbackInfo
{
    public nint Next;
    public uint Mode;
    public nint Callback, Data1, Data2;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ErrorCallbackInfo
{
    public nint Next, Callback, Data1, Data2;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Future
{
    public ulong Id;
}

[StructLayout(LayoutKind.Sequential)]
internal struct FutureWait
{
    public Future Future;
    public uint Completed;
}

[StructLayout(LayoutKind.Sequential)]
internal struct AdapterInfo
{
    public nint Next;
    public StringView Vendor, Architecture, Device, Description;
    public uint Backend, Kind, VendorId, DeviceId, SubgroupMin, SubgroupMax;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Limits
{
    public nint Next;
    public uint MaxTexture1D, MaxTexture2D, MaxTexture3D, MaxTextureLayers, MaxBindGroups, MaxBindGroupsPlusVertexBuffers, MaxBindings, MaxDynamicUniform, MaxDynamicStorage, MaxSampledTextures, MaxSamplers,
        MaxStorageBuffers, MaxStorageTextures, MaxUniformBuffers;
    public ulong MaxUniformBinding, MaxStorageBinding;
    public uint UniformAlignment, StorageAlignment, MaxVertexBuffers;
    public ulong MaxBuffer;
    public uint MaxVertexAttributes, MaxVertexStride, MaxInterStage, MaxColorAttachments, MaxColorBytes, MaxWorkgroupStorage, MaxGroup, MaxGroupX, MaxGroupY, MaxGroupZ, MaxGroups, MaxImmediate,
        VertexStorageBuffers, VertexStorageTextures, FragmentStorageBuffers, FragmentStorageTextures;
}

[StructLayout(LayoutKind.Sequential)]
internal struct QueueDescriptor
{
    public nint Next;
    public StringView Label;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct DeviceDescriptor
{
    public nint Next;
    public StringView Label;
    public nuint FeatureCount;
    public uint* Features;
    public Limits* Limits;
    public QueueDescriptor Queue;
    public CallbackInfo Lost;
    public ErrorCallbackInfo Error;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BufferDescriptor
{
    public nint Next;
    public StringView Label;
    public ulong Usage, Size;
    public uint MappedAtCreation;
}

[StructLayout(LayoutKind.Sequential)]
internal struct Chained
{
    public nint Next;
    public uint Kind;
}

[StructLayout(LayoutKind.Sequential)]
internal struct WgslSource
{
    public Chained Chain;
    public StringView Code;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ModuleDescriptor
{
    public nint Next;
    public StringView Label;
}

[StructLayout(LayoutKind.Sequential)]
internal struct ComputeState
{
    public nint Next, Module;
    public StringView EntryPoint;
    public nuint ConstantCount;
    public nint Constants;
}

[StructLayout(LayoutKind.Sequential)]
internal struct PipelineDescriptor
{
    public nint Next;
    public StringView Label;
    public nint Layout;
    public ComputeState Compute;
}

[StructLayout(LayoutKind.Sequential)]
internal struct BindEntry
{
    public nint Next;
    public uint Binding;
    public nint Buffer;
    public ulong Offset, Size;
    public nint Sampler, TextureView;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BindGroupDescriptor
{
    public nint Next;
    public StringView Label;
    public nint Layout;
    public nuint Count;
    public BindEntry* Entries;
}

[StructLayout(LayoutKind.Sequential)]
internal struct QuerySetDescriptor
{
    public nint Next;
    public StringView Label;
    public uint Type, Count;
}

[StructLayout(LayoutKind.Sequential)]
internal struct TimestampWrites
{
    public nint Next, Set;
    public uint Begin, End;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PassDescriptor
{
    public nint Next;
    public StringView Label;
    public TimestampWrites* Writes;
}

/// <summary>Dawn's own: named behaviours, null-terminated.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Toggles
{
    public Chained Chain;
    public nuint EnabledCount;
    public byte** Enabled;
    public nuint DisabledCount;
    public byte** Disabled;
}

/// <summary>Dawn's own: where it looks for what it compiled before. load: key, its size, memory (null to ask for the size) and its size, data → size; store: the same, memory being what is to be kept.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KeptCode
{
    public Chained Chain;
    public StringView IsolationKey;
    public nint Load, Store, Data;
}
