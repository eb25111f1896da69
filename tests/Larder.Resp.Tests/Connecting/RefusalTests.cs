using System.Net.Security;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Connecting;

/// <summary>Wrong settings: one clear error each, which names the remedy and no secret, and no hot retry.</summary>
public sealed class RefusalTests
{
    private const string Secret = "correct-horse-battery";

    [Theory]
    [InlineData("password=wrong-secret", "user \"default\" (WRONGPASS)")]
    [InlineData("user=app,password=wrong-secret", "user \"app\" (WRONGPASS)")]
    [InlineData("user=nobody,password=correct-horse-battery", "user \"nobody\" (WRONGPASS)")]
    [InlineData("", "asks for a password, and none is set (NOAUTH)")]
    public async Task ConnectAsync_WrongLogIn_FailsAtOnceAndSaysWhy(string settings, string reason)
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = Secret, Users = [$"app on >{Secret} ~* +@all"] });
        var failure = await Assert.ThrowsAsync<RespAuthenticationException>(() => RespClient.ConnectAsync($"127.0.0.1:{server.Port},connectRetry=9,{settings}"));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.ToString(), StringComparison.Ordinal);
        await using var raw = await server.ConnectAsync();
        await raw.CallAsync("AUTH", Secret);

        // Nine retries were allowed, and none was made: this connection is the second one after the client's only attempt.
        Assert.InRange(long.Parse(await server.InfoAsync("stats", "total_connections_received") ?? "0", System.Globalization.CultureInfo.InvariantCulture), 1, 5);
    }

    [Fact]
    public async Task ConnectAsync_ServerClosesDuringTheHandshake_LeavesNoFailureUnobserved()
    {
        var unobserved = new System.Collections.Concurrent.ConcurrentQueue<string>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs failure) => unobserved.Enqueue(failure.Exception.ToString());
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            for (var i = 0; i < 8; i++)
            {
                await FailToConnectAsync();
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            Assert.DoesNotContain(unobserved, static failure => failure.Contains("CLIENT TRACKING", StringComparison.Ordinal));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }
    }

    [Fact]
    public async Task ConnectAsync_RightLogIn_Connects()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = Secret, Users = [$"app on >{Secret} ~* +@all"], HasUnixSocket = true });
        foreach (var settings in (string[])[$"127.0.0.1:{server.Port},password={Secret}", $"127.0.0.1:{server.Port},user=app,password={Secret},name=tester,defaultDatabase=3", $"unix://{server.UnixPath}?password={Secret}"])
        {
            await using var client = await RespClient.ConnectAsync(settings);
            Assert.True(await client.SetAsync("a", settings.Length));
            if (settings.Contains("tester", StringComparison.Ordinal))
            {
                var info = await client.GetClientInfoAsync();
                Assert.Contains("name=tester", info, StringComparison.Ordinal);
                Assert.Contains("db=3", info, StringComparison.Ordinal);
                Assert.Contains("user=app", info, StringComparison.Ordinal);
                Assert.Contains("resp=3", info, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task ConnectAsync_Tls_ChecksHostAuthorityAndClientCertificate()
    {
        using var certificates = new TestCertificates();
        using var others = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates, DemandsClientCertificate = true });
        var right = new RespTlsOptions { TargetHost = TestCertificates.ServerName, CertificateAuthorities = [certificates.Authority], ClientCertificates = [certificates.Client] };
        var options = RespOptions.Parse($"127.0.0.1:{server.Port},connectRetry=0") with { Tls = right };
        await using (var client = await RespClient.ConnectAsync(options))
        {
            var value = new string('x', 200_000);
            Assert.True(await client.SetAsync("a", value));
            Assert.Equal(value, await client.GetStringAsync("a"));
        }

        await FailsAsync<RespAuthenticationException>(options with { Tls = right with { TargetHost = "other.test" } }, nameof(SslPolicyErrors.RemoteCertificateNameMismatch), "set sslHost");
        await FailsAsync<RespAuthenticationException>(options with { Tls = right with { CertificateAuthorities = [others.Authority] } }, nameof(SslPolicyErrors.RemoteCertificateChainErrors), "authority is not trusted");
        var withoutCertificate = await Assert.ThrowsAnyAsync<RespConnectionException>(() => RespClient.ConnectAsync(options with { Tls = right with { ClientCertificates = [] } }));
        Assert.Contains("certificate", withoutCertificate.Message, StringComparison.Ordinal);
        await FailsAsync<RespConnectionException>(options with { Tls = null }, "expect TLS (ssl=true)");
    }

    [Fact]
    public async Task ConnectAsync_TlsToAPlainPort_SaysSo()
    {
        await using var server = await RealServer.StartAsync();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port},connectRetry=0,ssl=true,connectTimeout=300");
        var failure = await Assert.ThrowsAnyAsync<RespConnectionException>(() => RespClient.ConnectAsync(options));
        Assert.Contains("Does the port speak TLS", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_NobodyListens_NamesTheEndPoint()
    {
        var port = FreePort.Next();
        var failure = await Assert.ThrowsAsync<RespConnectionException>(() => RespClient.ConnectAsync($"127.0.0.1:{port},connectRetry=1"));
        Assert.Contains($"127.0.0.1:{port} cannot be reached (ConnectionRefused)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_SilentServer_FailsWithinTheConnectTimeout()
    {
        await using var server = FakeServer.Start();
        server.Answers.Leave("HELLO");
        var failure = await Assert.ThrowsAnyAsync<RespException>(() => RespClient.ConnectAsync($"127.0.0.1:{server.Port},connectRetry=0,connectTimeout=50"));
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_ServerOfAnotherKind_SaysSo()
    {
        await using var server = FakeServer.Start(static connection => connection.SendAsync(Wire.Raw("HTTP/1.1 400 Bad Request\r\n\r\n")));
        server.Answers.Leave("HELLO");
        var failure = await Assert.ThrowsAsync<RespConnectionException>(() => RespClient.ConnectAsync($"127.0.0.1:{server.Port},connectRetry=0"));
        Assert.Contains("did not answer as a Redis server does", failure.Message, StringComparison.Ordinal);
        Assert.Contains("0x48 is no type", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectAsync_ServerHasNoRoom_ShowsWhatItSaidBeforeItWasAsked()
    {
        await using var server = FakeServer.Start(static connection => connection.SendAsync(Wire.Error("ERR max number of clients reached")));
        server.Answers.Leave("HELLO");
        var late = RespOptions.Parse($"127.0.0.1:{server.Port},connectRetry=0") with
        {
            CredentialsProvider = async _ =>
            {
                // The client has read it, and gives up the connection before it has said anything.
                await Patience.Await((await server.AcceptAsync()).Closed, () => "the connection to be closed");
                return new RespCredentials(null, null);
            },
        };
        await FailsAsync<RespConnectionException>(late, $"127.0.0.1:{server.Port} refused the connection (ERR max number of clients reached)");
    }

    [Fact]
    public async Task ConnectAsync_WrongDatabaseTopologyOrService_NamesTheSettingAndTheServer()
    {
        await using var server = await RealServer.StartAsync();
        var endPoint = $"127.0.0.1:{server.Port}";
        await FailsAsync<RespConnectionException>(RespOptions.Parse($"{endPoint},db=99,connectRetry=0"), $"{endPoint} refused SELECT 99", "Check Database (defaultDatabase).");
        await FailsAsync<RespConnectionException>(RespOptions.Parse($"{endPoint},topology=cluster,connectRetry=0"), $"{endPoint} did not say who owns the slots", "set topology=standalone");
        await FailsAsync<RespConnectionException>(RespOptions.Parse($"{endPoint},serviceName=main,connectRetry=0"), $"{endPoint} refused to name the primary", "Is it a Sentinel?");
    }

    [Fact]
    public async Task ConnectAsync_CredentialsProviderFailsOrHangs_FailsInTimeWithoutItsWords()
    {
        await using var server = await RealServer.StartAsync();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port},connectRetry=1,connectTimeout=30s,reconnectMaximum=50");
        var calls = 0;
        var failing = await Assert.ThrowsAsync<RespConnectionException>(() => RespClient.ConnectAsync(options with
        {
            CredentialsProvider = _ =>
            {
                calls++;
                throw new InvalidTimeZoneException(Secret);
            },
        }));
        Assert.Equal(2, calls);
        Assert.DoesNotContain(Secret, failing.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidTimeZoneException>(failing.InnerException);
        await FailsAsync<RespConnectionException>(
            options with { ConnectTimeout = TimeSpan.FromMilliseconds(100), CredentialsProvider = static _ => new ValueTask<RespCredentials>(new TaskCompletionSource<RespCredentials>().Task) }, "did not answer within 0.1 s (ConnectTimeout)");
    }

    [Fact]
    public async Task ConnectAsync_NotAborting_ConnectsWhenTheServerComes()
    {
        var port = FreePort.Next();
        var options = RespOptions.Parse($"127.0.0.1:{port},connectRetry=0,abortConnect=false") with { ReconnectMaximum = TimeSpan.FromMilliseconds(50) };
        await using var client = await RespClient.ConnectAsync(options);
        Assert.False(client.IsConnected);
        var failure = await Assert.ThrowsAsync<RespConnectionException>(() => client.GetStringAsync("a").AsTask());
        Assert.Contains("there is no connection", failure.Message, StringComparison.Ordinal);
        await using var server = await RealServer.StartAsync(new ServerSettings { Arguments = ["--port", port.ToString(System.Globalization.CultureInfo.InvariantCulture)] });
        Assert.Null(await Eventually.GetAsync(() => client.GetStringAsync("a").AsTask()));
    }

    private static async Task FailsAsync<T>(RespOptions options, params string[] parts)
        where T : RespConnectionException
    {
        var failure = await Assert.ThrowsAsync<T>(() => RespClient.ConnectAsync(options));
        Assert.All(parts, part => Assert.Contains(part, failure.Message, StringComparison.Ordinal));
    }

    // By itself, so that nothing on the stack of the test keeps its tasks alive.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task FailToConnectAsync()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var closing = CloseAsync(listener);
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        await Assert.ThrowsAnyAsync<RespConnectionException>(() => RespClient.ConnectAsync($"127.0.0.1:{port},connectRetry=0", new StreamLog()));
        await closing;
    }

    private static async Task CloseAsync(System.Net.Sockets.TcpListener listener)
    {
        using var socket = await listener.AcceptSocketAsync();
        await socket.ReceiveAsync(new byte[16]);
    }
}
