using System.Diagnostics;
using Larder.Node.Histories;

namespace Larder.Integration.Tests.Histories;

/// <summary>The check itself: it finds what is wrong, and only that.</summary>
public sealed class HistoryCheckTests
{
    private static readonly long Second = Stopwatch.Frequency;

    [Fact]
    public void Violations_OldValueAfterARemoval_IsFound() =>
        Assert.Single(Check(CoherenceLevel.Strict, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 21)));

    [Fact]
    public void Violations_ReadBeganBeforeTheEnd_IsAllowed() =>
        Assert.Empty(Check(CoherenceLevel.Strict, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 19)));

    [Fact]
    public void Violations_BoundedWithinTheLease_IsAllowed() =>
        Assert.Empty(Check(CoherenceLevel.Bounded, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 20 + Second - 1)));

    [Fact]
    public void Violations_BoundedAfterTheLease_IsFound() =>
        Assert.Single(Check(CoherenceLevel.Bounded, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 20 + Second)));

    [Fact]
    public void Violations_OwnNodeAtEventual_IsFound() =>
        Assert.Single(Check(CoherenceLevel.Eventual, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 30) with { Node = 1 }));

    [Fact]
    public void Violations_OtherNodeAtEventual_IsFoundAtRestOnly()
    {
        Assert.Empty(Check(CoherenceLevel.Eventual, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 30)));
        Assert.Single(Check(CoherenceLevel.Eventual, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 30) with { IsFinal = true }));
    }

    [Fact]
    public void Violations_FinalReadBeforeTheRest_IsAllowedAtEventual()
    {
        HistoryRecord[] records = [Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 30) with { IsFinal = true }];
        Assert.Empty(new HistoryCheck(records, CoherenceLevel.Eventual, TimeSpan.FromSeconds(1)) { Rest = 31 }.Violations());
        Assert.Single(new HistoryCheck(records, CoherenceLevel.Eventual, TimeSpan.FromSeconds(1)) { Rest = 30 }.Violations());
    }

    [Fact]
    public void Violations_SetBesideARemoval_IsExcused() =>
        Assert.Empty(Check(
            CoherenceLevel.Strict, SetBegan(version: 1, 15), Change(HistoryKind.Set, version: 1, 15, 40) with { Node = 3 }, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_SetBeforeARemoval_IsFound() =>
        Assert.Single(Check(
            CoherenceLevel.Strict, SetBegan(version: 1, 5), Change(HistoryKind.Set, version: 1, 5, 9) with { Node = 3 }, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_SetWithoutAnEnd_CountsAsUnderWay() =>
        Assert.Empty(Check(CoherenceLevel.Strict, SetBegan(version: 1, 5), Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_StaleAfterAnExpiration_IsAllowed()
    {
        Assert.Empty(Check(CoherenceLevel.Strict, Change(HistoryKind.Expired, version: 2, 10, 20), Read(version: 1, began: 30) with { Status = CacheStatus.Stale }));
        Assert.Single(Check(CoherenceLevel.Strict, Change(HistoryKind.Expired, version: 2, 10, 20), Read(version: 1, began: 30)));
    }

    [Fact]
    public void Violations_OlderFloorStillBinds_WhenTheNewerDoesNot() =>
        Assert.Single(Check(
            CoherenceLevel.Strict, Change(HistoryKind.Removed, version: 2, 10, 20), Change(HistoryKind.Removed, version: 3, 21, 60), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_ChangeThatAReplicaMayLack_BindsNobody() =>
        Assert.Empty(CheckDoubting(new Doubt(15, 40, HadTwoPrimaries: false), Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_ChangeLongBeforeAFailover_Binds() =>
        Assert.Single(CheckDoubting(new Doubt(21, 40, HadTwoPrimaries: false), Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 50)));

    [Fact]
    public void Violations_TwoPrimaries_ReadsMeanwhileAreAllowedAndLaterOnesAreNot()
    {
        var doubt = new Doubt(30, 40, HadTwoPrimaries: true);
        Assert.Empty(CheckDoubting(doubt, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 35)));
        Assert.Empty(CheckDoubting(doubt, Change(HistoryKind.Removed, version: 2, 25, 30), Read(version: 1, began: 50)));
        Assert.Single(CheckDoubting(doubt, Change(HistoryKind.Removed, version: 2, 10, 20), Read(version: 1, began: 41)));
    }

    [Theory]
    [InlineData(CacheTier.Remote, false)]
    [InlineData(CacheTier.Memory, true)]
    public void IsMeaningful_HitsOfOneTier_AreEnoughFromMemoryOnly(CacheTier tier, bool isEnough)
    {
        var reads = Enumerable.Range(0, 1_000).Select(_ => Read(version: 1, began: 50) with { Tier = tier });
        var changes = Enumerable.Range(0, 100).Select(static _ => Change(HistoryKind.Removed, version: 1, 10, 20));
        Assert.Equal(isEnough, new HistoryCheck([.. reads, .. changes], CoherenceLevel.Strict, TimeSpan.FromSeconds(1)).IsMeaningful);
    }

    private static List<string> CheckDoubting(Doubt doubt, params HistoryRecord[] records) =>
        new HistoryCheck(records, CoherenceLevel.Strict, TimeSpan.FromSeconds(1)) { Doubts = [doubt] }.Violations();

    private static List<string> Check(CoherenceLevel level, params HistoryRecord[] records) => new HistoryCheck(records, level, TimeSpan.FromSeconds(1)).Violations();

    private static HistoryRecord Change(HistoryKind kind, long version, long began, long ended) => new() { Kind = kind, Node = 1, Version = version, Began = began, Ended = ended };

    private static HistoryRecord SetBegan(long version, long began) => new() { Kind = HistoryKind.SetBegan, Node = 3, Version = version, Began = began, Ended = began };

    private static HistoryRecord Read(long version, long began) => new() { Kind = HistoryKind.Read, Node = 2, Status = CacheStatus.Hit, Version = version, Began = began, Ended = began + 1 };
}
