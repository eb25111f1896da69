using Larder.Redis.Layout;
using Larder.Redis.Options;
using Larder.Resp;

namespace Larder.Redis.Tests.Cluster;

/// <summary>Where the names of a cache lie in a cluster, and what can be set.</summary>
public sealed class ClusterNamesTests
{
    [Theory]
    [InlineData(0, "3560")]
    [InlineData(256, null)]
    [InlineData(16_383, null)]
    public void SlotTag_OfEachSlot_LiesInItForEver(int slot, string? expected)
    {
        var tag = SlotTags.Of(slot);

        Assert.Equal(slot, RespSlots.Of(tag));
        Assert.Equal(expected ?? tag, tag);
    }

    [Fact]
    public void Names_OfAHome_LieInItsSlot()
    {
        var names = new KeyNames("larder", "products", home: 512);

        Assert.All([names.Registry, names.Bell, names.CacheFence, names.AnyTagFence, [.. names.Tags, .. "red{1}"u8]], static name => Assert.Equal(512, RespSlots.Of(name)));
        Assert.Equal(FenceName.OfTag("red"), KeyNames.FenceIn(KeyNames.WithoutPlace([.. names.Tags[names.Head.Length..], .. "red"u8])));
    }

    [Theory]
    [InlineData("42")]
    [InlineData("{user}:42")]
    [InlineData("a}b{c")]
    public void RefreshLease_OfAKey_LiesInTheSlotOfTheKey(string key)
    {
        var names = new KeyNames("larder", "products", home: 0);

        Assert.Equal(RespSlots.Of($"larder:products:k:{key}"), names.SlotOf(key));
        Assert.Equal(names.SlotOf(key), RespSlots.Of(names.RefreshesOf(key)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(48)]
    [InlineData(2_048)]
    public void ClusterRanges_NoPowerOfTwoOrTooMany_AreRefused(int ranges)
    {
        var problems = RedisOptionsRules.Problems(new RedisOptions { ConnectionString = "localhost", ClusterRanges = ranges });

        Assert.Equal([$"RedisOptions.ClusterRanges is {ranges}; set it to a power of two from 1 to 1024."], problems);
    }

    [Fact]
    public void Cluster_WithPubSubOrReplicas_IsRefused()
    {
        var problems = RedisOptionsRules.Problems(new RedisOptions
        {
            ConnectionString = "localhost,topology=cluster",
            Level = CoherenceLevel.Eventual,
            Transport = RedisTransport.PubSub,
            WaitReplicas = 1,
        });

        Assert.Collection(
            problems,
            static problem => Assert.StartsWith("RedisOptions.Transport is PubSub", problem),
            static problem => Assert.StartsWith("RedisOptions.WaitReplicas is 1", problem));
    }
}
