namespace Larder.Flights;

/// <summary>Counts refreshes against their limit.</summary>
internal sealed class RefreshGate(int limit)
{
    private int _running;

    internal int Limit => limit;

    internal bool TryEnter()
    {
        var running = Volatile.Read(ref _running);
        while (running < limit)
        {
            var seen = Interlocked.CompareExchange(ref _running, running + 1, running);
            if (seen == running)
            {
                return true;
            }

            running = seen;
        }

        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _running);
}
