using Larder.Entrance;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Tiers;

/// <summary>The weight and the count that memory keeps always agree with what is in it.</summary>
public sealed class MemoryAccountingTests
{
    private const int Keys = 300;

    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task RandomOperations_Recounted_NothingHasDrifted(int seed)
    {
        var random = new Random(seed);
        await using var cache = Create();
        for (var step = 0; step < 20_000; step++)
        {
            await StepAsync(cache, random);
            if (step % 97 == 0)
            {
                await AssertRecountAsync(cache);
            }
        }

        await AssertRecountAsync(cache);
    }

    [Fact]
    public async Task RandomOperationsOfManyThreads_Recounted_NothingHasDrifted()
    {
        await using var cache = Create();
        await Parallel.ForAsync(0, 8, async (seed, _) =>
        {
            var random = new Random(seed);
            for (var step = 0; step < 5_000; step++)
            {
                await StepAsync(cache, random);
            }
        });

        await AssertRecountAsync(cache);
        await cache.ClearAsync();
        Assert.Equal((0, 0), (cache.Statistics.Entries, cache.Statistics.Weight));
    }

    [Fact]
    public async Task Clear_UnderConcurrentWriters_LeavesNothingOfBeforeAndCountsRight()
    {
        await using var cache = Create();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await cache.SetAsync($"w{writer}-{i % 100}", 10L);
            }
        })).ToArray();
        for (var round = 0; round < 200; round++)
        {
            await cache.SetAsync("mark", 10L);
            await cache.ClearAsync();
            Assert.False(cache.TryGet<long>("mark", out _));

            // While others write, the weight may pass the limit by one percent and one entry.
            Assert.InRange(cache.Statistics.Weight, 0, (cache.Statistics.WeightLimit * 101 / 100) + 500);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers).Soon();
        await AssertRecountAsync(cache);
        await cache.ClearAsync();
        Assert.Equal((0, 0), (cache.Statistics.Entries, cache.Statistics.Weight));
    }

    private static async Task AssertRecountAsync(ICache cache)
    {
        // Refreshes of stale values run in the background and store, too.
        var parts = ((Cache)cache).Flows.Parts;
        await Bounded.Until(() => parts.RunningFlights == 0);
        var memory = parts.Memory;
        var found = Enumerable.Range(0, Keys).Select(Key)
            .Concat(from writer in Enumerable.Range(0, 3) from i in Enumerable.Range(0, 100) select $"w{writer}-{i}")
            .Append("mark")
            .Select(memory.Find)
            .Where(entry => entry is not null)
            .ToList();
        Assert.Equal(found.Count, memory.Count);
        Assert.Equal(found.Sum(entry => entry!.Weight), memory.Weight);
        Assert.Equal((memory.Count, memory.Weight), (cache.Statistics.Entries, cache.Statistics.Weight));
        Assert.InRange(memory.Weight, 0, memory.Limit);
    }

    private static string Key(int number) => $"k{number}";

    private async ValueTask StepAsync(ICache cache, Random random)
    {
        var key = Key(random.Next(Keys));
        string[] tags = random.Next(3) == 0 ? [$"t{random.Next(5)}"] : [];
        var options = new EntryOptions
        {
            FreshFor = TimeSpan.FromMilliseconds(random.Next(100)),
            StaleFor = TimeSpan.FromMilliseconds(random.Next(3) * 50),
            Size = random.Next(4) == 0 ? random.Next(2_000) : null,
            NotFoundFor = TimeSpan.FromMilliseconds(random.Next(2) * 50),
        };
        switch (random.Next(12))
        {
            case 0 or 1 or 2:
                await cache.SetAsync(key, (long)random.Next(20_000), options, tags);
                break;
            case 3 or 4:
                await cache.GetOrCreateAsync(key, Returns((long)random.Next(1_000)), options, tags);
                break;
            case 5:
                await cache.GetOrCreateAsync(key, 0, static (_, entry, _) => new ValueTask<long>(entry.NotFound<long>()), options);
                break;
            case 6:
                await cache.RemoveAsync(key);
                break;
            case 7:
                await cache.ExpireAsync(key);
                break;
            case 8:
                await cache.GetAsync<long>(key);
                break;
            case 9 when random.Next(20) == 0:
                await cache.RemoveByTagAsync($"t{random.Next(5)}");
                break;
            case 10 when random.Next(200) == 0:
                await cache.ClearAsync();
                break;
            default:
                _clock.Advance(TimeSpan.FromMilliseconds(1));
                break;
        }
    }

    private ICache Create() => TestCache.Create(_clock, options =>
    {
        options.MemoryLimit = MemoryLimit.Bytes(20_000);
        options.Sizer = value => (long)value!;
        options.Defaults.FailureThrottle = TimeSpan.Zero;
    });
}
