using System.Globalization;
using Larder.Tests.Support;
using Microsoft.Extensions.Logging;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>Every log message: its event id, its level, and that it names the cache and the key.</summary>
public sealed class LogTests : IAsyncDisposable
{
    private static readonly EntryOptions Whole = new()
    {
        FreshFor = Seconds(1),
        StaleFor = Seconds(1),
        FallbackFor = Minutes(1),
        FailureThrottle = Seconds(7),
    };

    private readonly FakeClock _clock = new();
    private readonly LogCollector _log = new();
    private readonly ICache _cache;

    public LogTests() => _cache = TestCache.Create(
        _clock,
        options =>
        {
            options.LoggerFactory = _log;
            options.MaxConcurrentRefreshes = 1;
            options.MaximumValueBytes = 20;
            options.DrainTimeout = TimeSpan.Zero;
            options.Events = new ThrowingEvents();
            options.AddTransformer(new Failing());
        },
        "logged");

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _log.Dispose();
    }

    [Fact]
    public async Task Fallback_Is1_AndTheFailureOfTheSourceIs10()
    {
        await _cache.SetAsync("k", 1, Whole);
        _clock.Advance(Seconds(3));
        await _cache.GetOrCreateAsync<int>("k", _ => throw new IOException("down"), Whole);

        AssertRecord(1, LogLevel.Warning, ["'k'", "00:00:03"], typeof(IOException));
        AssertRecord(10, LogLevel.Debug, ["'k'"], typeof(IOException));
    }

    [Fact]
    public async Task FailedRefresh_Is2()
    {
        await _cache.SetAsync("k", 1, Whole);
        _clock.Advance(Seconds(1));
        await _cache.GetOrCreateAsync<int>("k", _ => throw new IOException("down"), Whole);
        await Bounded.Until(() => Has(2));

        AssertRecord(2, LogLevel.Warning, ["'k'", "00:00:07"], typeof(IOException));
        Assert.DoesNotContain(_log.Records, record => record.Id.Id == 1);
    }

    [Fact]
    public async Task ShedRefresh_Is3()
    {
        var source = new GatedSource<int>();
        await _cache.SetAsync("a", 1, Whole);
        await _cache.SetAsync("b", 1, Whole);
        _clock.Advance(Seconds(1));
        await _cache.GetOrCreateAsync("a", source.Factory, Whole);
        await source.NextCallAsync();
        await _cache.GetOrCreateAsync("b", source.Factory, Whole);

        AssertRecord(3, LogLevel.Warning, ["'b'", "because 1 refreshes", "MaxConcurrentRefreshes"], null);
    }

    [Fact]
    public async Task FencedOff_Is4()
    {
        var source = new GatedSource<int>();
        var load = _cache.GetOrCreateAsync("k", source.Factory);
        var call = await source.NextCallAsync();
        await _cache.RemoveAsync("k");
        call.Answer(1);
        await load.Soon();
        await Bounded.Until(() => Has(4));

        AssertRecord(4, LogLevel.Debug, ["'k'"], null);
    }

    [Fact]
    public async Task TooLarge_Is5()
    {
        await _cache.SetAsync("k", Enumerable.Range(0, 100).ToList(), new EntryOptions { Isolate = true });

        AssertRecord(5, LogLevel.Warning, ["'k'", "MaximumValueBytes", "MemoryLimit"], null);
    }

    [Fact]
    public async Task NoStoredForm_Is6_AndUnreadableIs7()
    {
        await _cache.SetAsync("w", "unwritable");
        await _cache.SetAsync("r", "unreadable");
        _cache.TryGet<string>("r", out _);

        AssertRecord(6, LogLevel.Error, ["'w'"], typeof(FormatException));
        AssertRecord(7, LogLevel.Error, ["'r'"], typeof(FormatException));
    }

    [Fact]
    public async Task HandlerThatThrows_Is8()
    {
        await _cache.SetAsync("k", 1);

        AssertRecord(8, LogLevel.Error, ["Stored"], typeof(InvalidCastException));
    }

    [Fact]
    public async Task DisposedDuringALoad_Is9()
    {
        var source = new GatedSource<int>();
        var load = _cache.GetOrCreateAsync("k", source.Factory).AsTask();
        await source.NextCallAsync();

        await _cache.DisposeAsync().Soon();

        AssertRecord(9, LogLevel.Warning, ["1 loads", "DrainTimeout"], null);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => load.Soon());
    }

    [Fact]
    public async Task OrdinaryLife_LogsNothing()
    {
        using var log = new LogCollector();
        await using var cache = TestCache.Create(_clock, options => options.LoggerFactory = log);
        await cache.GetOrCreateAsync("k", Returns(1), Whole, ["t"]);
        await cache.GetOrCreateAsync("k", Never<int>());
        await cache.SetAsync("l", 2);
        await cache.RemoveAsync("l");
        await cache.RemoveByTagAsync("t");
        await cache.ClearAsync();
        await cache.DisposeAsync();

        Assert.Empty(log.Records);
    }

    private bool Has(int id) => _log.Records.Any(record => record.Id.Id == id);

    private void AssertRecord(int id, LogLevel level, string[] parts, Type? exception)
    {
        var record = Assert.Single(_log.Records, record => record.Id.Id == id && !IsOfTheHandler(record, id));
        Assert.Equal(level, record.Level);
        Assert.False(string.IsNullOrEmpty(record.Id.Name));
        Assert.Contains("logged", record.Message, StringComparison.Ordinal);
        foreach (var part in parts)
        {
            // Keys stand in the message as they are; the quotes here only tell them from letters of a word.
            var sought = part.StartsWith('\'') ? $" {part.Trim('\'')}" : part;
            Assert.True(
                record.Message.Contains(sought, StringComparison.Ordinal), string.Create(CultureInfo.InvariantCulture, $"{id}: {record.Message}"));
        }

        Assert.Equal(exception, record.Exception?.GetType());
    }

    // The events throw all the time; only the test of message 8 wants to see it, and only for one event.
    private static bool IsOfTheHandler(LogRecord record, int id) =>
        id == 8 && !record.Message.Contains("Stored", StringComparison.Ordinal);

    private sealed class ThrowingEvents : ICacheEvents
    {
        public void Stored(string cache, string key) => throw new InvalidCastException("handler");
    }

    private sealed class Failing : IValueTransformer<string>
    {
        public string Transform(string key, string value) =>
            value == "unwritable" ? throw new FormatException("no form") : value;

        public string Restore(string key, string stored) => throw new FormatException("no way back");
    }
}
