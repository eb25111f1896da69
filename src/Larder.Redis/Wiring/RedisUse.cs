namespace Larder.Redis.Wiring;

/// <summary>That a cache uses Redis.</summary>
/// <param name="CacheName">The cache; null for all that have no authority of their own.</param>
internal sealed record RedisUse(string? CacheName);
