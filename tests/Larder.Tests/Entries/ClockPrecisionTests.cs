using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Entries;

/// <summary>Boundaries under time providers whose timestamps are large, as those of test clocks that count from year one.</summary>
public sealed class ClockPrecisionTests
{
    [Theory]
    [InlineData(10_000_000, 3_600_000)]
    [InlineData(10_000_000, 63_082_281_600_000)]
    [InlineData(1_000_000_000, 3_600_000)]
    [InlineData(1_000_000_000, 1_750_000_000_000)]
    [InlineData(1_000, 1_750_000_000_000)]
    [InlineData(3_579_545, 3_600_000)]
    public async Task Boundaries_WhateverTheFrequencyAndTheStart_AreExactToTheMillisecond(long frequency, long startMilliseconds)
    {
        var clock = new CoarseClock(frequency) { Milliseconds = startMilliseconds };
        await using var cache = LarderCache.Create(options => options.TimeProvider = clock);
        var options = new EntryOptions { FreshFor = Seconds(1), StaleFor = Minutes(1) };
        for (var i = 0; i < 5_000; i++)
        {
            await cache.SetAsync("k", "v", options);
            clock.Milliseconds += 999;
            Assert.Equal(CacheStatus.Hit, (await cache.GetAsync<string>("k")).Status);

            clock.Milliseconds += 1;
            Assert.Equal(CacheStatus.Stale, (await cache.GetAsync<string>("k")).Status);
            clock.Milliseconds += 7;
        }
    }

    /// <summary>Timestamps are the first tick of a whole millisecond.</summary>
    private sealed class CoarseClock(long frequency) : TimeProvider
    {
        internal long Milliseconds { get; set; }

        public override long TimestampFrequency => frequency;

        public override long GetTimestamp() => (long)((((Int128)Milliseconds * frequency) + 999) / 1_000);
    }
}
