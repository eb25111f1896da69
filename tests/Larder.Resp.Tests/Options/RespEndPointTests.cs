namespace Larder.Resp.Tests.Options;

public sealed class RespEndPointTests
{
    [Theory]
    [InlineData("localhost", 6379, "localhost:6379")]
    [InlineData("127.0.0.1", 1, "127.0.0.1:1")]
    [InlineData("::1", 65_535, "[::1]:65535")]
    [InlineData("[fe80::1]", 6380, "[fe80::1]:6380")]
    public void ToString_HostAndPort_CanBeReadBack(string host, int port, string expected) =>
        Assert.Equal(expected, new RespEndPoint(host, port).ToString());

    [Theory]
    [InlineData("a b", 1)]
    [InlineData("a,b", 1)]
    [InlineData("", 1)]
    [InlineData("a", 0)]
    [InlineData("a", 65_536)]
    public void Constructor_NoSuchPlace_IsRefused(string host, int port) =>
        Assert.ThrowsAny<ArgumentException>(() => new RespEndPoint(host, port));

    [Fact]
    public void Unix_RelativePath_IsRefused() => Assert.Throws<ArgumentException>(() => RespEndPoint.Unix("run/redis.sock"));

    [Fact]
    public void Equals_HostsInOtherCase_AreTheSame()
    {
        Assert.Equal(new RespEndPoint("Cache", 1), new RespEndPoint("cache", 1));
        Assert.Equal(new RespEndPoint("Cache", 1).GetHashCode(), new RespEndPoint("cache", 1).GetHashCode());
        Assert.NotEqual(new RespEndPoint("cache", 1), new RespEndPoint("cache", 2));
        Assert.NotEqual(RespEndPoint.Unix("/A"), RespEndPoint.Unix("/a"));
    }
}
