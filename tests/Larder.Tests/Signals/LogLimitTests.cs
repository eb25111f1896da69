using System.Globalization;
using Larder.Scheduling;
using Larder.Signals;
using Larder.Tests.Support;
using static Larder.Tests.Support.TestCache;

namespace Larder.Tests.Signals;

/// <summary>What happens for every call while something is wrong is told at once, and then seldom, with the number of what was left out.</summary>
public sealed class LogLimitTests : IDisposable
{
    private readonly FakeClock _clock = new();
    private readonly Shelf _shelf = new();
    private readonly LogCollector _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public async Task Removals_AllOfWhichFail_AreTwoLinesInTwentySeconds()
    {
        await using var cache = Open();
        _shelf.IsDown = true;
        await FailAsync(cache, 1_000);
        Assert.Equal(1, Told(14));

        _clock.Advance(Seconds(10));
        await FailAsync(cache, 1_000);

        Assert.Equal(2, Told(14));
        Assert.Equal(0, Told(12));
        Assert.Contains("did not confirm a change", Last(14), StringComparison.Ordinal);
        Assert.DoesNotContain("more since", Text(14).First(), StringComparison.Ordinal);
        Assert.EndsWith(" And 999 more since the last such message.", Last(14), StringComparison.Ordinal);
        Assert.Equal(2_000, cache.Statistics.TierFailures);
    }

    [Fact]
    public async Task ReadsAndChanges_HaveMessagesOfTheirOwn()
    {
        await using var cache = Open();
        _shelf.IsDown = true;

        await cache.GetAsync<string>("k");
        await FailAsync(cache, 1);

        Assert.Equal((1, 1), (Told(12), Told(14)));
        Assert.Contains("reads go on without it", Last(12), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherReason_IsToldAtOnce()
    {
        await using var cache = Open();
        _shelf.IsDown = true;
        await FailAsync(cache, 2);
        (_shelf.IsDown, _shelf.Throws) = (false, true);

        await FailAsync(cache, 2);

        Assert.Equal(2, Told(14));
    }

    [Fact]
    public async Task ValuesOfAnotherType_ReadAgainAndAgain_AreOneLine()
    {
        await using (var writer = Open())
        {
            await writer.SetAsync("k", "a text");
        }

        _log.Clear();
        await using var reader = Open();
        for (var i = 0; i < 400; i++)
        {
            await reader.GetAsync<int>("k");
        }

        Assert.Equal(1, Told(11));
        Assert.Equal(400, reader.Statistics.TierUnreadable);
    }

    [Fact]
    public void MayTell_ByManyThreadsAtOnce_TellsOneAndCountsTheOthers()
    {
        var limit = new LogLimit(new Clock(_clock));
        var told = 0;
        Parallel.For(0, 10_000, _ => Interlocked.Add(ref told, limit.MayTell(out var _) ? 1 : 0));
        _clock.Advance(TimeSpan.FromMilliseconds(LogLimit.Milliseconds));

        Assert.Equal(1, told);
        Assert.True(limit.MayTell(out var leftOut));
        Assert.Equal(9_999, leftOut.Count);
        Assert.Equal(" And 9,999 more since the last such message.", leftOut.ToString());
    }

    [Fact]
    public void MayTell_MoreCausesThanThereShouldBe_ShareOneLimit()
    {
        var limits = new LogLimits(new Clock(_clock));
        var told = Enumerable.Range(0, 1_000).Count(i => limits.MayTell(("event", i.ToString(CultureInfo.InvariantCulture), null), out _));

        Assert.Equal(257, told);
    }

    private static async Task FailAsync(ICache cache, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await Assert.ThrowsAsync<TierUnavailableException>(async () => await cache.RemoveAsync("k"));
        }
    }

    private ICache Open() => Create(_clock, options => (options.Authority, options.LoggerFactory) = (_shelf.Open(), _log));

    private IEnumerable<string> Text(int id) => _log.Records.Where(record => record.Id.Id == id).Select(static record => record.Message);

    private int Told(int id) => Text(id).Count();

    private string Last(int id) => Text(id).Last();
}
