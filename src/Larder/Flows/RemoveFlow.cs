using Larder.Keys;

namespace Larder.Flows;

/// <summary>Removes keys: the running load is detached and memory dropped under one lock, so nothing slips in between.</summary>
internal sealed class RemoveFlow(CacheParts parts)
{
    internal RemovalOutcome Remove(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        parts.ThrowIfClosed();
        KeyRules.Check(key, parts.MaximumKeyLength);
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            stripe.Detach(key);
            parts.Memory.Remove(key);
        }

        parts.Announce(new Removal(RemovalKind.Key, key, IsLocal: true));
        return RemovalOutcome.Done;
    }

    /// <summary>Checks all keys, then removes them.</summary>
    internal RemovalOutcome RemoveMany(IEnumerable<string> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        parts.ThrowIfClosed();
        string[] all = [.. keys];
        foreach (var key in all)
        {
            ArgumentNullException.ThrowIfNull(key, nameof(keys));
            KeyRules.Check(key, parts.MaximumKeyLength);
        }

        foreach (var key in all)
        {
            Remove(key);
        }

        return RemovalOutcome.Done;
    }
}
