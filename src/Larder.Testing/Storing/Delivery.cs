using Larder.Ports;

namespace Larder.Testing;

/// <summary>One thing that a store sends to a connection.</summary>
internal readonly record struct Delivery(DeliveryKind Kind, long Epoch)
{
    internal AuthorityCommand? Command { get; init; }

    internal AuthorityAnswer Answer { get; init; }

    /// <summary>Why the store refused the command.</summary>
    internal Exception? Failure { get; init; }

    internal string? Key { get; init; }

    internal FenceName Fence { get; init; }

    /// <summary>Of a message that keeps no order: its number.</summary>
    internal long Number { get; init; }

    public override string ToString() => Command is { } command ? $"{Kind} {command.Verb}" : Kind.ToString();

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
