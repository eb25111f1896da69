namespace Larder.Ports;

/// <summary>
/// Until when this node may serve from its memory. The provider opens it ahead of time as its lease is renewed, and closes it at
/// once when it has reason to doubt; every memory hit compares one number. Thread-safe.
/// </summary>
public sealed class CoherenceGate
{
    private long _servesUntil;

    /// <summary>Makes a gate.</summary>
    /// <param name="isOpen">True for one that is open for ever, false for one that opens with the first lease.</param>
    public CoherenceGate(bool isOpen) => _servesUntil = isOpen ? long.MaxValue : long.MinValue;

    /// <summary>The moment at which serving from memory ends, in milliseconds of the cache's clock (<see cref="TierHost.Milliseconds"/>).</summary>
    public long ServesUntil => Volatile.Read(ref _servesUntil);

    /// <summary>Opens the gate until the given moment, or leaves it if it is open for longer.</summary>
    /// <param name="until">Milliseconds of the cache's clock.</param>
    public void OpenUntil(long until)
    {
        var present = Volatile.Read(ref _servesUntil);
        while (present < until)
        {
            var seen = Interlocked.CompareExchange(ref _servesUntil, until, present);
            if (seen == present)
            {
                return;
            }

            present = seen;
        }
    }

    /// <summary>Closes the gate now. What is served from now on does not come from memory.</summary>
    public void Close() => Volatile.Write(ref _servesUntil, long.MinValue);
}
