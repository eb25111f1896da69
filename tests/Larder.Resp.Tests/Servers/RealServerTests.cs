using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Larder.Servers;

namespace Larder.Resp.Tests.Servers;

/// <summary>Real servers, started, asked, halted and ended by the kit.</summary>
public sealed class RealServerTests
{
    [Fact]
    public async Task Standalone_Started_AnswersUntilDisposed()
    {
        int process;
        string folder;
        await using (var server = await RealServer.StartAsync())
        {
            (process, folder) = (server.ProcessId, server.Folder);
            Assert.Equal("OK", await server.CallAsync("SET", "key", "värde"));
            Assert.Equal("värde", await server.CallAsync("GET", "key"));
            Assert.Equal(["värde", null], Assert.IsType<List<object?>>(await server.CallAsync("MGET", "key", "none")));
            Assert.Equal(1L, await server.CallAsync("DBSIZE"));
            Assert.Equal(server.ProcessId.ToString(), await server.InfoAsync("server", "process_id"));
            await Assert.ThrowsAsync<RawErrorException>(() => server.CallAsync("NOSUCH"));
        }

        Assert.Throws<ArgumentException>(() => Process.GetProcessById(process));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task Restart_AfterKill_IsOnTheSamePort()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { IsPersistent = true });
        await server.CallAsync("SET", "key", "1");
        var (port, process) = (server.Port, server.ProcessId);
        server.Kill();
        await Assert.ThrowsAnyAsync<Exception>(() => server.CallAsync("PING"));

        await server.RestartAsync();
        Assert.Equal(port, server.Port);
        Assert.NotEqual(process, server.ProcessId);
        Assert.Equal("1", await server.CallAsync("GET", "key"));
    }

    [Fact]
    public async Task Pause_UntilResumed_HoldsTheAnswerBack()
    {
        await using var server = await RealServer.StartAsync();
        await using var connection = await server.ConnectAsync();
        Assert.Equal("PONG", await connection.CallAsync("PING"));
        server.Pause();
        Assert.Equal('T', State(server));
        var asking = connection.CallAsync("PING");
        Assert.False(asking.IsCompleted);

        server.Resume();
        Assert.Equal("PONG", await asking);
    }

    [Fact]
    public async Task Kill_WhilePaused_EndsTheProcess()
    {
        await using var server = await RealServer.StartAsync();
        server.Pause();
        server.Kill();
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(server.ProcessId));
    }

    [Fact]
    public async Task Users_OfTheServer_MustLogIn()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Password = "main", Users = ["app on >secret ~app:* +@all"] });
        await using var connection = await server.ConnectAsync();
        var refused = await Assert.ThrowsAsync<RawErrorException>(() => connection.CallAsync("GET", "app:1"));
        Assert.StartsWith("NOAUTH", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<RawErrorException>(() => connection.CallAsync("AUTH", "app", "wrong"));
        Assert.StartsWith("WRONGPASS", refused.Message, StringComparison.Ordinal);
        Assert.Equal("OK", await connection.CallAsync("AUTH", "app", "secret"));
        Assert.Null(await connection.CallAsync("GET", "app:1"));
        refused = await Assert.ThrowsAsync<RawErrorException>(() => connection.CallAsync("GET", "other"));
        Assert.StartsWith("NOPERM", refused.Message, StringComparison.Ordinal);
        Assert.Equal("PONG", await server.CallAsync("PING"));
    }

    [Fact]
    public async Task Tls_WithOwnAuthority_IsTrustedForItsNamesOnly()
    {
        using var certificates = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates, DemandsClientCertificate = true });
        Assert.Equal("PONG", await server.CallAsync("PING"));

        await using (var connection = await RawConnection.ConnectAsync(server.Port, Trusting(certificates, TestCertificates.ServerName)))
        {
            Assert.Equal("PONG", await connection.CallAsync("PING"));
        }

        await Assert.ThrowsAsync<AuthenticationException>(() => RawConnection.ConnectAsync(server.Port, Trusting(certificates, "elsewhere.larder.test")));
        using var others = new TestCertificates();
        await Assert.ThrowsAsync<AuthenticationException>(() => RawConnection.ConnectAsync(server.Port, Trusting(others, "localhost")));
    }

    [Fact]
    public async Task UnixSocket_OfTheServer_Answers()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { HasUnixSocket = true });
        await using var connection = await RawConnection.ConnectAsync(server.UnixPath!);
        Assert.Equal("PONG", await connection.CallAsync("PING"));
    }

    [Fact]
    public async Task Start_WithWrongArgument_SaysWhatTheServerSaid()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => RealServer.StartAsync(new ServerSettings { Arguments = ["--no-such-setting", "1"] }));
        Assert.Contains("no-such-setting", exception.Message, StringComparison.Ordinal);
    }

    private static char State(RealServer server)
    {
        // The state stands behind the name in parentheses; the kernel sets it before kill returns to the sender, or soon after.
        for (var i = 0; i < 1_000_000; i++)
        {
            var stat = File.ReadAllText($"/proc/{server.ProcessId}/stat");
            if (stat[stat.LastIndexOf(')') + 2] == 'T')
            {
                return 'T';
            }
        }

        return 'R';
    }

    private static SslClientAuthenticationOptions Trusting(TestCertificates certificates, string host) => new()
    {
        TargetHost = host,
        ClientCertificates = [certificates.Client],
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { certificates.Authority },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };
}
