using System.Collections.Concurrent;

namespace TwoNodes.Nodes;

/// <summary>The database of all nodes. It is slow, and counts how often it is asked.</summary>
internal sealed class PriceDatabase
{
    private readonly ConcurrentDictionary<string, decimal> _prices = new();
    private int _reads;

    /// <summary>How long it takes to answer.</summary>
    internal TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(200);

    internal int Reads => Volatile.Read(ref _reads);

    internal void Change(string key, decimal price) => _prices[key] = price;

    internal async Task<decimal> ReadAsync(string key)
    {
        Interlocked.Increment(ref _reads);
        var price = _prices[key];
        await Task.Delay(Delay);
        return price;
    }
}
