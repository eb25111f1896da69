using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Storing;

public sealed class RegistryTests
{
    private readonly MemoryAuthority _authority = new(new FakeClock());
    private readonly Node _a;

    public RegistryTests() => _a = new Node(_authority);

    [Fact]
    public void Renew_WithoutARegistry_MakesOne_AndCountsHeartbeats()
    {
        Assert.Equal(AuthorityKind.Nothing, _a.Answer(AuthorityVerb.Status).Kind);

        var first = _a.Answer(AuthorityVerb.Renew, "id", token: 1, milliseconds: 5_000);
        _a.Answer(AuthorityVerb.Renew, "id", token: 2, milliseconds: 5_000);

        Assert.Equal((Node.Token(1), 0), (first.Token, first.Number));
        Assert.Equal([new RegistryNode("id", 0, 2)], _a.Answer(AuthorityVerb.Status).Nodes);
    }

    [Fact]
    public void Renew_AcknowledgesUnderItsNonceOnly()
    {
        _a.Answer(AuthorityVerb.Renew, "id", token: 1, milliseconds: 5_000);
        var bumped = _a.Answer(AuthorityVerb.Bump, token: 2, milliseconds: 5_000);
        Assert.Equal((Node.Token(1), 1), (bumped.Token, bumped.Number));

        _a.Answer(AuthorityVerb.Renew, "id", token: 3, expected: 1, milliseconds: 5_000, number: 1);
        _a.Answer(AuthorityVerb.Renew, "late", token: 3, expected: 9, milliseconds: 5_000, number: 1);

        Assert.Equal([new RegistryNode("id", 1, 2), new RegistryNode("late", 0, 3)], _a.Answer(AuthorityVerb.Status).Nodes);
    }

    [Fact]
    public void Renew_WithAnotherLeaseTime_AnswersHoldAndChangesNothing()
    {
        _a.Answer(AuthorityVerb.Renew, "id", token: 1, milliseconds: 5_000);

        Assert.Equal(AuthorityKind.Hold, _a.Answer(AuthorityVerb.Renew, "other", token: 1, milliseconds: 4_000).Kind);

        Assert.Equal("id", Assert.Single(_a.Answer(AuthorityVerb.Status).Nodes!).Id);
    }

    [Fact]
    public void Forget_NeedsTheNonceAndTheHeartbeats()
    {
        _a.Answer(AuthorityVerb.Renew, "id", token: 1, milliseconds: 5_000);

        _a.Answer(AuthorityVerb.Forget, "id", expected: 2, number: 1);
        _a.Answer(AuthorityVerb.Forget, "id", expected: 1, number: 2);
        Assert.Single(_a.Answer(AuthorityVerb.Status).Nodes!);

        _a.Answer(AuthorityVerb.Forget, "id", expected: 1, number: 1);
        Assert.Empty(_a.Answer(AuthorityVerb.Status).Nodes!);
    }

    [Fact]
    public void EvictRegistry_BeginsAnotherNonce()
    {
        _a.Answer(AuthorityVerb.Renew, "id", token: 1, milliseconds: 5_000);

        Assert.True(_authority.EvictRegistry(Node.Cache));
        Assert.False(_authority.EvictRegistry(Node.Cache));

        Assert.Equal(Node.Token(2), _a.Answer(AuthorityVerb.Renew, "id", token: 2, milliseconds: 5_000).Token);
    }
}
