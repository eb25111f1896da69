using Larder.Ports;

namespace Larder.Testing;

/// <summary>One thing that a store sends to a connection.</summary>
internal readonly struct Delivery
{
    internal Delivery(DeliveryKind kind, long epoch)
    {
        Kind = kind;
        Epoch = epoch;
    }

    /// <summary>What becomes of a command: it is answered, or refused.</summary>
    internal Delivery(long epoch, in AuthorityCommand command, DeliveryKind kind = DeliveryKind.Answer)
        : this(kind, epoch)
    {
        Caller = command.Caller;
        Verb = command.Verb;
        Index = command.Index;
        AnswerCount = command.AnswerCount;
    }

    internal DeliveryKind Kind { get; }

    internal long Epoch { get; init; }

    /// <summary>Who has sent the command; null for an announcement.</summary>
    internal IAuthorityCaller? Caller { get; }

    internal AuthorityVerb Verb { get; }

    internal int Index { get; }

    internal int AnswerCount { get; }

    internal AuthorityAnswer Answer { get; init; }

    /// <summary>The answers to a command with several keys, in their order; null for the one answer.</summary>
    internal AuthorityAnswer[]? Answers { get; init; }

    /// <summary>Why the store refused the command.</summary>
    internal Exception? Failure { get; init; }

    internal string? Key { get; init; }

    internal FenceName Fence { get; init; }

    /// <summary>Of a message that keeps no order: its number.</summary>
    internal long Number { get; init; }

    public override string ToString() => Caller is null ? Kind.ToString() : $"{Kind} {Verb}";

    /// <summary>Tells the caller what became of its command.</summary>
    internal void Tell()
    {
        if (Kind == DeliveryKind.Refusal)
        {
            Fail(Failure);
            return;
        }

        if (Answers is not { } answers)
        {
            Caller!.Answered(Index, Answer);
            return;
        }

        for (var i = 0; i < answers.Length; i++)
        {
            Caller!.Answered(Index + i, answers[i]);
        }
    }

    /// <summary>Tells the caller that it will not learn what became of its command.</summary>
    internal void Fail(Exception? failure)
    {
        for (var i = 0; i < AnswerCount; i++)
        {
            Caller!.Failed(Index + i, failure);
        }
    }

    /// <summary>Tells a listener, if it is an announcement.</summary>
    internal void Announce(IAuthorityLinkListener listener)
    {
        switch (Kind)
        {
            case DeliveryKind.KeyChanged:
                listener.KeyChanged(Key!);
                break;
            case DeliveryKind.FenceChanged:
                listener.FenceChanged(Fence);
                break;
            case DeliveryKind.EverythingChanged:
                listener.EverythingChanged();
                break;
            case DeliveryKind.Connected:
                listener.Connected(Epoch);
                break;
            case DeliveryKind.Disconnected:
                listener.Disconnected(Epoch);
                break;
            default:
                throw new InvalidOperationException($"{Kind} is not an announcement.");
        }
    }
}
