using System.Diagnostics;
using Larder.Tests.Support;
using Microsoft.Extensions.Logging;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>Whoever watches the cache and fails at it does not make the cache fail.</summary>
public sealed class FailingObserversTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public async Task LoggerThrows_CallersAreAnsweredAllTheSame()
    {
        await using var cache = TestCache.Create(_clock, options => options.LoggerFactory = new ThrowingLogger());
        var options = new EntryOptions { FreshFor = Minutes(1), FallbackFor = Minutes(60) };
        await cache.SetAsync("k", "old", options);
        _clock.Advance(Minutes(2));

        Assert.Equal("old", await cache.GetOrCreateAsync<string>("k", _ => throw new IOException("down"), options));
    }

    [Fact]
    public async Task ActivityListenerThrows_TheKeyIsFreeForTheNextCaller()
    {
        await using var cache = TestCache.Create(_clock);
        using (var listener = new ActivityListener())
        {
            listener.ShouldListenTo = source => source.Name == "Larder";
            listener.Sample = (ref ActivityCreationOptions<ActivityContext> created) =>
                OnThisThread.Value
                    ? throw new InvalidOperationException("the listener's own")
                    : ActivitySamplingResult.None;
            ActivitySource.AddActivityListener(listener);
            OnThisThread.Value = true;
            await Assert.ThrowsAnyAsync<Exception>(() => cache.GetOrCreateAsync("k", Returns("v")).Soon());
            OnThisThread.Value = false;
        }

        Assert.Equal("v", await cache.GetOrCreateAsync("k", Returns("v")).Soon());
    }

    // Listeners hear of all caches of the process, so the failure is kept to this test's own calls.
    private static readonly AsyncLocal<bool> OnThisThread = new();

    private sealed class ThrowingLogger : ILoggerFactory, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => throw new InvalidOperationException("the logger's own");

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the logger's own");
    }
}
