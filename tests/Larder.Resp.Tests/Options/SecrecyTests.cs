namespace Larder.Resp.Tests.Options;

/// <summary>No message and no text form may hold a password, however the settings went wrong.</summary>
public sealed class SecrecyTests
{
    private const string Marker = "S3CR3T";

    // Pieces that the readers give a meaning to, so that random texts reach far into them.
    private static readonly string[] Pieces =
    [
        ",", "=", "\"", "\"\"", " ", "@", ":", "/", "?", "#", "&", "%", "%41", "%ff", "%", "[", "]", "|", "!", "$", "\0", "\ud800", "é", "a", "1", "redis://",
        "unix:", "host", "x=", ",=", ",x", "://", "$x", "ms", "-",
    ];

    private static readonly string[] Frames =
    [
        "h,password={0}", "password={0},h", "h:1,password={0},ssl=perhaps", "h,password=\"{0}\"", "h,user=u,password={0},connectTimeout=x", "h,db=z,password={0}",
        "h,serviceName=m,sentinelPassword={0}", "redis://u:{0}@h", "rediss://:{0}@h:99999/x", "redis://u:{0}@h/1?frobnicate=2", "unix://:{0}@/a", "redis://h?password={0}",
        "u:{0}@h:6379", "h,password={0},password={0}", "http://u:{0}@h", "redis://h,password={0}", "redis://h/0,password={0}", "unix:///a,password={0}",
    ];

    [Fact]
    public void Parse_AnyPasswordAnywhere_IsNeverShown()
    {
        var random = new Random(7);
        for (var run = 0; run < 60_000; run++)
        {
            var secret = Noise(random, 4) + Marker + Noise(random, 4);
            var frame = Frames[random.Next(Frames.Length)];
            var text = frame.Replace("{0}", secret, StringComparison.Ordinal);
            var isRead = RespOptions.TryParse(text, out var options, out var problems);

            Assert.Equal(isRead, problems.Count == 0);
            Assert.DoesNotContain(problems, problem => problem.Contains(Marker, StringComparison.OrdinalIgnoreCase));
            if (isRead && options!.EndPoints.All(point => !point.ToString().Contains(Marker, StringComparison.OrdinalIgnoreCase)))
            {
                Assert.DoesNotContain(Marker, options.ToString(), StringComparison.OrdinalIgnoreCase);
            }
        }
    }

    [Theory]
    [InlineData("h,password=x,frobnicate=1", "\"frobnicate\" is not a known setting")]
    [InlineData("h,password=x,Frobnicate=1", "Part 3 of the connection string is not a known setting")]
    [InlineData("h,password=,Frobnicate=1", "Part 3 of the connection string is not a known setting")]
    [InlineData("u:x,Frobnicate=1", "Part 2 of the connection string is not a known setting")]
    [InlineData("h,password=x,rest", "Part 3 of the connection string is no setting and comes after a password")]
    public void Parse_PerhapsTheRestOfAPassword_IsNamedOnlyIfItLooksLikeASetting(string text, string expected)
    {
        Assert.False(RespOptions.TryParse(text, out _, out var problems));
        Assert.Contains(problems, problem => problem.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_AnyText_ThrowsNothingButItsOwnException()
    {
        var random = new Random(11);
        var read = 0;
        for (var run = 0; run < 60_000; run++)
        {
            var text = Noise(random, 12);
            try
            {
                var options = RespOptions.Parse(text);
                Assert.NotEmpty(options.EndPoints);
                read++;
            }
            catch (RespOptionsException exception)
            {
                Assert.NotEmpty(exception.Problems);
            }
        }

        Assert.NotEqual(0, read);
    }

    [Fact]
    public void ToString_OfReadSettings_CanBeReadAgain()
    {
        const string Text = "cache-1:7000,[::1]:7001,user=app,defaultDatabase=3,name=web,setlib=false,ssl=true,sslHost=cache.example,"
            + "checkCertificateRevocation=true,connectTimeout=250ms,connectRetry=7,abortConnect=false,commandTimeout=2s,hardTimeout=1m,keepAlive=0,"
            + "heartbeatInterval=1s,reconnectMinimum=1ms,reconnectMaximum=2m,topologyRefreshInterval=1h,maximumPending=64,backlogPolicy=queue,backlogLimit=9,"
            + "maximumBulk=4096,maximumLine=128,maximumDepth=4,maximumAggregate=100,topology=sentinel,serviceName=\"a,b\",sentinelUser=watch,readFromReplicas=true";

        var options = RespOptions.Parse(Text);

        Assert.Equal(Text, options.ToString());
        Assert.Equal(Text, RespOptions.Parse(options.ToString()).ToString());
    }

    [Fact]
    public void ToString_WithSecrets_HidesThem()
    {
        var options = RespOptions.Parse("h,user=app,password=S3CR3T,serviceName=m,sentinelPassword=S3CR3T2");

        Assert.Equal("h:26379,user=app,password=***,serviceName=m,sentinelPassword=***", options.ToString());
        Assert.DoesNotContain(Marker, $"{options.Sentinel} {new RespCredentials("app", Marker)}", StringComparison.Ordinal);
    }

    private static string Noise(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(most + 1)).Select(_ => Pieces[random.Next(Pieces.Length)]));
}
