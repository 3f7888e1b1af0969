namespace Tessera;

/// <summary>Where what was fetched or computed once is kept between runs.</summary>
public static class CacheFolder
{
    /// <summary><see cref="Knobs.Cache"/> when set; else the folder tessera in $XDG_CACHE_HOME or ~/.cache (Linux), ~/Library/Caches (macOS), or the user's local application data (Windows). It need not exist yet.</summary>
    public static string Path
    {
        get
        {
            if (Knobs.Cache.IsSet) return System.IO.Path.GetFullPath(Knobs.Cache.Value);
            string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
            string parent = OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Knobs.XdgCacheHome.IsSet ? Knobs.XdgCacheHome.Value
                : OperatingSystem.IsMacOS() ? System.IO.Path.Combine(home, "Library", "Caches")
                : System.IO.Path.Combine(home, ".cache");
            return System.IO.Path.Combine(System.IO.Path.GetFullPath(parent), "tessera");
        }
    }
}
