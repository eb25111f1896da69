using Larder.Tests.Support;

namespace Larder.Tests.Promise;

/// <summary>
/// The promise under real threads that race: whoever reads notes first what was last removed completely, and must not
/// be served anything older. How often a race is hit depends on the machine; that none is lost must not.
/// </summary>
public sealed class RacingThreadsTests
{
    private const int Keys = 4;
    private const int Rounds = 5_000;

    // On a busy machine fewer rounds do; the wait for the end fails only if somebody really hangs.
    private const int LongEnough = 3_000;

    [Theory]
    [InlineData("remove")]
    [InlineData("tag")]
    [InlineData("late tag")]
    [InlineData("clear")]
    [InlineData("set")]
    public async Task ReadersBesideAnInvalidator_AreNeverServedWhatWasGoneBefore(string how)
    {
        await using var cache = LarderCache.Create();
        var race = new Race(cache, how);
        var readers = Enumerable.Range(0, 3).Select(reader => Task.Factory.StartNew(
            () => race.ReadAsync(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());
        var work = readers.Append(Task.Factory.StartNew(
            race.InvalidateAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap());

        await Task.WhenAll(work).Soon();

        Assert.Null(race.Broken);
        Assert.True(cache.Statistics.Hits > 0);
    }

    private sealed class Race(ICache cache, string how)
    {
        private readonly long[] _source = new long[Keys];
        private readonly long[] _gone = new long[Keys];
        private long _reads;
        private volatile bool _isOver;

        internal string? Broken { get; private set; }

        internal async Task ReadAsync(int reader)
        {
            for (var i = 0; !_isOver; i++)
            {
                var key = (i + reader) % Keys;
                var gone = Volatile.Read(ref _gone[key]);
                var value = await Load(key, yields: i % 3 == 0);
                Interlocked.Increment(ref _reads);
                if (value < gone)
                {
                    Broken = $"{how}: key {key} was served version {value} although {gone} was current before the call.";
                    _isOver = true;
                }
            }
        }

        internal async Task InvalidateAsync()
        {
            var end = Environment.TickCount64 + LongEnough;
            for (var i = 1; i <= Rounds && !_isOver && Environment.TickCount64 < end; i++)
            {
                var key = i % Keys;
                var version = Interlocked.Increment(ref _source[key]);
                switch (how)
                {
                    case "remove":
                        await cache.RemoveAsync($"k{key}");
                        break;
                    case "clear":
                        await cache.ClearAsync();
                        break;
                    case "set":
                        await cache.SetAsync($"k{key}", version);
                        break;
                    default:
                        await cache.RemoveByTagAsync($"t{key}");
                        break;
                }

                Volatile.Write(ref _gone[key], version);

                // Sometimes at once, sometimes after some reads, so that removals meet hits, loads and stores alike.
                var until = Volatile.Read(ref _reads) + (i % 8);
                while (Volatile.Read(ref _reads) < until && !_isOver)
                {
                    Thread.Yield();
                }
            }

            _isOver = true;
        }

        private ValueTask<long> Load(int key, bool yields) => cache.GetOrCreateAsync(
            $"k{key}",
            (race: this, key, yields),
            static async (state, entry, _) =>
            {
                var version = Volatile.Read(ref state.race._source[state.key]);
                if (state.yields)
                {
                    await Task.Yield();
                }

                if (state.race.IsTaggedLate)
                {
                    entry.AddTag($"t{state.key}");
                }

                return version;
            },
            tags: TagsOf(key));

        private bool IsTaggedLate => how == "late tag";

        private string[] TagsOf(int key) => IsTaggedLate ? [] : [$"t{key}"];
    }
}
