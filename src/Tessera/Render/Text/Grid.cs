namespace Tessera.Render;

/// <summary>How a launch's workgroups lie in the grid of a device: rows of at most <see cref="MostGroups"/>.</summary>
internal static class Grid
{
    public const int MostGroups = 65535;
}
