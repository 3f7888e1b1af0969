using System.IO.MemoryMappedFiles;

namespace Tessera;

/// <summary>A file mapped into memory, read on demand by the system. Writing to it changes this process's copy only, never the file.</summary>
/// <remarks>A file larger than half the machine's memory is mapped for reading only, since the system promises no private copy of it. The file must keep its length while it is mapped: the system ends a process that touches pages beyond a file's end.</remarks>
public sealed class MappedFile : MemoryBlock
{
    private readonly MemoryMappedViewAccessor _view;

    private MappedFile(MemoryMappedViewAccessor view, nint address, long bytes) : base(address, bytes) => _view = view;

    /// <exception cref="TesseraException">InvalidArgument when there is no such file, it cannot be read, or it is empty.</exception>
    public static MappedFile Open(string path)
    {
        try
        {
            // Pipes and devices report length 0 and would block when opened.
            FileInfo info = new(path);
            if (!info.Exists) throw new TesseraException(ErrorCode.InvalidArgument, $"There is no file '{path}'.");
            if (info.ResolveLinkTarget(returnFinalTarget: true) is FileInfo target) info = target;
            if (info.Length == 0) throw new TesseraException(ErrorCode.InvalidArgument, $"'{path}' is empty or no regular file.");
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 1);
            long length = file.Length;
            using MemoryMappedFile map = MemoryMappedFile.CreateFromFile(file, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            MemoryMappedFileAccess access = length < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2 ? MemoryMappedFileAccess.CopyOnWrite : MemoryMappedFileAccess.Read;
            MemoryMappedViewAccessor view = map.CreateViewAccessor(0, length, access);
            // Not AcquirePointer, whose count would keep a forgotten mapping from being unmapped by its handle's finaliser.
            return new(view, view.SafeMemoryMappedViewHandle.DangerousGetHandle() + (nint)view.PointerOffset, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TesseraException(ErrorCode.InvalidArgument, $"'{path}' cannot be read: {e.Message}", e);
        }
    }

    protected override void Free() => _view.Dispose();
}
