using System.Runtime.InteropServices;

namespace Larder.Memory.Policy;

/// <summary>An entry's place in its list. Numbers instead of references: the collector never looks here, and moving writes no barriers.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Link
{
    // The region's two bits share a word with the index of the predecessor: a million words are four megabytes.
    private const int RegionShift = 30;
    private const int PreviousMask = (1 << RegionShift) - 1;

    /// <summary>The largest index that a link can name as its predecessor.</summary>
    internal const int MostIndex = PreviousMask;

    private int _regionAndPrevious;
    internal int Next;
    internal int Hash;

    internal int Previous
    {
        readonly get => _regionAndPrevious & PreviousMask;
        set => _regionAndPrevious = (_regionAndPrevious & ~PreviousMask) | value;
    }

    internal Region Region
    {
        readonly get => (Region)((uint)_regionAndPrevious >> RegionShift);
        set => _regionAndPrevious = (_regionAndPrevious & PreviousMask) | ((int)value << RegionShift);
    }
}
