using Larder.Coherence;
using Larder.Ports;
using Larder.Tests.Support;

namespace Larder.Tests.Promise;

/// <summary>Keys that live elsewhere than the home of their range: nobody tells a node of their changes, and nothing of the promise is lost by that.</summary>
public sealed class StrayTests
{
    private const string CacheName = "strays";
    private static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(200);

    private readonly MemoryCluster _cluster = new(nodes: 2, ranges: 2, slotsOfRange: 2);
    private readonly GatedSource<string> _source = new();

    private string Key => _cluster.KeyIn(1);

    [Fact]
    public async Task LaterCaller_AfterARemoval_DoesNotShareTheLoadThatRuns()
    {
        var (reader, _) = Make();
        var (writer, _) = Make();
        await using (reader)
        await using (writer)
        {
            _cluster.Move(_cluster.SlotOf(Key), 1);
            var first = reader.GetOrCreateAsync(Key, _source.Factory).AsTask();
            var call = await _source.NextCallAsync();
            Assert.Equal(RemovalOutcome.Done, await writer.RemoveAsync(Key));

            var later = reader.GetOrCreateAsync(Key, _source.Factory).AsTask();
            call.Answer("old");
            Assert.Equal("old", await first.Soon());
            (await _source.NextCallAsync()).Answer("new");

            Assert.Equal("new", await later.Soon());
        }
    }

    [Fact]
    public async Task ManyCallers_WhileItIsLoaded_LoadOnceAndStoreIt()
    {
        var (cache, _) = Make();
        await using (cache)
        {
            _cluster.Move(_cluster.SlotOf(Key), 1);
            var first = cache.GetOrCreateAsync(Key, _source.Factory).AsTask();
            var call = await _source.NextCallAsync();
            var others = Enumerable.Range(0, 20).Select(_ => cache.GetOrCreateAsync(Key, _source.Factory).AsTask()).ToArray();
            call.Answer("1");

            Assert.Equal("1", await first.Soon());
            Assert.All(await Task.WhenAll(others).Soon(), static value => Assert.Equal("1", value));
            Assert.Equal(1, _source.Count);
            Assert.Equal(AuthorityKind.Value, _cluster.KindOf(CacheName, Key));
            Assert.False(cache.TryGet<string>(Key, out _));
        }
    }

    [Fact]
    public async Task RemoteWriteSkipped_OfAMissingKey_IsNotKeptButShared()
    {
        var (cache, _) = Make();
        await using (cache)
        {
            var options = new EntryOptions { Skip = CacheSkip.RemoteWrite };
            var first = cache.GetOrCreateAsync(Key, _source.Factory, options).AsTask();
            var call = await _source.NextCallAsync();
            call.Answer("1");

            Assert.Equal("1", await first.Soon());
            Assert.False(cache.TryGet<string>(Key, out _));
        }
    }

    [Fact]
    public async Task SlotGivenAwayWithoutAWord_OnceItIsKnown_DropsItsKeysAlone()
    {
        var (cache, shards) = Make();
        await using (cache)
        {
            var other = _cluster.KeyIn(0);
            await cache.SetAsync(Key, "1");
            await cache.SetAsync(other, "1");
            Assert.True(cache.TryGet<string>(Key, out _) && cache.TryGet<string>(other, out _));
            _cluster.Take(_cluster.SlotOf(Key), 1);
            Assert.True(cache.TryGet<string>(Key, out _));

            shards.Refresh();

            Assert.False(cache.TryGet<string>(Key, out _));
            Assert.True(cache.TryGet<string>(other, out _));
        }
    }

    private (ICache Cache, MemoryShards Shards) Make()
    {
        var shards = _cluster.Connect();
        var cache = LarderCache.Create(
            options => options.Authority = new ShardedAuthority(shards, new LinkedAuthorityOptions { Level = CoherenceLevel.Strict, LeaseTime = Lease }), CacheName);
        return (cache, shards);
    }
}
