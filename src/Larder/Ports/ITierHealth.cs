namespace Larder.Ports;

/// <summary>How a tier is. Implemented by tiers that know more than the outcome of the last call, such as whether they are connected.</summary>
public interface ITierHealth
{
    /// <summary>True while it makes sense to ask the tier at all. When false, calls would only fail or wait. Asked before each reading, so it answers at once. What it throws counts as true.</summary>
    bool IsAvailable { get; }

    /// <summary>
    /// Ends when the first attempt to reach the store has succeeded or has failed; never fails itself. Calls that come before that wait for it, for <see cref="CacheOptions.TierTimeout"/>
    /// at most after the cache was made, so that a process that has just started does not load what is there already. The default has ended.
    /// </summary>
    Task FirstContact => Task.CompletedTask;

    /// <summary>One line for people, without keys, values or secrets: what is connected, or why not and since when. It is part of the message of <see cref="TierUnavailableException"/>.</summary>
    string Description { get; }
}
