using System.Collections.Concurrent;
using Larder.Resp.Tests.Kit;
using Larder.Servers;
using Microsoft.Extensions.Logging;

namespace Larder.Resp.Tests.Connecting;

/// <summary>A client that is disposed of while everything else goes on.</summary>
public sealed class DisposalTests
{
    [Fact]
    public async Task Dispose_InTheMiddleOfEverything_EndsEveryCall()
    {
        await using var server = await RealServer.StartAsync();
        var random = new Random(7);
        for (var round = 0; round < 40; round++)
        {
            var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port},backlogPolicy=queue", new StreamLog());
            var posted = new CountingOutcomes();
            using var cancelling = new CancellationTokenSource();
            var callers = Enumerable.Range(0, 32).Select(i => CallAsync(client, i, posted, cancelling.Token)).ToArray();
            await client.PingAsync();
            for (var pause = random.Next(50); pause > 0; pause--)
            {
                await Task.Yield();
            }

            if (round % 3 == 0)
            {
                client.Disconnect(client.Epoch, "For a test.");
            }

            var cancelled = round % 2 == 0 ? cancelling.CancelAsync() : Task.CompletedTask;
            await Task.WhenAll(client.DisposeAsync().AsTask(), client.DisposeAsync().AsTask(), cancelled);
            await Patience.Await(Task.WhenAll(callers), () => $"the callers of round {round}");
            await Bounded.UntilAsync(() => Task.FromResult(posted.Told == posted.Given), static () => Task.CompletedTask);
        }
    }

    [Fact]
    public async Task Dispose_FromAHandlerOnTheReader_EndsTheClient()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Bulk("1"));
        var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        Task? disposing = null;
        var outcomes = new Outcomes { Before = _ => disposing = client.DisposeAsync().AsTask() };
        client.Post(new RespCommand("GET", "a"), outcomes);
        await outcomes.ExpectAsync("reply 1");
        await Patience.Await(disposing!, () => "the disposal");
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetStringAsync("a").AsTask());
    }

    [Fact]
    public async Task Dispose_InOrder_IsNoLossInTheLog()
    {
        await using var server = FakeServer.Start();
        var log = new Lines();
        await using (await RespClient.ConnectAsync(RespOptions.Parse($"127.0.0.1:{server.Port}") with { LoggerFactory = log }))
        {
        }

        await Bounded.UntilAsync(() => Task.FromResult(log.Told.Any(static line => line.StartsWith("Information Closed", StringComparison.Ordinal))), static () => Task.CompletedTask);
        Assert.DoesNotContain(log.Told, static line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    private static async Task CallAsync(RespClient client, int i, CountingOutcomes posted, CancellationToken cancellationToken)
    {
        for (var n = 0; n < 1_000_000; n++)
        {
            try
            {
                posted.NoteGiven();
                client.Post(new RespCommand("ECHO", n), posted, isTracked: n % 2 == 0);
                await client.SetAsync($"key{i}", n, cancellationToken: cancellationToken);
                Assert.Equal($"{n}", await client.GetStringAsync($"key{i}", cancellationToken));
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (RespException) when (n < 999_999)
            {
                await Task.Yield();
            }
        }
    }

    private sealed class CountingOutcomes : IRespReplyHandler
    {
        private int _told;
        private int _given;

        internal int Told => Volatile.Read(ref _told);

        internal int Given => Volatile.Read(ref _given);

        public void OnReply(ref RespReader reply) => Interlocked.Increment(ref _told);

        public void OnError(RespServerException error, long epoch) => Interlocked.Increment(ref _told);

        public void OnFailure(Exception failure) => Interlocked.Increment(ref _told);

        internal void NoteGiven() => Interlocked.Increment(ref _given);
    }

    private sealed class Lines : ILoggerFactory, ILogger
    {
        internal ConcurrentQueue<string> Told { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Told.Enqueue($"{logLevel} {formatter(state, exception)}");

        public void Dispose()
        {
        }
    }
}
