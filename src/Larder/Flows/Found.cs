using Larder.Entries;
using Larder.Ports;

namespace Larder.Flows;

/// <summary>What a look at the lower tiers brought.</summary>
/// <param name="Status"><see cref="TierStatus.Done"/> when the authority has a value, whether it can be used or not.</param>
/// <param name="Token">The authority's token of the value.</param>
/// <param name="Entry">The value as an entry; null when there is none, or it can not be used.</param>
/// <param name="Value">The value itself, when there is an entry with one.</param>
/// <param name="Tier">Where it was found.</param>
internal readonly record struct Found<T>(TierStatus Status, FenceToken Token = default, Entry? Entry = null, T? Value = default, CacheTier Tier = CacheTier.None);
