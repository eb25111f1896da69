using Larder.Ports;
using Larder.Tests.Coherence.Kit;

namespace Larder.Tests.Coherence;

/// <summary>A connection that ends under the command that would have ended a right: others do not wait until it ends by itself.</summary>
public sealed class DebtsTests
{
    private readonly World _world = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Fill_ItsAnswerIsLost_OthersGoOnAtTheNextConnection(bool isCarriedOut)
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        using var busy = b.Done(b.Tier.ClaimAsync(CoherentNode.Key, default, b.Observe(), TimeSpan.FromSeconds(1), default));
        Assert.Equal(TierStatus.Busy, busy.Status);
        Assert.False(busy.Changed!.IsCompleted);

        var filling = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        if (isCarriedOut)
        {
            a.Link.ServeAll();
        }

        a.Link.Cut();
        _world.Settle();

        Assert.Equal(StoreOutcome.Unavailable, a.Done(filling));
        Assert.True(busy.Changed.IsCompleted);
        Assert.Equal(isCarriedOut ? AuthorityKind.Value : AuthorityKind.Nothing, _world.Kind);
    }

    [Fact]
    public void Release_ItsAnswerIsLost_OthersGoOnAtTheNextConnection()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        var releasing = lease.ReleaseAsync(dropsOlder: false, default).AsTask();
        a.Link.Cut();
        a.Settle();

        Assert.True(releasing.IsCompletedSuccessfully);
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        b.Claim();
    }

    [Fact]
    public void Claim_ItsAnswerIsLost_OthersGoOnAtTheNextConnection()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var claiming = a.Tier.ClaimAsync(CoherentNode.Key, default, a.Observe(), TimeSpan.FromSeconds(1), default).AsTask();
        a.Link.ServeAll();
        Assert.Equal(AuthorityKind.Lease, _world.Kind);
        a.Link.Cut();
        a.Settle();

        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        Assert.True(claiming.IsCompleted);
        b.Claim();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Set_ItsAnswerIsLost_OthersGoOnAtTheNextConnection(bool isForced)
    {
        var (a, b) = (_world.Add(), _world.Add());
        var setting = a.Tier.SetAsync(CoherentNode.Key, CoherentNode.Write("1"), a.Host.NewTestToken(), observation: null, default).AsTask();
        a.Link.ServeAll();
        if (isForced)
        {
            while (a.Link.Deliver())
            {
            }

            a.Run();
        }

        Assert.Equal(AuthorityKind.Lease, _world.Kind);
        a.Link.Cut();
        a.Settle();

        Assert.Equal(StoreOutcome.Unavailable, a.Done(setting));
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        b.Claim();
    }

    [Fact]
    public void Refresh_TheFillIsLost_OthersRefreshAtOnce()
    {
        _world.Plant("old");
        var (a, b) = (_world.Add(), _world.Add());
        var value = _world.Token;
        var (lease, _) = a.Claim(value);
        var filling = lease.FillAsync(CoherentNode.Write("new"), a.Host.NewTestToken(), default).AsTask();
        a.Link.Cut();
        a.Settle();

        Assert.Equal(StoreOutcome.Unavailable, a.Done(filling));
        Assert.Equal((AuthorityKind.Value, value), (_world.Kind, _world.Token));
        b.Claim(value);
    }

    [Fact]
    public void Fill_ItsAnswerIsLostAndSomebodyElseHasTheRight_LeavesItAlone()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        Assert.True(b.Remove());
        var (other, _) = b.Claim();
        var filling = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.Cut();
        _world.Settle();

        Assert.True(filling.IsCompleted);
        Assert.Equal(AuthorityKind.Lease, _world.Kind);
        Assert.Equal(StoreOutcome.Stored, b.Fill(other, "2"));
    }

    [Fact]
    public void Fill_TheNextConnectionIsLostToo_OthersGoOnAtTheOneAfterThat()
    {
        var (a, b) = (_world.Add(), _world.Add());
        var (lease, _) = a.Claim();
        var filling = lease.FillAsync(CoherentNode.Write("1"), a.Host.NewTestToken(), default).AsTask();
        a.Link.Cut();
        a.Run();
        a.Link.Deliver();
        a.Run();
        a.Link.Cut();
        a.Settle();

        Assert.True(filling.IsCompleted);
        Assert.Equal(AuthorityKind.Nothing, _world.Kind);
        b.Claim();
    }
}
