using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Larder.Resp.Writing;

namespace Larder.Resp.Topology;

/// <summary>The slot that the keys of a command share.</summary>
internal static class CommandSlot
{
    /// <summary>For a command without keys.</summary>
    internal const int None = -1;

    private const int LongestNumber = 32;

    /// <summary>The slot of the keys; <see cref="None"/> where there are none.</summary>
    /// <exception cref="RespServerException">The keys lie in several slots; nothing is sent then.</exception>
    internal static int Of(in RespCommand command)
    {
        var arguments = command.Arguments;
        var (start, end, step) = Range(command.Verb?.Keys ?? KeyPlace.None, arguments);
        var slot = None;
        if (command.Verb?.Keys == KeyPlace.FirstAndAfterSecondCount && arguments.Length > 0)
        {
            slot = Of(in arguments[0]);
        }

        for (var i = start; i < Math.Min(end, arguments.Length); i += step)
        {
            slot = Same(slot, Of(in arguments[i]), command.Name);
        }

        return slot;
    }

    /// <summary>The slot of commands as they are written, for those that were given before anybody asked for it.</summary>
    /// <exception cref="RespServerException">The keys lie in several slots.</exception>
    internal static int Of(ReadOnlySpan<byte> commands)
    {
        var slot = None;
        for (var at = 0; at < commands.Length;)
        {
            // The first word tells where the keys are, whatever else belongs to the name.
            var words = CommandBytes.ReadCommand(commands, ref at);
            var arguments = words.AsMemory(1).ToArray().Select(static word => (RespArgument)word).ToArray();
            var command = new RespCommand(Encoding.UTF8.GetString(words[0]), arguments);
            slot = Same(slot, Of(in command), command.Name);
        }

        return slot;
    }

    /// <summary>The slot that both have in common, if one of them has none: the other one's.</summary>
    internal static int Same(int one, int other, string name)
    {
        if (one == None || other == None || one == other)
        {
            return one == None ? other : one;
        }

        const string Code = "CROSSSLOT";
        throw new RespServerException(
            Code, $"{Code} The keys of {name} lie in several slots of the cluster, and it was not sent. Give them the same hash tag, such as {{user1}}, or send several commands.");
    }

    /// <summary>The slot of one key.</summary>
    internal static int Of(in RespArgument key)
    {
        if (key.Text is { } text)
        {
            return RespSlots.Of(text);
        }

        if (key.Whole is { } whole)
        {
            Span<byte> digits = stackalloc byte[LongestNumber];
            Utf8Formatter.TryFormat(whole, digits, out var length);
            return RespSlots.Of(digits[..length]);
        }

        return key.Floating is { } floating ? RespSlots.Of(floating.ToString("R", CultureInfo.InvariantCulture)) : RespSlots.Of(key.Bytes);
    }

    private static (int Start, int End, int Step) Range(KeyPlace place, ReadOnlySpan<RespArgument> arguments)
    {
        switch (place)
        {
            case KeyPlace.None:
                return (0, 0, 1);
            case KeyPlace.All:
                return (0, arguments.Length, 1);
            case KeyPlace.EverySecond:
                return (0, arguments.Length, 2);
            case KeyPlace.FirstTwo:
                return (0, 2, 1);
            case KeyPlace.FromSecond:
                return (1, arguments.Length, 1);
            case KeyPlace.Second:
                return (1, 2, 1);
            case KeyPlace.AfterFirstCount:
                return (1, 1 + Count(arguments, 0), 1);
            case KeyPlace.AfterSecondCount:
            case KeyPlace.FirstAndAfterSecondCount:
                return (2, 2 + Count(arguments, 1), 1);
            case KeyPlace.Streams:
                return Streams(arguments);
            default:
                return (0, 1, 1);
        }
    }

    private static (int Start, int End, int Step) Streams(ReadOnlySpan<RespArgument> arguments)
    {
        for (var i = 0; i < arguments.Length; i++)
        {
            if (string.Equals(arguments[i].Text, "STREAMS", StringComparison.OrdinalIgnoreCase) || Ascii.EqualsIgnoreCase(arguments[i].Bytes, "STREAMS"u8))
            {
                return (i + 1, i + 1 + ((arguments.Length - i - 1) / 2), 1);
            }
        }

        return (0, 0, 1);
    }

    private static int Count(ReadOnlySpan<RespArgument> arguments, int at)
    {
        if (arguments.Length <= at)
        {
            return 0;
        }

        var argument = arguments[at];
        var count = argument.Whole
            ?? (int.TryParse(argument.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || (Utf8Parser.TryParse(argument.Bytes, out number, out var used) && used == argument.Bytes.Length) ? number : 0);
        return (int)Math.Clamp(count, 0, arguments.Length);
    }
}
