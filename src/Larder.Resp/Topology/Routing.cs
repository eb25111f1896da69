using System.Text;
using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;

namespace Larder.Resp.Topology;

/// <summary>Which node a command takes, and what becomes of it when that node sends it away.</summary>
/// <remarks>
/// An error that says "not carried out" (MOVED, ASK, TRYAGAIN, CLUSTERDOWN, LOADING, MASTERDOWN, READONLY) lets any command be sent again, also one
/// that is not repeatable; of a group only if no part of it was carried out, or all may be repeated. Who is bound to a connection, or
/// never resent, gets the error.
/// </remarks>
internal abstract class Routing : IRerouting, IAsyncDisposable
{
    // With pauses that double from 10 ms to 500 ms that is 5 seconds; the deadline of the command mostly comes first.
    private const int MostDetours = 16;
    private const int ShortestPause = 10;
    private const int LongestPause = 500;
    private const int LongestCode = 16;
    private static readonly IReadOnlyList<RespSlotRange> AllSlots = [new(0, RespSlots.Count - 1)];

    private protected Routing(NodeContext context)
    {
        Context = context;
        Postponed = new Postponed(context.Scheduler, Resend, Diagnose);
    }

    /// <summary>The node of commands without a key, and of channels.</summary>
    internal abstract RespNode Home { get; }

    internal virtual bool IsConnected => Home.IsConnected;

    /// <summary>True where commands go by the slots of their keys.</summary>
    internal virtual bool UsesSlots => false;

    /// <summary>The nodes that own something.</summary>
    internal virtual IReadOnlyList<RespNode> Primaries => [Home];

    /// <summary>Who answers for which slots.</summary>
    internal virtual IReadOnlyList<RespShard> Shards => [new(Home.EndPointName, Home.Epoch, AllSlots)];

    private protected NodeContext Context { get; }

    private protected Postponed Postponed { get; }

    /// <summary>Connects for the first time; what it throws names the reason.</summary>
    internal abstract Task ConnectAsync(CancellationToken cancellationToken);

    /// <summary>Sends a command that its caller has only just given.</summary>
    internal abstract void Send(Pending pending);

    /// <summary>From now on another routing takes what waits and what comes.</summary>
    internal virtual void HandOver(Routing successor) => Postponed.HandOver(successor.Adopt);

    /// <summary>Takes a command that was given to another routing, with the connection's hold on it. It waits for a connection, whatever the policy says.</summary>
    internal virtual void Adopt(Pending pending)
    {
        pending.Rerouting = this;
        Postponed.Add(pending, 0);
    }

    /// <summary>A node has a new connection, and it takes commands.</summary>
    internal virtual void OnReady(RespNode node)
    {
    }

    /// <summary>A node has lost its connection.</summary>
    internal virtual void OnLost(RespNode node)
    {
    }

    /// <summary>The node that owns a slot.</summary>
    internal virtual RespNode NodeOfSlot(int slot) => Home;

    /// <summary>The number of the connection to the owner of a slot; 0 while there is none.</summary>
    internal virtual long EpochOfSlot(int slot) => Home.Epoch;

    /// <summary>Gives up the connection of that number; false when it is not there.</summary>
    internal virtual bool GiveUp(long epoch, string reason) => Home.GiveUp(epoch, reason);

    /// <summary>The slots that a node owns; empty where there are none.</summary>
    internal virtual IReadOnlyList<RespSlotRange> SlotsOf(RespNode node) => [];

    /// <summary>True when the error, which a node gave, says that another attempt, maybe elsewhere, can succeed soon.</summary>
    internal virtual bool Learn(RespServerException error, RespNode node) => false;

    internal virtual RespDiagnostics Diagnose() => Home.Diagnose();

    /// <inheritdoc/>
    public bool TryReroute(Pending pending, RespReader error)
    {
        var code = CodeOf(error.Span);
        var isAborted = code == "EXECABORT" && pending.Refusals > 0 && pending.IsTransaction;
        if (!isAborted && !IsRefusal(pending, code, error))
        {
            return false;
        }

        var isBound = pending.Epoch != 0 || pending.Flags.HasFlag(RespFlags.NeverResend);
        if (isBound || pending.Detours >= MostDetours || !(isAborted || MaySendAgain(pending)))
        {
            return false;
        }

        pending.Detours++;
        return Reroute(pending, code, error);
    }

    /// <inheritdoc/>
    public bool IsRefusal(Pending pending, RespReader error) => IsRefusal(pending, CodeOf(error.Span), error);

    public virtual ValueTask DisposeAsync() => Postponed.DisposeAsync();

    /// <summary>True when the error says that nothing was carried out, and sending again can help. It may learn from the error.</summary>
    private protected abstract bool IsRefusal(Pending pending, string code, RespReader error);

    /// <summary>Takes the command over; see <see cref="IRerouting.TryReroute"/>.</summary>
    private protected virtual bool Reroute(Pending pending, string code, RespReader error)
    {
        Postponed.Add(pending, Pause(pending));
        return true;
    }

    /// <summary>The node that the command goes to when it is sent again; null while nobody knows.</summary>
    private protected abstract RespNode? NodeOf(Pending pending);

    /// <summary>Sends again what was postponed; without a connection it waits on, whatever the policy says, until its deadline.</summary>
    private protected void Resend(Pending pending)
    {
        pending.ForgetReplies();
        if (NodeOf(pending)?.Current is not { } connection || connection.TryAdd(pending) != Admission.Accepted)
        {
            NoConnection();
            Postponed.Add(pending, ShortestPause * 2);
        }
    }

    /// <summary>Something waits for a node that cannot be reached.</summary>
    private protected virtual void NoConnection()
    {
    }

    private protected int Pause(Pending pending)
    {
        var longest = Math.Min(ShortestPause << Math.Min(pending.Detours, 10), LongestPause);
        return (longest / 2) + Context.Scheduler.Random.Next((longest / 2) + 1);
    }

    private static bool MaySendAgain(Pending pending) =>
        pending.Replies == 1 || pending.Flags.HasFlag(RespFlags.Repeatable) || pending.Refusals == pending.Replies - 1;

    private static string CodeOf(ReadOnlySpan<byte> error)
    {
        var end = error.IndexOf((byte)' ');
        var code = end < 0 ? error : error[..end];
        return code.Length > LongestCode ? "" : Encoding.ASCII.GetString(code);
    }
}
