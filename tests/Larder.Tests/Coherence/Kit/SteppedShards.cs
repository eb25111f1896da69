using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>The ways to a cluster, each of them a connection whose every step the test takes.</summary>
internal sealed class SteppedShards(MemoryShards shards) : IAuthorityShards
{
    private readonly SteppedLink[] _ranges = [.. Enumerable.Range(0, shards.Count).Select(range => new SteppedLink(shards.Range(range)))];

    public string Name => "stepped";

    public CacheTier Kind => CacheTier.Remote;

    public int Count => shards.Count;

    IAuthorityLink IAuthorityShards.Strays => Strays;

    internal MemoryShards Inner => shards;

    internal SteppedLink Strays { get; } = new(shards.Strays);

    internal SteppedLink this[int range] => _ranges[range];

    internal IEnumerable<SteppedLink> Links => [.. _ranges, Strays];

    public int RangeOf(string key) => shards.RangeOf(key);

    public IAuthorityLink Range(int range) => _ranges[range];

    public ValueTask DisposeAsync() => shards.DisposeAsync();
}
