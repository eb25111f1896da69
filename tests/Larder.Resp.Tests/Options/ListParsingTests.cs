using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Larder.Resp.Tests.Options;

public sealed class ListParsingTests
{
    [Fact]
    public void Parse_EndPointsAndLogIn_AreTakenOver()
    {
        var options = RespOptions.Parse(" cache-1:6380 , my_host,, [::1]:7000,fe80::2,10.0.0.1 ,user=app,password=p=w==,defaultDatabase=3,name=web ,");

        Assert.Equal(["cache-1:6380", "my_host:6379", "[::1]:7000", "[fe80::2]:6379", "10.0.0.1:6379"], options.EndPoints.Select(point => point.ToString()));
        Assert.Equal("app", options.User);
        Assert.Equal("p=w==", options.Password);
        Assert.Equal(3, options.Database);
        Assert.Equal("web", options.ClientName);
        Assert.Null(options.Tls);
    }

    [Fact]
    public void Parse_QuotedValue_KeepsCommasQuotesAndSpaces() =>
        Assert.Equal(" a,b\"c= ", RespOptions.Parse("h,password = \" a,b\"\"c= \" , name=x").Password);

    [Fact]
    public void Parse_EndPointAfterQuotedPassword_IsTaken() =>
        Assert.Equal(2, RespOptions.Parse("h1,password=\"x,y\",h2").EndPoints.Count);

    [Fact]
    public void Parse_Encryption_IsTakenOver()
    {
        var tls = RespOptions.Parse("h,SSL=True,sslHost=cache.example,sslProtocols=tls12|Tls13,checkCertificateRevocation=true").Tls;

        Assert.NotNull(tls);
        Assert.Equal("cache.example", tls.TargetHost);
        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, tls.Protocols);
        Assert.Equal(X509RevocationMode.Online, tls.RevocationMode);
    }

    [Theory]
    [InlineData("h", 6379)]
    [InlineData("h,ssl=true", 6380)]
    [InlineData("h,serviceName=main", 26379)]
    [InlineData("h,serviceName=main,ssl=true", 26379)]
    public void Parse_HostWithoutPort_GetsTheDefaultOfItsKind(string text, int port) =>
        Assert.Equal(port, RespOptions.Parse(text).EndPoints[0].Port);

    [Theory]
    [InlineData("h,connectTimeout=250", 250)]
    [InlineData("h,connectTimeout=1.5s", 1_500)]
    [InlineData("h,connectTimeout=2 m", 120_000)]
    [InlineData("h,connectTimeout=20ms", 20)]
    [InlineData("h,connectTimeout=1h", 3_600_000)]
    public void Parse_DurationWithUnit_IsRead(string text, int milliseconds) =>
        Assert.Equal(milliseconds, RespOptions.Parse(text).ConnectTimeout.TotalMilliseconds);

    [Fact]
    public void Parse_KeepAlive_IsInSecondsAsElsewhere() =>
        Assert.Equal(TimeSpan.FromSeconds(180), RespOptions.Parse("h,keepAlive=180").KeepAliveInterval);

    [Theory]
    [InlineData("h,syncTimeout=7000", 7)]
    [InlineData("h,asyncTimeout=8000,syncTimeout=7000", 8)]
    [InlineData("h,commandTimeout=8s,asyncTimeout=8000,syncTimeout=7000", 8)]
    public void Parse_ForeignTimeouts_BecomeTheDeadlineOfCommands(string text, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), RespOptions.Parse(text).CommandTimeout);

    [Fact]
    public void Parse_AllOtherSettings_AreTakenOver()
    {
        var options = RespOptions.Parse(
            "h,abortConnect=no,connectRetry=7,hardTimeout=30s,heartbeatInterval=0,reconnectMinimum=10,reconnectMaximum=1m,maximumPending=64,"
            + "backlogPolicy=queue,backlogLimit=9,maximumBulk=4096,maximumLine=128,maximumDepth=4,maximumAggregate=100,readFromReplicas=1,"
            + "configCheckSeconds=0,setlib=off,topology=sentinel,serviceName=main,sentinelUser=watch,sentinelPassword=dog");

        Assert.False(options.AbortOnConnectFailure);
        Assert.False(options.SendLibraryInfo);
        Assert.True(options.ReadFromReplicas);
        Assert.Equal(7, options.ConnectRetry);
        Assert.Equal(TimeSpan.FromSeconds(30), options.HardTimeout);
        Assert.Equal(TimeSpan.Zero, options.HeartbeatInterval);
        Assert.Equal(TimeSpan.Zero, options.TopologyRefreshInterval);
        Assert.Equal((TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1)), (options.ReconnectMinimum, options.ReconnectMaximum));
        Assert.Equal((64, RespBacklogPolicy.Queue, 9), (options.MaximumPending, options.BacklogPolicy, options.BacklogLimit));
        Assert.Equal(new RespLimits { MaximumBulk = 4096, MaximumLine = 128, MaximumDepth = 4, MaximumAggregate = 100 }, options.Limits);
        Assert.Equal(RespTopologyKind.Sentinel, options.Topology);
        Assert.Equal(new RespSentinelOptions { ServiceName = "main", User = "watch", Password = "dog" }, options.Sentinel);
    }

    [Theory]
    [InlineData("unix:/run/redis.sock,db=2")]
    [InlineData("!/run/redis.sock,db=2")]
    [InlineData("\"unix:/run/redis.sock\",db=2")]
    public void Parse_UnixSocket_IsAnEndPoint(string text)
    {
        var options = RespOptions.Parse(text);
        Assert.Equal(RespEndPoint.Unix("/run/redis.sock"), Assert.Single(options.EndPoints));
        Assert.Equal(2, options.Database);
    }

    [Theory]
    [InlineData("resolveDns=true")]
    [InlineData("heartbeatConsistencyChecks=true")]
    [InlineData("preserveAsyncOrder=false")]
    [InlineData("writeBuffer=4096")]
    [InlineData("responseTimeout=100")]
    [InlineData("version=7.0")]
    [InlineData("protocol=resp3")]
    [InlineData("allowAdmin=true")]
    [InlineData("highIntegrity=false")]
    [InlineData("proxy=None")]
    [InlineData("tunnel=")]
    [InlineData("channelPrefix=")]
    [InlineData("tiebreaker=")]
    [InlineData("configChannel=")]
    [InlineData("password=")]
    public void Parse_ForeignSettingThatAsksForNothing_HasNoEffect(string setting) =>
        Assert.Equal("h:6379", RespOptions.Parse($"h,{setting}").ToString());

    [Theory]
    [InlineData("h,version=5.0", "version is \"5.0\"; RESP3 needs server 6.0")]
    [InlineData("h,protocol=resp2", "protocol is \"resp2\"; only RESP3")]
    [InlineData("h,allowAdmin=false", "allowAdmin is \"false\"; no administrative command is held back")]
    [InlineData("h,highIntegrity=true", "highIntegrity is \"true\"")]
    [InlineData("h,proxy=Twemproxy", "proxy is \"Twemproxy\"")]
    [InlineData("h,tunnel=http:proxy:80", "tunnel is \"http:proxy:80\"")]
    [InlineData("h,channelPrefix=app:", "channelPrefix is \"app:\"")]
    [InlineData("h,tiebreaker=key", "tiebreaker is \"key\"")]
    [InlineData("h,configChannel=changes", "configChannel is \"changes\"")]
    [InlineData("h,$CONFIG=", "$CONFIG is not supported: commands can not be renamed")]
    [InlineData("h,frobnicate=1", "\"frobnicate\" is not a known setting; those known are user, password")]
    [InlineData("h,connectTimeout=soon", "connectTimeout is \"soon\"; write milliseconds, or a number with one of the units")]
    [InlineData("h,connectTimeout=0", "connectTimeout is \"0\"; set it from 1ms to 24h (milliseconds where no unit is written)")]
    [InlineData("h,connectTimeout=9999999999999999999999", "connectTimeout is \"9999999999999999999999\"")]
    [InlineData("h,syncTimeout=-5", "syncTimeout is \"-5\"; set it from 1ms to 24h")]
    [InlineData("h,keepAlive=200ms", "keepAlive is \"200ms\"; set it from 1s to 24h, or to 0 to turn it off")]
    [InlineData("h,ssl=maybe", "ssl is \"maybe\"; write true or false")]
    [InlineData("h,ssl=", "ssl is empty; write true or false")]
    [InlineData("h,sslHost=cache", "sslHost is set, but connections are not encrypted; add ssl=true")]
    [InlineData("h,ssl=true,sslProtocols=ssl3", "sslProtocols is \"ssl3\"; write tls12, tls13")]
    [InlineData("h,defaultDatabase=-1", "defaultDatabase is \"-1\"; set it from 0 to 1000000")]
    [InlineData("h,topology=ring", "topology is \"ring\"; write one of auto, standalone, sentinel, cluster")]
    [InlineData("h,topology=1", "topology is \"1\"; write one of")]
    [InlineData("h,topology=cluster,defaultDatabase=1", "RespOptions.Database is 1, but a cluster has only database 0")]
    [InlineData("h,topology=sentinel", "no service is named")]
    [InlineData("h,topology=cluster,serviceName=main", "RespOptions.Topology is Cluster, but a Sentinel's service is named")]
    [InlineData("h,sentinelUser=x", "sentinelUser is set, but there is no Sentinel; add serviceName")]
    [InlineData("h,backlogLimit=4", "backlogLimit is set, but backlogPolicy is failFast")]
    [InlineData("h,commandTimeout=1s,asyncTimeout=2000", "commandTimeout is 1s, but asyncTimeout, which means the same, is 2s")]
    [InlineData("h,commandTimeout=5s,hardTimeout=2s", "RespOptions.HardTimeout is 2s, less than CommandTimeout, which is 5s")]
    [InlineData("h,reconnectMinimum=2s,reconnectMaximum=1s", "RespOptions.ReconnectMinimum is 2s, more than ReconnectMaximum, which is 1s")]
    [InlineData("h,name=a,clientName=b", "clientName (another name of name) is given twice")]
    [InlineData("h,name=a,NAME=a", "NAME is given twice")]
    [InlineData("h,name=a b", "RespOptions.ClientName is not one the server takes")]
    [InlineData("h,H:6379", "twice; keep one of them")]
    [InlineData("unix:/a,h", "unix:/a beside others; a unix socket stands alone")]
    [InlineData("unix:/a,unix:/b", "names two unix sockets")]
    [InlineData("unix:a", "without an absolute path")]
    [InlineData("unix:/a,ssl=true", "RespOptions.Tls is set, but unix:/a is a unix socket")]
    [InlineData("unix:/a,topology=cluster", "Sentinel and Cluster need TCP")]
    [InlineData("h:0", "End point 1 of the connection string has a port that is not a number from 1 to 65535")]
    [InlineData("h,h2:port", "End point 2 of the connection string has a port")]
    [InlineData("[::1", "End point 1 of the connection string has neither a host name nor an address")]
    [InlineData("[::1]x", "End point 1 of the connection string")]
    [InlineData("", "names no server")]
    [InlineData(" , ,", "names no server")]
    [InlineData("name=x", "names no server")]
    [InlineData("h,name=\"x", "Part 2 of the connection string begins with a quote that is never closed")]
    [InlineData("h,name=\"x\"y", "Part 2 of the connection string goes on after its closing quote")]
    public void Parse_UnusableSetting_IsRefusedByName(string text, string expected)
    {
        var exception = Assert.Throws<RespOptionsException>(() => RespOptions.Parse(text));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SeveralProblems_AreFoundAtOnce()
    {
        var exception = Assert.Throws<RespOptionsException>(() => RespOptions.Parse("h:x,ssl=perhaps,what=1"));
        Assert.Equal(3, exception.Problems.Count);
    }

    [Fact]
    public void Parse_Null_IsAnArgumentError()
    {
        Assert.Throws<ArgumentNullException>(() => RespOptions.Parse(null!));
        Assert.False(RespOptions.TryParse(null, out var options, out var problems));
        Assert.Null(options);
        Assert.Single(problems);
    }
}
