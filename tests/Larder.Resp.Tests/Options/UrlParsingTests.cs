namespace Larder.Resp.Tests.Options;

public sealed class UrlParsingTests
{
    [Fact]
    public void Parse_WholeUrl_IsTakenOver()
    {
        var options = RespOptions.Parse(" redis://app:p%40ss%2Fw%C3%B6rd%2C@cache-1:6380,cache-2/4?name=web&connectTimeout=2s&abortConnect=false ");

        Assert.Equal(["cache-1:6380", "cache-2:6379"], options.EndPoints.Select(point => point.ToString()));
        Assert.Equal(("app", "p@ss/wörd,"), (options.User, options.Password));
        Assert.Equal((4, "web"), (options.Database, options.ClientName));
        Assert.Equal(TimeSpan.FromSeconds(2), options.ConnectTimeout);
        Assert.False(options.AbortOnConnectFailure);
        Assert.Null(options.Tls);
    }

    [Theory]
    [InlineData("rediss://h", 6379, true)]
    [InlineData("REDISS://h/", 6379, true)]
    [InlineData("valkeys://h:7000", 7000, true)]
    [InlineData("valkey://h", 6379, false)]
    [InlineData("redis://[::1]:7000/0?", 7000, false)]
    [InlineData("redis://h?serviceName=main", 26379, false)]
    public void Parse_Scheme_DecidesOnEncryption(string text, int port, bool encrypted)
    {
        var options = RespOptions.Parse(text);
        Assert.Equal(port, Assert.Single(options.EndPoints).Port);
        Assert.Equal(encrypted, options.Tls is not null);
    }

    [Fact]
    public void Parse_PasswordAlone_HasNoUser()
    {
        var options = RespOptions.Parse("rediss://:secret@h?sslHost=cache.example&ssl=true");
        Assert.Equal((null, "secret"), (options.User, options.Password));
        Assert.Equal("cache.example", options.Tls!.TargetHost);
    }

    [Fact]
    public void Parse_PasswordWithPlainAt_IsReadUpToTheLastOne() =>
        Assert.Equal("a@b", RespOptions.Parse("redis://:a@b@h").Password);

    [Fact]
    public void Parse_UnixUrl_HasPathDatabaseAndLogIn()
    {
        var options = RespOptions.Parse("unix://app:pw@/run/my%20redis.sock?db=5");
        Assert.Equal(RespEndPoint.Unix("/run/my redis.sock"), Assert.Single(options.EndPoints));
        Assert.Equal(("app", "pw", 5), (options.User, options.Password, options.Database));
    }

    [Theory]
    [InlineData("http://h", "scheme of another kind of URL; write redis://, rediss:// or unix://")]
    [InlineData("redis://", "End point 1 of the redis:// URL is empty")]
    [InlineData("redis://h,,i", "End point 2 of the redis:// URL is empty")]
    [InlineData("redis://h:p", "End point 1 of the redis:// URL has a port that is not a number")]
    [InlineData("redis://word@h", "one word before the @")]
    [InlineData("redis://:a%zz@h", "The password in the redis:// URL is not percent-encoded")]
    [InlineData("redis://:a%ff@h", "The password in the redis:// URL is not percent-encoded")]
    [InlineData("redis://:a%4@h", "The password in the redis:// URL is not percent-encoded")]
    [InlineData("redis://:pa/ss@h", "has a # or an @ where none can be")]
    [InlineData("redis://:pa?ss@h", "has a # or an @ where none can be")]
    [InlineData("redis://:pa#ss@h", "has a # or an @ where none can be")]
    [InlineData("redis://h/x", "The path of the redis:// URL is not the number of a database")]
    [InlineData("redis://h/0,password=x", "The path of the redis:// URL is not the number of a database")]
    [InlineData("redis://h/1?db=2", "db (another name of defaultDatabase) is given twice")]
    [InlineData("redis://:a@h?password=b", "password is given twice")]
    [InlineData("redis://h?ssl=true", "ssl is \"true\"; the scheme redis:// says otherwise; write rediss://")]
    [InlineData("rediss://h?ssl=false", "ssl is \"false\"; the scheme rediss:// says otherwise; write redis://")]
    [InlineData("redis://h?sslHost=x", "sslHost is set, but connections are not encrypted; write rediss://")]
    [InlineData("redis://h?frobnicate=1", "\"frobnicate\" is not a known setting")]
    [InlineData("redis://h?name", "Setting 1 behind the ? of the redis:// URL is not a percent-encoded name=value")]
    [InlineData("redis://h?connectTimeout=x", "connectTimeout is \"x\"; write milliseconds")]
    [InlineData("unix://run/redis.sock", "not of the form unix:///path")]
    [InlineData("unix:///run/redis.sock,db=1", "not of the form unix:///path")]
    [InlineData("unix:///%zz", "The path of the unix:// URL is not percent-encoded")]
    public void Parse_UnusableUrl_IsRefused(string text, string expected)
    {
        var exception = Assert.Throws<RespOptionsException>(() => RespOptions.Parse(text));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }
}
