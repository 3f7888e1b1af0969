using System.Globalization;

namespace Tessera.Engines.Devices;

/// <summary>Which device of a list options mean.</summary>
internal static class DeviceChoice
{
    /// <exception cref="TesseraException">InvalidArgument listing the devices there are.</exception>
    public static DeviceInfo Of(string engine, IReadOnlyList<DeviceInfo> all, DeviceOptions options)
    {
        if (options.Device is { } wanted)
            return Named(all, wanted, options.Power) ?? throw new TesseraException(ErrorCode.InvalidArgument, $"Engine '{engine}' has no device '{wanted}'. There are {string.Join("; ", all)}.");
        return Best(all, options.Power)!;
    }

    private static DeviceInfo? Named(IReadOnlyList<DeviceInfo> all, string wanted, PowerPreference power)
    {
        bool Is(DeviceInfo d, string feature) => wanted.Equals(d.Features.GetValueOrDefault(feature), StringComparison.OrdinalIgnoreCase);
        return all.FirstOrDefault(d => d.Id == wanted)
            ?? (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < all.Count ? all[number] : null)
            ?? all.FirstOrDefault(d => Is(d, DeviceInfo.Uuid) || Is(d, DeviceInfo.Pci))
            ?? Best(all.Where(d => Is(d, DeviceInfo.Kind)), power)
            ?? Best(all.Where(d => d.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase)), power);
    }

    /// <summary>Software comes last, then what is not preferred; the list's order decides among equals.</summary>
    private static DeviceInfo? Best(IEnumerable<DeviceInfo> some, PowerPreference power)
    {
        bool SharesMemory(DeviceInfo d) => d.Features.GetValueOrDefault(DeviceInfo.Memory) == "shared";
        IOrderedEnumerable<DeviceInfo> ordered = some.OrderBy(d => d.IsSoftware);
        return (power switch
        {
            PowerPreference.High => ordered.ThenBy(SharesMemory).ThenByDescending(d => d.Units),
            PowerPreference.Low => ordered.ThenByDescending(SharesMemory).ThenBy(d => d.Units),
            PowerPreference.None => ordered,
        }).FirstOrDefault();
    }
}
