using Larder.Resp.Connecting;
using Larder.Resp.Pipelining;
using Larder.Resp.Reading;
using Larder.Resp.Signals;

namespace Larder.Resp.PubSub;

/// <summary>
/// All subscriptions of a client. What is wanted and what the server has confirmed on the present connection are kept apart, and
/// only the difference is sent: at a new connection that is everything, otherwise what has come or gone.
/// </summary>
/// <param name="nodes">Which node a channel lives on.</param>
/// <param name="learn">True when an error of the server says that another attempt, maybe on another node, can succeed soon.</param>
/// <param name="context">What the nodes share.</param>
internal sealed class Subscriptions(Func<RespChannelKind, string, RespNode> nodes, Func<RespServerException, RespNode, bool> learn, NodeContext context)
{
    private const int MostAttempts = 8;
    private static readonly TimeSpan AttemptPause = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] EndOfUnsubscribe = "Larder.Resp: end of SUNSUBSCRIBE"u8.ToArray();
    private readonly object _gate = new();
    private readonly Dictionary<(RespChannelKind Kind, string Channel), Listening> _listened = [];
    private bool _isDisposed;

    internal async ValueTask<RespSubscription> SubscribeAsync(RespChannelKind kind, string channel, int capacity, CancellationToken cancellationToken)
    {
        var subscription = new RespSubscription(kind, channel, capacity, EndAsync);
        Listening listening;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (!_listened.TryGetValue((kind, channel), out var known))
            {
                known = new Listening(kind, channel);
                _listened.Add((kind, channel), known);
            }

            listening = known;
            listening.Subscriptions.Add(subscription);
        }

        try
        {
            await ConfirmAsync(listening, nodes(kind, channel), cancellationToken).ConfigureAwait(false);
            return subscription;
        }
        catch
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A push whose kind the reader stands on; false when it is nothing of ours.</summary>
    internal bool TryHandle(ref RespReader push)
    {
        var kind = push.Span;
        if (kind.SequenceEqual("message"u8))
        {
            Deliver(RespChannelKind.Channel, ref push);
        }
        else if (kind.SequenceEqual("smessage"u8))
        {
            Deliver(RespChannelKind.Sharded, ref push);
        }
        else if (kind.SequenceEqual("pmessage"u8))
        {
            Deliver(RespChannelKind.Pattern, ref push);
        }
        else if (kind.SequenceEqual("sunsubscribe"u8))
        {
            // Unasked: the slot has moved. What is still wanted is asked for again.
            push.Read();
            Unconfirm(push.GetString() ?? "");
        }
        else
        {
            return kind.EndsWith("subscribe"u8);
        }

        return true;
    }

    /// <summary>A connection was lost.</summary>
    internal void Lost(long epoch)
    {
        lock (_gate)
        {
            foreach (var listening in _listened.Values.Where(one => one.ConfirmedOn == epoch && epoch != 0))
            {
                Lose(listening);
            }
        }
    }

    /// <summary>A node has a connection: asks for what is wanted and not confirmed.</summary>
    internal void Resume(RespNode node)
    {
        lock (_gate)
        {
            if (_listened.Count == 0)
            {
                return;
            }
        }

        context.Scheduler.Start(() => ResumeAsync(node));
    }

    internal void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var subscription in _listened.Values.SelectMany(static one => one.Subscriptions))
            {
                subscription.End();
            }

            _listened.Clear();
        }
    }

    private async Task ResumeAsync(RespNode node)
    {
        Listening[] missing;
        lock (_gate)
        {
            missing = [.. _listened.Values.Where(one => one.ConfirmedOn != node.Epoch && one.AskedOn != node.Epoch && ReferenceEquals(nodes(one.Kind, one.Channel), node))];
        }

        foreach (var one in missing)
        {
            await ResumeAsync(one, node).ConfigureAwait(false);
        }
    }

    // Nobody hears a confirmation that comes after the deadline, so a server that is slow is asked again while its connection stands.
    private async Task ResumeAsync(Listening one, RespNode node)
    {
        var epoch = node.Epoch;
        do
        {
            try
            {
                await ConfirmAsync(one, node, CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception failure)
            {
                RespLog.CouldNotResubscribe(context.Logger, node.EndPointName, failure.Message);
                if (failure is not RespTimeoutException)
                {
                    // A lost connection brings the next attempt along; anything else (a permission) will not get better by itself.
                    return;
                }
            }
        }
        while (epoch != 0 && node.Epoch == epoch && IsWanted(one));
    }

    private bool IsWanted(Listening one)
    {
        lock (_gate)
        {
            return _listened.TryGetValue((one.Kind, one.Channel), out var known) && ReferenceEquals(known, one);
        }
    }

    // A channel may be on its way to another node of a cluster.
    private async ValueTask ConfirmAsync(Listening listening, RespNode node, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ConfirmOnceAsync(listening, node, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (RespServerException error) when (attempt < MostAttempts && learn(error, node))
            {
                await context.Scheduler.DelayAsync(AttemptPause * attempt, cancellationToken).ConfigureAwait(false);
                node = nodes(listening.Kind, listening.Channel);
            }
        }
    }

    private async ValueTask ConfirmOnceAsync(Listening listening, RespNode node, CancellationToken cancellationToken)
    {
        var epoch = node.Epoch;
        lock (_gate)
        {
            if (epoch != 0 && listening.ConfirmedOn == epoch)
            {
                return;
            }

            listening.AskedOn = epoch;
        }

        try
        {
            await SendAsync(node, listening.Subscribe, listening.Subscribed, new Confirmation(this, listening), cancellationToken).ConfigureAwait(false);
        }
        catch (RespServerException)
        {
            lock (_gate)
            {
                listening.AskedOn = 0;
            }

            throw;
        }
    }

    private async ValueTask EndAsync(RespSubscription subscription)
    {
        Listening? orphan = null;
        lock (_gate)
        {
            if (_listened.TryGetValue((subscription.Kind, subscription.Channel), out var listening)
                && listening.Subscriptions.Remove(subscription)
                && listening.Subscriptions.Count == 0)
            {
                _listened.Remove((subscription.Kind, subscription.Channel));
                orphan = listening;
            }
        }

        var node = orphan is null ? null : nodes(orphan.Kind, orphan.Channel);

        // Who gave up waiting for the confirmation may have subscribed all the same.
        if (node is null || node.Epoch == 0 || (orphan!.ConfirmedOn != node.Epoch && orphan.AskedOn != node.Epoch))
        {
            return;
        }

        try
        {
            await UnsubscribeAsync(node, orphan).ConfigureAwait(false);
        }
        catch (RespException)
        {
            // Without its connection the subscription is gone anyway.
        }

        await AskAgainAsync(subscription, node).ConfigureAwait(false);
    }

    // When a slot moves, the server sends the same push by itself, and answers the command with MOVED on top of it.
    private ValueTask UnsubscribeAsync(RespNode node, Listening orphan) => orphan.Kind == RespChannelKind.Sharded
        ? SendAsync(node, orphan.Unsubscribe, null, new Confirmation(this, null), CancellationToken.None)
        : SendAsync(node, orphan.Unsubscribe, orphan.Unsubscribed, new Confirmation(this, null), CancellationToken.None);

    // Somebody may have subscribed between the last one's leaving and the server's hearing of it.
    private async ValueTask AskAgainAsync(RespSubscription left, RespNode node)
    {
        Listening? again;
        lock (_gate)
        {
            if (_listened.TryGetValue((left.Kind, left.Channel), out again) && again.ConfirmedOn != 0)
            {
                Lose(again);
            }
        }

        if (again is not null)
        {
            await ResumeAsync(node).ConfigureAwait(false);
        }
    }

    private async ValueTask SendAsync(RespNode node, RespCommand command, PushAnswer? answer, Confirmation decoder, CancellationToken cancellationToken)
    {
        var pending = Pending<bool>.Rent(decoder);
        pending.Scheduler = context.Scheduler;
        pending.Add(in command, isOnlyOne: true);
        if (answer is null)
        {
            pending.EndsWith = EndOfUnsubscribe;
            pending.Add(new RespCommand("PING", EndOfUnsubscribe) { Flags = command.Flags }, isOnlyOne: false);
        }

        pending.AnsweredBy = answer;
        var now = context.Scheduler.Clock.Now;
        pending.Begin(now, now + (long)context.Options.CommandTimeout.TotalMilliseconds);
        pending.Follow(cancellationToken);
        var task = pending.Task;
        node.Send(pending);
        await task.ConfigureAwait(false);
    }

    private void Confirm(Listening listening, long epoch)
    {
        lock (_gate)
        {
            listening.ConfirmedOn = epoch;
            if (listening.IsLost)
            {
                listening.IsLost = false;
                TellAll(listening, new RespMessage(RespMessageKind.Resumed, listening.Channel, default));
            }
        }
    }

    private void Unconfirm(string channel)
    {
        Listening? listening;
        lock (_gate)
        {
            // Before its confirmation it was the end of an earlier one.
            if (!_listened.TryGetValue((RespChannelKind.Sharded, channel), out listening) || listening.ConfirmedOn == 0)
            {
                return;
            }

            Lose(listening);
        }

        Resume(nodes(listening.Kind, channel));
    }

    private void Deliver(RespChannelKind kind, ref RespReader push)
    {
        push.Read();
        var name = push.GetString() ?? "";
        var channel = name;
        if (kind == RespChannelKind.Pattern)
        {
            push.Read();
            channel = push.GetString() ?? "";
        }

        push.Read();
        lock (_gate)
        {
            if (_listened.TryGetValue((kind, name), out var listening))
            {
                TellAll(listening, new RespMessage(RespMessageKind.Message, channel, push.GetBytes()));
            }
        }
    }

    private static void Lose(Listening listening)
    {
        listening.ConfirmedOn = 0;
        listening.AskedOn = 0;
        listening.IsLost = true;
        TellAll(listening, new RespMessage(RespMessageKind.Lost, listening.Channel, default));
    }

    private static void TellAll(Listening listening, RespMessage message)
    {
        foreach (var subscription in listening.Subscriptions)
        {
            subscription.Tell(message);
        }
    }

    /// <summary>Takes the push that answers a subscription, on the reader, so that no message comes before its confirmation counts.</summary>
    private sealed class Confirmation(Subscriptions owner, Listening? listening) : IRespDecoder<bool>
    {
        public bool Decode(ref RespReader reply)
        {
            if (listening is not null)
            {
                owner.Confirm(listening, reply.Epoch);
            }

            return true;
        }
    }
}
