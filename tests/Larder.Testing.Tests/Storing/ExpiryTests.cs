using Larder.Testing.Tests.Support;

namespace Larder.Testing.Tests.Storing;

public sealed class ExpiryTests
{
    [Fact]
    public void Expiry_OfKeysThatAreWrittenAgainAndAgain_IsThatOfTheLastWrite()
    {
        var clock = new FakeClock();
        var authority = new MemoryAuthority(clock);
        var node = new Node(authority);
        for (var i = 0; i < 10_000; i++)
        {
            node.Store($"{i % 3}", 7, milliseconds: 60_000 + i);
        }

        Assert.Equal(3, authority.Keys(Node.Cache).Count);
        clock.Advance(TimeSpan.FromMilliseconds(60_000 + 9_996));
        Assert.Equal(3, authority.Keys(Node.Cache).Count);
        clock.Advance(TimeSpan.FromMilliseconds(3));
        Assert.Empty(authority.Keys(Node.Cache));
        Assert.Equal(0, clock.PendingTimers);
    }
}
