using System.Text;
using Larder.Redis.Connecting;
using Larder.Redis.Linking;
using Larder.Redis.Tests.Kit;
using Larder.Resp;
using Larder.Servers;
using Microsoft.Extensions.Logging;

namespace Larder.Redis.Tests.Troubles;

/// <summary>Code that throws where it must not: nobody else is silenced by it.</summary>
public sealed class ForeignCodeTests
{
    [Fact]
    public async Task Member_ThatFailsToHearOfAConnection_HearsOfTheNextOne()
    {
        var hub = new RedisHub(RespOptions.Parse(SharedServer.Address));
        var failing = new Member(failures: 1);
        var other = new Member(failures: 0);
        hub.Join(failing);
        hub.Join(other);

        await RedisNode.UntilAsync(() => failing.Epoch != 0 && other.Epoch == failing.Epoch, () => "both to know of the same connection");

        await hub.LeaveAsync(failing);
        await hub.LeaveAsync(other);
    }

    [Fact]
    public async Task Member_ThatFailsToHearOfALoss_KeepsNobodyFromHearingOfIt()
    {
        var hub = new RedisHub(RespOptions.Parse(SharedServer.Address));
        var failing = new Member(failures: 0) { FailsAtLoss = true };
        var other = new Member(failures: 0);
        hub.Join(failing);
        hub.Join(other);
        await RedisNode.UntilAsync(() => failing.Epoch != 0 && other.Epoch != 0, () => "a connection");
        var epoch = other.Epoch;

        hub.Drop(epoch);

        await RedisNode.UntilAsync(() => other.Epoch > epoch && failing.Epoch == other.Epoch && other.Losses == 1, () => "both to know of the next connection");
        await hub.LeaveAsync(failing);
        await hub.LeaveAsync(other);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",topology=cluster")]
    public async Task Logger_ThatThrows_EndsNoAttempt(string topology)
    {
        using var certificates = new TestCertificates();
        await using var server = await RealServer.StartAsync(new ServerSettings { Certificates = certificates, Arguments = topology.Length == 0 ? [] : ["--cluster-enabled", "yes"] });
        var loggers = new Throwing();
        await using var cache = RedisNode.Start(
            options => options.Connection = RespOptions.Parse($"localhost:{server.Port}{topology}") with
            {
                Tls = new RespTlsOptions { ValidationCallback = (_, _, _, _) => loggers.Count > 0 ? true : throw new InvalidOperationException("not yet") },
            },
            options => options.LoggerFactory = loggers);

        if (topology.Length == 0)
        {
            await cache.ConnectedAsync();
        }
        else
        {
            // Nobody has given it slots, so there is no more to see than that it was reached.
            await RedisNode.UntilAsync(
                () => loggers.Count > 0 && cache.Authority.Description.Contains("slots", StringComparison.Ordinal), () => $"another attempt; the tier says: {cache.Authority.Description}");
        }
    }

    [Fact]
    public void AnswerForManyKeys_ThatCanNotBeReadToItsEnd_FailsTheRest()
    {
        var link = new OneConnection();
        var caller = new Told();
        var bytes = Encoding.ASCII.GetBytes("*3\r\n$1\r\na\r\n*1\r\n:1\r\n$1\r\nb\r\n");
        var reader = new RespReader(bytes, 0, bytes.Length, epoch: 1);
        var reply = new Reply(link, new Replies(link)).For(new AuthorityCommand(AuthorityVerb.ReadMany, caller) { Keys = new[] { "x", "y", "z" } }, epoch: 1, 0, 3);

        Assert.True(reader.Read());
        reply.OnReply(ref reader);

        Assert.Equal(["answered 0", "failed 1", "failed 2"], caller.Lines);
    }

    private sealed class Member(int failures) : IHubMember
    {
        private int _failuresLeft = failures;
        private long _epoch;
        private int _losses;

        internal long Epoch => Volatile.Read(ref _epoch);

        internal int Losses => Volatile.Read(ref _losses);

        internal bool FailsAtLoss { get; init; }

        public ReadOnlySpan<byte> Head => "test:foreign:"u8;

        public void Connected(long epoch)
        {
            if (_failuresLeft-- > 0)
            {
                throw new InvalidOperationException("not now");
            }

            Volatile.Write(ref _epoch, epoch);
        }

        public void Disconnected(long epoch)
        {
            if (epoch != 0)
            {
                Interlocked.Increment(ref _losses);
            }

            if (FailsAtLoss)
            {
                throw new InvalidOperationException("not this");
            }
        }

        public bool TryTurnToCluster() => false;

        public void Changed(ReadOnlySpan<byte> name, long epoch)
        {
        }

        public void EverythingChanged(long epoch)
        {
        }
    }

    private sealed class OneConnection : IRedisLink
    {
        public long Epoch => 1;

        public void Drop(long epoch)
        {
        }

        public void Mend(long epoch, in AuthorityCommand command)
        {
        }

        public void HomeMoved(long epoch)
        {
        }
    }

    private sealed class Told : IAuthorityCaller
    {
        internal List<string> Lines { get; } = [];

        public void Answered(int index, in AuthorityAnswer answer) => Lines.Add($"answered {index}");

        public void Failed(int index, Exception? failure) => Lines.Add($"failed {index}");
    }

    private sealed class Throwing : ILoggerFactory, ILogger
    {
        private int _count;

        internal int Count => Volatile.Read(ref _count);

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _count);
            throw new InvalidOperationException("the disk is full");
        }

        public void Dispose()
        {
        }
    }
}
