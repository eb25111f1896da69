using System.Collections.Concurrent;
using System.Diagnostics;
using Larder;
using QuickStart.Documentation;
using QuickStart.Showing;

namespace QuickStart.Scenes;

internal sealed class Hit : IScene
{
    private const string Name = "System.String";
    private const int HitsPerRound = 5_000;
    private const int Rounds = 310;
    private const int LeastGain = 1_000;

    // Three or four are usual, and a hit that takes a detour costs hundreds. In a Debug build the cache is not optimized, but the dictionary is.
#if DEBUG
    private const int MostLookUps = 50;
#else
    private const int MostLookUps = 15;
#endif

    private static readonly TimeSpan SettledFor = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(60);

    public string Title => "A hit";

    public string ToBeSeen =>
        "Whoever asks again is answered from memory, at the price of a few dictionary look-ups, and nothing is allocated.";

    public async Task PlayAsync(Stage stage)
    {
        await using var cache = LarderCache.Create();
        var started = Stopwatch.GetTimestamp();
        var document = await cache.GetOrCreateAsync(
            Name,
            stage.Source,
            static (source, cancellationToken) => source.FindAsync(Name, cancellationToken));
        var load = Stopwatch.GetElapsedTime(started);
        var searches = stage.Source.Searches;

        // Equal keys need not be the same string; in an application they hardly ever are.
        var key = new string(Name.AsSpan());
        var dictionary = new ConcurrentDictionary<string, Document?>(StringComparer.Ordinal) { [Name] = document };

        var (hit, lookUp, allocated) = await MeasureWarmAsync(
            () => AskCache(cache, key, stage.Source),
            () => AskDictionary(dictionary, key));

        stage.Show("the load before", Figures.Of(load));
        stage.Show("a hit", $"{Figures.Of(hit)}: {Figures.TimesFaster(load.TotalNanoseconds / hit)}");
        stage.Show("a look-up in a dictionary", $"{Figures.Of(lookUp)}: a hit costs {hit / lookUp:0.0} of them");
        stage.Show("allocated per hit", $"{(double)allocated / (Rounds * HitsPerRound):0.##} bytes ({Rounds * HitsPerRound:N0} hits)");
        stage.Check(allocated == 0, "A hit allocates nothing.");
        stage.Check(hit < MostLookUps * lookUp, $"A hit costs less than {MostLookUps} look-ups in a dictionary.");
        stage.Check(hit * LeastGain < load.TotalNanoseconds, $"A hit is more than {LeastGain:N0} times faster than the load.");
        stage.Check(stage.Source.Searches == searches, "The files were not searched again.");
        stage.Keep(cache.Statistics);
    }

    /// <summary>The call that an application makes, over and over. It is complete when it returns, so nothing is awaited.</summary>
    private static void AskCache(ICache cache, string key, FileSource source)
    {
        for (var i = 0; i < HitsPerRound; i++)
        {
            var answer = cache.GetOrCreateAsync(
                key,
                source,
                static (source, cancellationToken) => source.FindAsync(Name, cancellationToken));
            if (!answer.IsCompletedSuccessfully || answer.Result is null)
            {
                throw new InvalidOperationException("A hit was not answered at once.");
            }
        }
    }

    private static void AskDictionary(ConcurrentDictionary<string, Document?> dictionary, string key)
    {
        for (var i = 0; i < HitsPerRound; i++)
        {
            if (!dictionary.TryGetValue(key, out var document) || document is null)
            {
                throw new InvalidOperationException("The dictionary has lost its only entry.");
            }
        }
    }

    /// <summary>
    /// Measures code that has become as fast as it gets. The runtime first runs code that is compiled in a hurry, sees
    /// that it is hot, and compiles it anew in the background: on a busy machine that takes its time, and is waited for.
    /// </summary>
    private static async Task<(double Hit, double LookUp, long AllocatedBytes)> MeasureWarmAsync(Action hits, Action lookUps)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await WarmUpAsync(hits);
            await WarmUpAsync(lookUps);
            var measured = Measure(hits, lookUps);
            if (measured.Hit < MostLookUps * measured.LookUp || Stopwatch.GetElapsedTime(started) > LongestWarmUp)
            {
                return measured;
            }
        }
    }

    /// <summary>Goes on until nothing has become faster for a while.</summary>
    private static async Task WarmUpAsync(Action round)
    {
        var (fastest, settledSince) = (double.MaxValue, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(settledSince) < SettledFor)
        {
            if (Time(round) is var time && time < 0.9 * fastest)
            {
                (fastest, settledSince) = (time, Stopwatch.GetTimestamp());
            }

            await Task.Delay(1);
        }
    }

    /// <summary>
    /// The nanoseconds of a hit and of a look-up in the dictionary, and the bytes that all the hits allocated. The two
    /// take turns in rounds of less than a millisecond, which is shorter than what the operating system gives a program at
    /// a time, and the fastest round counts: however busy the machine is, some rounds are not interrupted.
    /// </summary>
    private static (double Hit, double LookUp, long AllocatedBytes) Measure(Action hits, Action lookUps)
    {
        var (hitTimes, lookUpTimes) = (new double[Rounds], new double[Rounds]);
        var allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            hitTimes[i] = Time(hits);
            lookUpTimes[i] = Time(lookUps);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - allocatedBefore;
        return (hitTimes.Min(), lookUpTimes.Min(), allocated);
    }

    private static double Time(Action round)
    {
        var started = Stopwatch.GetTimestamp();
        round();
        return Stopwatch.GetElapsedTime(started).TotalNanoseconds / HitsPerRound;
    }
}
