using Larder.Ports;

namespace Larder.Testing;

/// <summary>How the rules get at the tier.</summary>
internal sealed record TierContractSettings(
    Func<TimeProvider, ITier> Make,
    Func<ITier, TimeProvider, ITier>? MakeAnother,
    Func<TimeSpan, Task>? LetTimePass,
    Func<ITier, ValueTask>? Kill,
    Func<ITier, string, TimeSpan, Task>? Hold,
    string CacheName,
    TimeSpan Patience)
{
    /// <summary>Whether changes of keys are told that were missing when they were read.</summary>
    internal bool WatchesMissing { get; init; } = true;
}
