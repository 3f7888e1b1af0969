namespace Tessera.Devices.Cuda;

/// <summary>Numbers of cuda.h.</summary>
internal static class CudaCodes
{
    /// <summary>CUDA 11.4, whose drivers are 470 and newer: the first with graphs as they are made here. Counted as the driver counts: 1000·major + 10·minor.</summary>
    public const int OldestDriver = 11040;

    public const int Success = 0, InvalidValue = 1, OutOfMemory = 2, NoDevice = 100, InvalidImage = 200, NoBinary = 209, InvalidPtx = 218, UnsupportedPtx = 222, IllegalAddress = 700;

    // Attributes of devices.
    public const int MaxGroup = 1, Units = 16, Integrated = 18, Major = 75, Minor = 76;

    public const uint NonBlocking = 1, ForThisThread = 1;

    public const int ErrorLog = 5, ErrorLogBytes = 6;

    /// <summary>Errors after which no call on the context succeeds: the device is given up and opened again.</summary>
    public static bool IsLost(int error) => error is 4 or 201 or 214 or 220 or 226 or IllegalAddress or 702 or 709 or 710 or (>= 714 and <= 719) or 721 or 999;
}
