using Larder.Entries;

namespace Larder.Flows;

/// <summary>What was made of a value that is to be stored.</summary>
/// <param name="Entry">The entry; null when there is nothing to store: the older entry is to be removed.</param>
/// <param name="Settings">The options with the policy's and the factory's last word.</param>
/// <param name="IsTooLarge">True when the entry must not be kept. It still serves those who wait for a copy.</param>
internal readonly record struct Made(Entry? Entry, EntrySettings Settings, bool IsTooLarge)
{
    /// <summary>True when memory is to keep the entry.</summary>
    internal bool IsStorable => Entry is not null && !IsTooLarge;
}
