namespace Larder;

/// <summary>
/// Chooses options for entries by their key and value just before they are stored: a time to live by key pattern, or
/// by what the source answered. Set <see cref="CacheOptions.TimelinePolicy"/>.
/// </summary>
/// <remarks>
/// Called once for every load, refresh and Set, on the thread that stores, and by many threads at once. An exception
/// is logged, and the value is stored as if the policy had answered null.
/// </remarks>
public interface ITimelinePolicy
{
    /// <summary>Answers the options that differ for this entry.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="key">The key.</param>
    /// <param name="value">The value that is about to be stored.</param>
    /// <returns>Options whose non-null timeline fields win over the cache's and the call's; null to change nothing.</returns>
    EntryOptions? OptionsFor<T>(string key, T value);
}
