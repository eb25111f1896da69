using Larder.Ports;

namespace Larder.Coherence;

/// <summary>What is claimed, for whom, and for how long.</summary>
internal sealed class ClaimOrder(string key, TierObservation observation, long milliseconds, KeyWaits waits)
{
    // Without order an announcement may have come before the answer that says what to wait for, so the key is looked at again soon.
    private const long LongestWaitWithoutOrder = 100;

    internal string Key { get; } = key;

    internal TierObservation Observation { get; } = observation;

    /// <summary>How long the right outlives its node.</summary>
    internal long Milliseconds { get; } = milliseconds;

    /// <summary>Registers a wait. An unknown remainder counts as a whole lease.</summary>
    internal Task WaitFor(Line line, long remaining)
    {
        var longest = remaining > 0 ? remaining : Milliseconds;
        return waits.Add(Key, line.IsOrdered ? longest : Math.Min(longest, LongestWaitWithoutOrder));
    }
}
