using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Storing;

/// <summary>Each verb does what its doc comment says.</summary>
public sealed class VerbTests
{
    private readonly FakeClock _clock = new();
    private readonly MemoryAuthority _authority;
    private readonly Node _a;
    private readonly Node _b;

    public VerbTests()
    {
        _authority = new MemoryAuthority(_clock);
        _a = new Node(_authority);
        _b = new Node(_authority);
    }

    [Fact]
    public void Read_OfAValue_AnswersTokenAndBody_AndTracksNothing()
    {
        _a.Store("k", 7, body: [1, 2, 3]);

        var asked = _b.Ask(AuthorityVerb.Read, "k");
        _a.Answer(AuthorityVerb.Remove, "k");

        Assert.Equal((AuthorityKind.Value, Node.Token(7)), (asked.Answer.Kind, asked.Answer.Token));
        Assert.Equal([1, 2, 3], asked.AnswerBody);
        Assert.Empty(_b.Told());
    }

    [Fact]
    public void ReadMany_OfSeveralKeys_AnswersEachUnderItsIndex_AndTracksNothing()
    {
        _a.Store("y", 7, body: [1, 2, 3]);
        _b.Told();

        var asked = _b.AskMany(AuthorityVerb.ReadMany, "x", "y");

        Assert.Equal(["answer ReadMany x", "answer ReadMany y"], _b.Listening.Take());
        Assert.Equal((AuthorityKind.Value, Node.Token(7)), (asked.Answer.Kind, asked.Answer.Token));
        Assert.Equal([1, 2, 3], asked.AnswerBody);
        _a.Answer(AuthorityVerb.Remove, "x");
        _a.Answer(AuthorityVerb.Remove, "y");
        Assert.Empty(_b.Told());
    }

    [Fact]
    public void TrackedReadMany_OfSeveralKeys_IsToldOfTheNextChangeOfEach()
    {
        _a.Store("y", 7, body: [1]);

        Assert.Equal(2, _b.AskMany(AuthorityVerb.TrackedReadMany, "x", "y").AnswerCount);
        _a.Answer(AuthorityVerb.Remove, "x");
        _a.Answer(AuthorityVerb.Remove, "y");
        _a.Answer(AuthorityVerb.Remove, "y");

        Assert.Equal(["key x", "key y"], _b.Told());
    }

    [Fact]
    public void ReadMany_WithoutKeys_IsRefused()
    {
        var asked = _b.AskMany(AuthorityVerb.ReadMany);

        Assert.Equal((0, 1), (asked.AnswerCount, asked.FailureCount));
        Assert.Contains("give it one or more", asked.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TrackedRead_OfALease_AnswersTheMillisecondsThatAreLeft()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1, milliseconds: 500);
        _clock.Advance(TimeSpan.FromMilliseconds(100));

        var answer = _b.Answer(AuthorityVerb.TrackedRead, "k");

        Assert.Equal((AuthorityKind.Lease, Node.Token(1), 400), (answer.Kind, answer.Token, answer.Milliseconds));
    }

    [Fact]
    public void TrackedRead_OfAMissingKey_IsToldOfTheNextChangeOnce()
    {
        Assert.Equal(AuthorityKind.Nothing, _b.Answer(AuthorityVerb.TrackedRead, "k").Kind);

        _a.Store("k", 1);
        _a.Answer(AuthorityVerb.Remove, "k");

        Assert.Equal(["key k"], _b.Told());
    }

    [Fact]
    public void TrackedPeek_OfAValue_AnswersKindAndTokenAlone()
    {
        _a.Store("k", 7, body: [1]);

        var asked = _b.Ask(AuthorityVerb.TrackedPeek, "k");
        _a.Answer(AuthorityVerb.Remove, "k");

        Assert.Equal((AuthorityKind.Value, Node.Token(7)), (asked.Answer.Kind, asked.Answer.Token));
        Assert.Empty(asked.AnswerBody);
        Assert.Equal(["key k"], _b.Told());
    }

    [Fact]
    public void Acquire_OfANewKey_GivesOneNodeTheLease()
    {
        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Acquire, "k", token: 1).Kind);

        var second = _b.Answer(AuthorityVerb.Acquire, "k", token: 2);

        Assert.Equal((AuthorityKind.Lease, Node.Token(1)), (second.Kind, second.Token));
        _a.Answer(AuthorityVerb.Release, "k", expected: 1);
        Assert.Equal(["key k"], _b.Told());
        Assert.Equal(AuthorityKind.Nothing, _b.Answer(AuthorityVerb.Acquire, "k", token: 3).Kind);
    }

    [Fact]
    public void Acquire_ThatPlants_IsAnnouncedToItsOwnConnection()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1);

        Assert.Equal(["key k"], _a.Told());
        Assert.Equal(AuthorityKind.Lease, _authority.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void Acquire_OverASnapshot_TakesItsPlace()
    {
        _a.Answer(AuthorityVerb.Snapshot, "k", token: 1);

        Assert.Equal(AuthorityKind.Nothing, _b.Answer(AuthorityVerb.Acquire, "k", token: 2).Kind);
        Assert.Equal(Node.Token(2), _authority.TokenOf(Node.Cache, "k"));
    }

    [Fact]
    public void Keep_OfItsLease_ProlongsIt_AndOfAnotherDoesNothing()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1, milliseconds: 100);
        _a.Answer(AuthorityVerb.Keep, "k", expected: 2, milliseconds: 1_000);
        Assert.Equal(100, _b.Answer(AuthorityVerb.TrackedRead, "k").Milliseconds);

        _a.Answer(AuthorityVerb.Keep, "k", expected: 1, milliseconds: 1_000);

        Assert.Equal(["key k"], _b.Told());
        Assert.Equal(1_000, _b.Answer(AuthorityVerb.TrackedRead, "k").Milliseconds);
    }

    [Fact]
    public void Fill_OfLeaseValueOrSnapshotWithTheToken_Stores()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1);
        Assert.Equal(1, _a.Answer(AuthorityVerb.Fill, "k", token: 2, expected: 1, body: [2]).Number);
        Assert.Equal(1, _a.Answer(AuthorityVerb.Fill, "k", token: 3, expected: 2, body: [3]).Number);
        _a.Answer(AuthorityVerb.Remove, "k");
        _a.Answer(AuthorityVerb.Snapshot, "k", token: 4);
        Assert.Equal(1, _a.Answer(AuthorityVerb.Fill, "k", token: 5, expected: 4, body: [5]).Number);

        Assert.Equal([5], _authority.BodyOf(Node.Cache, "k").ToArray());
    }

    [Fact]
    public void Fill_WithAnotherToken_ChangesNothing_AndKnowsItsOwnValue()
    {
        _a.Store("k", 7, body: [7]);

        Assert.Equal(0, _b.Answer(AuthorityVerb.Fill, "k", token: 8, expected: 6, body: [8]).Number);
        Assert.Equal(2, _b.Answer(AuthorityVerb.Fill, "k", token: 7, expected: 6, body: [8]).Number);
        Assert.Equal(0, _b.Answer(AuthorityVerb.Fill, "other", token: 8, expected: 6).Number);

        Assert.Equal([7], _authority.BodyOf(Node.Cache, "k").ToArray());
        Assert.Equal(["k"], _authority.Keys(Node.Cache));
    }

    [Fact]
    public void Fill_KeepsACopyOfTheBytes()
    {
        byte[] bytes = [1, 2, 3];
        _a.Store("k", 7, body: bytes);
        bytes[0] = 9;

        Assert.Equal([1, 2, 3], _b.Ask(AuthorityVerb.Read, "k").AnswerBody);
    }

    [Fact]
    public void Release_OfLeaseOrValueWithTheToken_RemovesIt()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1);
        Assert.Equal(0, _a.Answer(AuthorityVerb.Release, "k", expected: 2).Number);
        Assert.Equal(1, _a.Answer(AuthorityVerb.Release, "k", expected: 1).Number);
        _a.Store("k", 3);
        Assert.Equal(1, _a.Answer(AuthorityVerb.Release, "k", expected: 3).Number);
        _a.Answer(AuthorityVerb.Snapshot, "k", token: 4);
        Assert.Equal(0, _a.Answer(AuthorityVerb.Release, "k", expected: 4).Number);

        Assert.Equal(AuthorityKind.Snapshot, _authority.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void Force_WhateverIsThere_PlantsALease()
    {
        _a.Store("k", 7);
        _b.Answer(AuthorityVerb.TrackedPeek, "k");

        _a.Answer(AuthorityVerb.Force, "k", token: 8);

        Assert.Equal((AuthorityKind.Lease, Node.Token(8)), (_authority.KindOf(Node.Cache, "k"), _authority.TokenOf(Node.Cache, "k")));
        Assert.Equal(["key k"], _b.Told());
    }

    [Fact]
    public void Remove_OfAMissingKey_IsAnnounced()
    {
        _b.Answer(AuthorityVerb.TrackedPeek, "k");

        _a.Answer(AuthorityVerb.Remove, "k");

        Assert.Equal(["key k"], _b.Told());
    }

    [Theory]
    [InlineData(1_000, 500, 500)]
    [InlineData(400, 500, 400)]
    [InlineData(-5, 500, -5)]
    public void Expire_OfAValue_MovesTheFirstEightBytesDownOnly_AndGivesTheToken(long present, long asked, long expected)
    {
        byte[] body = new byte[10];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(body, present);
        body[9] = 42;
        _a.Store("k", 7, body: body);

        _b.Answer(AuthorityVerb.Expire, "k", token: 8, number: asked);

        var changed = _authority.BodyOf(Node.Cache, "k").ToArray();
        Assert.Equal(expected, System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(changed));
        Assert.Equal([0, 42], changed[8..]);
        Assert.Equal(Node.Token(8), _authority.TokenOf(Node.Cache, "k"));
    }

    [Theory]
    [InlineData(AuthorityVerb.Acquire, AuthorityKind.Nothing)]
    [InlineData(AuthorityVerb.Snapshot, AuthorityKind.Nothing)]
    [InlineData(AuthorityVerb.Hold, AuthorityKind.Hold)]
    [InlineData(AuthorityVerb.Increment, AuthorityKind.Number)]
    public void Expire_OfWhatIsNoValue_RemovesLeasesAndSnapshotsAlone(AuthorityVerb planted, AuthorityKind left)
    {
        _a.Answer(planted, "k", token: 1, number: 5);

        _a.Answer(AuthorityVerb.Expire, "k", token: 2, number: 0);

        Assert.Equal(left, _authority.KindOf(Node.Cache, "k"));
    }

    [Fact]
    public void Expire_OfAMissingKey_IsAnnounced()
    {
        _b.Answer(AuthorityVerb.TrackedPeek, "k");

        _a.Answer(AuthorityVerb.Expire, "k", token: 2, number: 0);

        Assert.Equal(["key k"], _b.Told());
    }

    [Fact]
    public void Snapshot_AnswersTheTokenThatIsThere_OrPlantsOne_OrNoneForAHold()
    {
        Assert.Equal(Node.Token(1), _a.Answer(AuthorityVerb.Snapshot, "k", token: 1).Token);
        Assert.Equal(Node.Token(1), _b.Answer(AuthorityVerb.Snapshot, "k", token: 2).Token);
        _a.Store("k", 7);
        Assert.Equal(Node.Token(7), _b.Answer(AuthorityVerb.Snapshot, "k", token: 3).Token);
        _a.Answer(AuthorityVerb.Hold, "k");
        Assert.Equal(FenceToken.None, _b.Answer(AuthorityVerb.Snapshot, "k", token: 4).Token);
        _a.Answer(AuthorityVerb.Increment, "n", token: 9, number: 1);
        Assert.Equal(FenceToken.None, _b.Answer(AuthorityVerb.Snapshot, "n", token: 4).Token);
    }

    [Fact]
    public void Increment_CountsFromZero_KeepsItsTime_AndRefusesOverflowAndValues()
    {
        Assert.Equal(5, _a.Answer(AuthorityVerb.Increment, "n", token: 9, number: 5, milliseconds: 1_000).Number);
        Assert.Equal(3, _b.Answer(AuthorityVerb.Increment, "n", token: 9, number: -2, milliseconds: 60_000).Number);
        Assert.Equal(AuthorityKind.Nothing, _b.Answer(AuthorityVerb.Increment, "n", token: 9, number: long.MaxValue).Kind);
        Assert.Equal(3, _b.Answer(AuthorityVerb.Increment, "n", token: 9, number: 0).Number);
        _a.Store("v", 7);
        Assert.Equal(AuthorityKind.Value, _b.Answer(AuthorityVerb.Increment, "v", token: 9, number: 1).Kind);

        _clock.Advance(TimeSpan.FromMilliseconds(1_000));

        Assert.Equal(AuthorityKind.Nothing, _authority.KindOf(Node.Cache, "n"));
    }

    [Fact]
    public void Increment_UnderAnotherFence_ChangesNothing_UnlessTheNumberIsKnownToBeOver()
    {
        _a.Answer(AuthorityVerb.Increment, "n", token: 1, number: 5, milliseconds: 1_000);

        var other = _b.Answer(AuthorityVerb.Increment, "n", token: 2, number: 7);
        Assert.Equal((AuthorityKind.Number, Node.Token(1)), (other.Kind, other.Token));
        Assert.Equal(Node.Token(1), _b.Answer(AuthorityVerb.Increment, "n", token: 2, expected: 3, number: 7).Token);
        Assert.Equal(5, _a.Answer(AuthorityVerb.Increment, "n", token: 1, number: 0).Number);

        var anew = _b.Answer(AuthorityVerb.Increment, "n", token: 2, expected: 1, number: 7, milliseconds: 60_000);
        Assert.Equal((7, Node.Token(2)), (anew.Number, anew.Token));
        _clock.Advance(TimeSpan.FromMilliseconds(1_000));
        Assert.Equal(8, _b.Answer(AuthorityVerb.Increment, "n", token: 2, expected: 1, number: 1).Number);
    }

    [Fact]
    public void Hold_AnswersAsHold_WithWhatIsLeft_AndRefusesFills()
    {
        _a.Answer(AuthorityVerb.Acquire, "k", token: 1);
        _b.Answer(AuthorityVerb.Hold, "k", milliseconds: 300);

        var answer = _a.Answer(AuthorityVerb.Acquire, "k", token: 2);

        Assert.Equal((AuthorityKind.Hold, 300), (answer.Kind, answer.Milliseconds));
        Assert.Equal(0, _a.Answer(AuthorityVerb.Fill, "k", token: 3, expected: 1).Number);
        _clock.Advance(TimeSpan.FromMilliseconds(300));
        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Acquire, "k", token: 2).Kind);
    }

    [Fact]
    public void TakeRefresh_IsApartFromTheKey_AndTakenOnce()
    {
        _a.Store("k", 7);
        Assert.Equal(1, _a.Answer(AuthorityVerb.TakeRefresh, "k", token: 1, milliseconds: 400).Number);
        _clock.Advance(TimeSpan.FromMilliseconds(100));

        var second = _b.Answer(AuthorityVerb.TakeRefresh, "k", token: 2);

        Assert.Equal((0, 300), (second.Number, second.Milliseconds));
        _b.Answer(AuthorityVerb.ReleaseRefresh, "k", expected: 2);
        Assert.Equal(0, _b.Answer(AuthorityVerb.TakeRefresh, "k", token: 2).Number);
        _a.Answer(AuthorityVerb.ReleaseRefresh, "k", expected: 1);
        Assert.Equal(1, _b.Answer(AuthorityVerb.TakeRefresh, "k", token: 3, milliseconds: 50).Number);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(1, _a.Answer(AuthorityVerb.TakeRefresh, "k", token: 4).Number);
        Assert.Equal(Node.Token(7), _authority.TokenOf(Node.Cache, "k"));
    }

    [Fact]
    public void ReadFence_MakesAMissingOne_AndIsToldWhenItMoves()
    {
        var tag = FenceName.OfTag("t");
        Assert.Equal(Node.Token(1), _a.Answer(AuthorityVerb.ReadFence, token: 1, fence: tag).Token);
        Assert.Equal(Node.Token(1), _b.Answer(AuthorityVerb.ReadFence, token: 2, fence: tag).Token);
        Assert.Equal(Node.Token(3), _b.Answer(AuthorityVerb.ReadFence, token: 3, fence: FenceName.AnyTag).Token);

        _a.Answer(AuthorityVerb.MoveFence, token: 4, fence: tag);

        Assert.Equal(["fence Tag t"], _a.Told());
        Assert.Equal(["fence Tag t"], _b.Told());
        Assert.Equal(Node.Token(4), _b.Answer(AuthorityVerb.ReadFence, token: 5, fence: tag).Token);
    }
}
