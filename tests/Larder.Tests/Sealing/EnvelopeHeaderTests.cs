using Larder.Entries;
using Larder.Fences;
using Larder.Sealing;
using static Larder.Tests.Sealing.SealingKit;

namespace Larder.Tests.Sealing;

/// <summary>From an entry to what lower tiers keep, and back on another clock.</summary>
public sealed class EnvelopeHeaderTests
{
    private const long Now = 5_000_000;
    private static readonly FenceCell Cache = new();

    [Fact]
    public void ThereAndBack_OnTheSameClock_IsTheSameTimeline()
    {
        var entry = Made(new EntryOptions { FreshFor = S(100), StaleFor = S(10), FallbackFor = S(20), RefreshAhead = 0.5 });
        var header = EnvelopeHeader.Of(entry, Now + 7_000, Created + 7_000, CacheFence, null);

        Assert.Equal((Created, Created + 100_000, Created + 130_000), (header.CreatedAt, header.FreshUntil, header.GoneAt));
        var back = Read(header, Now + 9_000, Created + 9_000);
        Assert.Equal((entry.CreatedAt, entry.FreshUntil, entry.GoneAt, entry.PlainUntil), (back.CreatedAt, back.FreshUntil, back.GoneAt, back.PlainUntil));
    }

    [Fact]
    public void HeadAndEntry_GiveTheSameHeader()
    {
        foreach (var options in new[] { new EntryOptions { FreshFor = S(100), StaleFor = S(5) }, new EntryOptions { FreshFor = S(100), SlidingFor = S(30) } })
        {
            var head = Head(options);
            AssertSame(
                EnvelopeHeader.Of(new PlainEntry<int>(in head, 1), Now, Created, CacheFence, null),
                EnvelopeHeader.Of(in head, Now, Created, CacheFence, null));
        }
    }

    [Theory]
    [InlineData(-20_000)]
    [InlineData(0)]
    [InlineData(20_000)]
    public void AnExpiration_IsOver_WhateverTheReadersClockSays(long skew)
    {
        var entry = Made(new EntryOptions { FreshFor = S(100), StaleFor = S(10) });
        var header = EnvelopeHeader.Of(entry, Now, Created, CacheFence, null) with { IsExpired = true, FreshUntil = Created + 3_000 };
        Assert.True(EnvelopeHeader.TryReadExpiration(header.StoredFreshUntil, out var freshUntil));
        Assert.Equal(Created + 3_000, freshUntil);

        var back = Read(header, Now + 4_000, Created + 4_000 + skew);
        Assert.True(back.PhaseAt(Now + 4_000) > Phase.RefreshDue);
    }

    [Fact]
    public void AnExpiration_IsSmallerThanEveryEndToCome_AndTheFirstOneStays()
    {
        var first = EnvelopeHeader.ExpiredAt(Created + 1_000);
        Assert.True(first < EnvelopeHeader.ExpiredAt(Created + 2_000));
        Assert.True(EnvelopeHeader.ExpiredAt(Created + 2_000) < Created);
        Assert.False(EnvelopeHeader.TryReadExpiration(Created, out _));
    }

    [Fact]
    public void ExpiredEntry_StaysExpired()
    {
        var entry = Made(new EntryOptions { FreshFor = S(100), StaleFor = S(10) }).ExpiredAt(Now + 3_000);
        var header = EnvelopeHeader.Of(entry, Now + 4_000, Created + 4_000, CacheFence, null);
        Assert.Equal((Created + 3_000, 100_000), (header.FreshUntil, header.FreshFor));

        var back = Read(header, Now + 4_000, Created + 4_000);
        Assert.Equal((Phase.Stale, Now + 13_000), (back.PhaseAt(Now + 4_000), back.GoneAt));
    }

    [Fact]
    public void ClockThatLagsBehindTheWriters_MakesTheEntryNoYoungerThanNow()
    {
        var header = Plain with { StaleFor = 1_000 };
        var back = Read(header, Now, unixNow: Created - 3_600_000);

        Assert.Equal((Now, Now + 300_000), (back.CreatedAt, back.FreshUntil));
    }

    [Fact]
    public void ClockThatIsAheadOfTheWriters_MakesTheEntryOlder()
    {
        var back = Read(Plain with { StaleFor = 1_000_000 }, Now, unixNow: Created + 400_000);
        Assert.Equal((Now - 400_000, Now - 100_000, Phase.Stale), (back.CreatedAt, back.FreshUntil, back.PhaseAt(Now)));
    }

    [Fact]
    public void FreshUntilBeforeCreation_IsNotFreshAtAll()
    {
        var back = Read(Plain with { FreshUntil = Created - 5_000, StaleFor = 10_000 }, Now, Created);
        Assert.Equal((Now, Phase.Stale), (back.FreshUntil, back.PhaseAt(Now)));
    }

    [Fact]
    public void FreshUntilBeyondWhatWasStored_CountsAsWhatWasStored()
    {
        var back = Read(Plain with { FreshUntil = long.MaxValue }, Now, Created + 1_000);
        Assert.Equal(Now - 1_000 + 300_000, back.FreshUntil);
    }

    [Fact]
    public void Sliding_FreshEntry_SlidesOnFromTheRead_WithinItsLimit()
    {
        var entry = Made(new EntryOptions { FreshFor = S(100), SlidingFor = S(30) });
        entry.Touch(Now + 20_000);
        var header = EnvelopeHeader.Of(entry, Now + 20_000, Created + 20_000, CacheFence, null);
        Assert.Equal((Created + 50_000, Created + 100_000), (header.FreshUntil, header.GoneAt));

        var back = Read(header, Now + 40_000, Created + 40_000);
        back.Touch(Now + 40_000);
        Assert.Equal((Phase.Fresh, Now + 70_000), (back.PhaseAt(Now + 40_000), back.FreshUntil));
        back.Touch(Now + 69_000);
        Assert.Equal(Now + 99_000, back.FreshUntil);
        back.Touch(Now + 98_000);
        Assert.Equal(Now + 100_000, back.FreshUntil);
    }

    [Fact]
    public void Sliding_EntryPastItsFreshness_DoesNotSlideBack()
    {
        var header = Plain with { FreshUntil = Created + 30_000, SlidingFor = 30_000, StaleFor = 100_000 };
        var back = Read(header, Now + 31_000, Created + 31_000);
        back.Touch(Now + 31_000);

        Assert.Equal((Phase.Stale, Now + 30_000), (back.PhaseAt(Now + 31_000), back.FreshUntil));
    }

    [Fact]
    public void MemoryCap_CountsFromTheReadOn()
    {
        var lifetime = Plain.LifetimeAt(Created + 50_000, memoryFor: 10_000);
        var head = new EntryHead("k", Cache.Stamp, null, lifetime, Plain.CreatedOn(Now, Created + 50_000));

        Assert.Equal(Now + 10_000, new PlainEntry<int>(in head, 1).GoneAt);
    }

    [Fact]
    public void NotFound_IsKeptInTheHeader()
    {
        var head = Head(new EntryOptions { NotFoundFor = S(5) });
        var entry = new NotFoundEntry(head.WithLifetime(head.Lifetime.OfNotFound()));
        var header = EnvelopeHeader.Of(entry, Now, Created, CacheFence, null);

        Assert.Equal((true, Created + 5_000), (header.IsNotFound, header.FreshUntil));
    }

    [Fact]
    public void AnyNumbers_GiveAnEntryWhoseTimesDoNotOverflow()
    {
        long[] wild = [long.MinValue, -1, 0, 1, Created, long.MaxValue - 1, long.MaxValue];
        foreach (var at in wild)
        {
            foreach (var length in wild.Where(some => some >= 0))
            {
                foreach (var end in wild)
                {
                    var header = Plain with
                    {
                        CreatedAt = at,
                        FreshUntil = end,
                        FreshFor = length,
                        StaleFor = length,
                        FallbackFor = length,
                        SlidingFor = length,
                        RefreshAfter = length,
                    };
                    var back = Read(header, Now, Created);
                    Assert.True(back.CreatedAt <= Now && back.FreshUntil >= back.CreatedAt && back.GoneAt >= back.FreshUntil, $"{at} {length} {end}");
                    Assert.True(header.GoneAt >= Math.Min(header.FreshUntil, header.CreatedAt));
                }
            }
        }
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private static EntryHead Head(EntryOptions options) =>
        new("k", Cache.Stamp, null, EntrySettings.Library.Merge(options).Lifetime, Now);

    private static Entry Made(EntryOptions options) => new PlainEntry<int>(Head(options), 1);

    private static Entry Read(EnvelopeHeader header, long now, long unixNow)
    {
        var head = new EntryHead("k", Cache.Stamp, null, header.LifetimeAt(unixNow, long.MaxValue), header.CreatedOn(now, unixNow));
        return new PlainEntry<int>(in head, 1);
    }
}
