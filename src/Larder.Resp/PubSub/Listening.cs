using System.Text;
using Larder.Resp.Pipelining;

namespace Larder.Resp.PubSub;

/// <summary>A channel that somebody listens to, and whether the server knows.</summary>
internal sealed class Listening(RespChannelKind kind, string channel)
{
    private readonly byte[] _channelBytes = Encoding.UTF8.GetBytes(channel);

    internal RespChannelKind Kind { get; } = kind;

    internal string Channel { get; } = channel;

    internal List<RespSubscription> Subscriptions { get; } = [];

    /// <summary>The connection on which the server has confirmed it; 0 for none.</summary>
    internal long ConfirmedOn { get; set; }

    /// <summary>The connection on which the server was asked last; 0 for none, or when it refused.</summary>
    internal long AskedOn { get; set; }

    /// <summary>True while those who listen know that they may miss something.</summary>
    internal bool IsLost { get; set; }

    internal RespCommand Subscribe => Command("SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE");

    internal RespCommand Unsubscribe => Command("UNSUBSCRIBE", "PUNSUBSCRIBE", "SUNSUBSCRIBE");

    internal PushAnswer Subscribed => new(Encoding.UTF8.GetBytes(Name("subscribe")), _channelBytes);

    internal PushAnswer Unsubscribed => new(Encoding.UTF8.GetBytes(Name("unsubscribe")), _channelBytes);

    private RespCommand Command(string plain, string pattern, string sharded) =>
        new(Kind == RespChannelKind.Channel ? plain : Kind == RespChannelKind.Pattern ? pattern : sharded, _channelBytes)
        {
            // A new connection subscribes anew, so an old command has nothing to do there.
            Flags = RespFlags.NeverResend | RespFlags.Repeatable,
        };

    private string Name(string plain) => Kind switch
    {
        RespChannelKind.Channel => plain,
        RespChannelKind.Pattern => $"p{plain}",
        _ => $"s{plain}",
    };
}
