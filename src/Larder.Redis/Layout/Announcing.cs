using System.Text;
using Larder.Ports;

namespace Larder.Redis.Layout;

/// <summary>What a node publishes of its changes, where the server does not tell of them by itself: the number, the sender, and the name of what has changed without its head.</summary>
internal sealed class Announcing
{
    private const byte Space = (byte)' ';

    internal Announcing(KeyNames names)
    {
        Names = names;
        Sender = Encoding.ASCII.GetBytes(FenceToken.Create().ToString());
        var tail = $" {Encoding.ASCII.GetString(Sender)} ";
        Values = Encoding.ASCII.GetBytes(tail + "k:");
        Tags = Encoding.ASCII.GetBytes(tail + "t:");
        Fences = Encoding.ASCII.GetBytes(tail);
    }

    internal KeyNames Names { get; }

    /// <summary>Who this node is: random for each start.</summary>
    internal byte[] Sender { get; }

    internal byte[] Values { get; }

    internal byte[] Tags { get; }

    internal byte[] Fences { get; }

    /// <summary>The name of the room of a fence that is alone in it.</summary>
    internal static string RoomOf(FenceKind kind) => kind switch
    {
        FenceKind.AnyTag => "a",
        FenceKind.Registry => "b",
        _ => "c",
    };

    /// <summary>Takes a message apart; false for one that was not made by this library.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> message, out long number, out ReadOnlySpan<byte> sender, out ReadOnlySpan<byte> name)
    {
        number = 0;
        sender = name = default;
        var first = message.IndexOf(Space);
        if (first <= 0 || !System.Buffers.Text.Utf8Parser.TryParse(message[..first], out number, out var used) || used != first)
        {
            return false;
        }

        message = message[(first + 1)..];
        var second = message.IndexOf(Space);
        if (second <= 0)
        {
            return false;
        }

        sender = message[..second];
        name = message[(second + 1)..];
        return true;
    }
}
