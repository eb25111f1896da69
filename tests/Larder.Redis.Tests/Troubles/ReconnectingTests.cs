using Larder.Redis.Connecting;
using Larder.Redis.Options;
using Larder.Resp;

namespace Larder.Redis.Tests.Troubles;

/// <summary>How long a cache may stay without its Redis when that is back.</summary>
public sealed class ReconnectingTests
{
    [Theory]
    [InlineData("h", 2_000)]
    [InlineData("h,reconnectMinimum=5s", 5_000)]
    [InlineData("h,reconnectMaximum=500", 500)]
    [InlineData("h,reconnectMaximum=1m", 60_000)]
    public void Pauses_AreShortUnlessTheApplicationHasChosenThem(string text, int milliseconds)
    {
        var hubs = new RedisHubs(loggers: null);
        foreach (var options in new[] { new RedisOptions { ConnectionString = text }, new RedisOptions { Connection = RespOptions.Parse(text) } })
        {
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), hubs.Of(options).Options.ReconnectMaximum);
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), hubs.ClusterOf(options).Options.ReconnectMaximum);
        }
    }
}
