using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Larder.Resp.Tests.Kit;
using Larder.Servers;
using Microsoft.Extensions.Logging;

namespace Larder.Resp.Tests.Connecting;

/// <summary>Passwords, keys and values are in no log, metric, activity or exception.</summary>
public sealed class SecrecyTests
{
    private const string Password = "open-sesame-password";
    private const string Key = "private-key-name";
    private const string Value = "private-value-text";

    [Fact]
    public async Task Everything_ThatIsTold_HoldsNoSecret()
    {
        var told = new ConcurrentQueue<string>();
        using var activities = Listen(told);
        using var metrics = Measure(told);
        using var loggers = new LoggerFactory(told);
        await using (var server = await RealServer.StartAsync(new ServerSettings { Password = Password }))
        {
            var options = RespOptions.Parse($"127.0.0.1:{server.Port},password={Password}") with { LoggerFactory = loggers, CommandTimeout = TimeSpan.FromMilliseconds(200) };
            await using var client = await RespClient.ConnectAsync(options);
            await client.SetAsync(Key, Value);
            told.Enqueue((await Assert.ThrowsAsync<RespServerException>(() => client.HashGetAsync(Key, Value).AsTask())).ToString());
            told.Enqueue((await Assert.ThrowsAsync<RespReplyException>(() => client.ExecuteAsync(new RespCommand("GET", Key), Larder.Resp.Reading.Replies.Whole).AsTask())).ToString());
            server.Pause();
            var late = client.GetStringAsync(Key).AsTask();
            told.Enqueue((await Assert.ThrowsAsync<RespTimeoutException>(() => late)).ToString());
            var unsafeOne = client.SetAsync(Key, Value).AsTask();
            client.Node.Current!.Close(new RespConnectionException("The test has cut it."));
            told.Enqueue((await Assert.ThrowsAnyAsync<RespException>(() => unsafeOne)).ToString());
            metrics.RecordObservableInstruments();
            server.Resume();
            told.Enqueue((await Assert.ThrowsAsync<RespAuthenticationException>(() => RespClient.ConnectAsync(options with { Password = "other-" + Password }))).ToString());
        }

        Assert.Contains(told, line => line.StartsWith("activity GET", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("metric larder.resp.pending", StringComparison.Ordinal));
        Assert.Contains(told, line => line.StartsWith("log ", StringComparison.Ordinal) && line.Contains("timed out", StringComparison.Ordinal));
        Assert.All(told, line => Assert.All((string[])[Password, Key, Value], secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal)));
    }

    private static ActivityListener Listen(ConcurrentQueue<string> told)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Larder.Resp",
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => told.Enqueue($"activity {activity.DisplayName} {activity.Status} {string.Join(' ', activity.TagObjects)} {activity.StatusDescription}"),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private static MeterListener Measure(ConcurrentQueue<string> told)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Larder.Resp")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => told.Enqueue($"metric {instrument.Name} {value} {string.Join(' ', tags.ToArray())}"));
        listener.Start();
        return listener;
    }

    private sealed class LoggerFactory(ConcurrentQueue<string> told) : ILoggerFactory, ILogger
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            told.Enqueue($"log {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
