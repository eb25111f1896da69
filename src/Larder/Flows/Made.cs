using Larder.Entries;

namespace Larder.Flows;

/// <summary>What was made of a value that is to be stored.</summary>
/// <param name="Entry">The entry; null when there is none to make. One that must not be kept still serves those who wait for a copy.</param>
/// <param name="Settings">The options with the policy's and the factory's last word.</param>
/// <param name="Verdict"><see cref="StoreVerdict.Stored"/> when memory may keep the entry; else why the older entry is removed instead.</param>
internal readonly record struct Made(Entry? Entry, EntrySettings Settings, StoreVerdict Verdict)
{
    /// <summary>True when memory is to keep the entry.</summary>
    internal bool IsStorable => Verdict == StoreVerdict.Stored;
}
