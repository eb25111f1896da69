namespace Larder;

/// <summary>One message of the removal feed, see <see cref="ICache.SubscribeRemovals"/>.</summary>
/// <param name="Kind">What was removed.</param>
/// <param name="Name">The key or the tag; null for <see cref="RemovalKind.Clear"/> and <see cref="RemovalKind.Gap"/>.</param>
/// <param name="IsLocal">True when this process removed it, false when another node did.</param>
public readonly record struct Removal(RemovalKind Kind, string? Name, bool IsLocal);
