namespace Larder.Memory.Policy;

/// <summary>
/// Says whether the window or the main part should be larger, by the ghosts of what was given up lately, an idea of
/// ARC (Megiddo and Modha, FAST '03). A key that comes back soon after the window had lost it would have been a hit
/// in a larger window; one that the main part had lost, a hit in a larger main part. Where more comes back, there the
/// next entry is worth more.
/// </summary>
/// <remarks>
/// This takes the place of the hill climber of "Adaptive Software Cache Management", which compares the hit ratios of
/// successive samples: those differ by chance more than by the window, unless the samples are very long.
/// </remarks>
internal sealed class WindowBalance
{
    /// <summary>What <see cref="Return"/> answers is in parts of an entry, so many an entry.</summary>
    internal const int PartsOfAnEntry = 2;

    // The ghosts that count: as many of each part as a sixteenth of the entries.
    private const int ReachDivisor = 16;
    private const int ShortestReach = 8;

    // What the main part loses has proven itself at least once, and counts for more.
    private const int WindowPull = 2;
    private const int MainPull = -3;

    private readonly GhostList _lostByWindow = new();
    private readonly GhostList _lostByMain = new();

    internal long Bytes => _lostByWindow.Bytes + _lostByMain.Bytes;

    /// <summary>Remembers that an entry was given up.</summary>
    internal void Lose(int hash, bool byWindow) => (byWindow ? _lostByWindow : _lostByMain).Add(hash);

    /// <summary>A key has come in; how far that pulls the border: more than 0 for a larger window.</summary>
    internal int Return(int hash, int entries)
    {
        var reach = Math.Max(ShortestReach, entries / ReachDivisor);
        _lostByWindow.Reach(reach);
        _lostByMain.Reach(reach);
        return (_lostByWindow.Take(hash, reach) ? WindowPull : 0) + (_lostByMain.Take(hash, reach) ? MainPull : 0);
    }
}
