using Larder.Coherence;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Promise;

/// <summary>What is loaded under a writer's hold is kept nowhere and shared only until something changes.</summary>
public sealed class SharedHoldTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly string[] Keys = ["k", "l"];
    private readonly FakeClock _clock = new();
    private readonly MemoryAuthority _authority;

    public SharedHoldTests() => _authority = new MemoryAuthority(_clock);

    [Theory]
    [InlineData(CacheSkip.None)]
    [InlineData(CacheSkip.RemoteWrite)]
    [InlineData(CacheSkip.Remote)]
    public async Task ALoad_UnderAHold_IsKeptNowhere_WhateverTheCallSkips(CacheSkip skip)
    {
        await using var writer = Open();
        await using var reader = Open();
        await writer.HoldAsync("k", Seconds(30), None);
        var options = new EntryOptions { Skip = skip };
        Assert.Equal(1, await reader.GetOrCreateAsync("k", Returns(1), options, cancellationToken: None));
        Assert.False(reader.TryGet<int>("k", out _));
        Assert.Equal(2, await reader.GetOrCreateAsync("k", Returns(2), options, cancellationToken: None));

        var many = await reader.GetOrCreateManyAsync(Keys, static (keys, _) => new ValueTask<IReadOnlyDictionary<string, int>>(keys.ToDictionary(static key => key, static _ => 3)), options, cancellationToken: None);
        Assert.Equal(2, many.Count);
        Assert.False(reader.TryGet<int>("k", out _));
        Assert.True(reader.TryGet<int>("l", out _));
    }

    [Fact]
    public async Task AnExpiration_UnderAHold_EndsTheSharingOfLoads()
    {
        await using var writer = Open();
        await using var reader = Open();
        await writer.HoldAsync("k", Seconds(30), None);
        var source = new GatedSource<int>();
        var first = reader.GetOrCreateAsync("k", source.Factory, cancellationToken: None).AsTask();
        var call = await source.NextCallAsync();

        await writer.ExpireAsync("k", None);
        var second = reader.GetOrCreateAsync("k", source.Factory, cancellationToken: None).AsTask();
        var later = await source.NextCallAsync();
        call.Answer(1);
        later.Answer(2);

        Assert.Equal((1, 2), (await first.Soon(), await second.Soon()));
    }

    private ICache Open() => Create(_clock, options => options.Authority = new LinkedAuthority(_authority.Connect(), new LinkedAuthorityOptions { Level = CoherenceLevel.Eventual }));
}
