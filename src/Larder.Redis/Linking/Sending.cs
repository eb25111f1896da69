using System.Buffers;
using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// Each verb as one command of Redis, or as a script where Redis has none; tracked where the verb says so. Only fences take two commands. docs/redis.md has the table.
/// </summary>
/// <param name="link">Whose commands they are.</param>
/// <param name="hub">The connection.</param>
/// <param name="names">What things are called.</param>
/// <param name="announcing">What is published of changes; null where the server tells of them by itself.</param>
/// <param name="replies">Who waits for the replies.</param>
/// <param name="others">Who is told of changes besides those that the server tells; null for nobody.</param>
internal sealed class Sending(IRedisLink link, IPosting hub, KeyNames names, Announcing? announcing, Replies replies, OtherTransport? others = null)
{
    /// <summary>The longest lifetime that is sent, about 100 years: Redis refuses those that would overflow its clock.</summary>
    private const long LongestLifetime = 3_155_760_000_000;

    /// <summary>How long the fence of a tag is kept after it was last written or prolonged: 7 days.</summary>
    private const long TagLifetime = 604_800_000;

    private const int KeysOfOneRead = 256;

    private readonly Prelude _prelude = new(link, replies);

    /// <summary>False for commands that go to whoever has their key, and are not bound to a connection. They are sent again only as long as it is certain that they were not carried out.</summary>
    internal bool IsBound { get; init; } = true;

    private RespFlags Flags => IsBound ? RespFlags.NeverResend : RespFlags.None;

    /// <summary>Sends them in one piece, in order.</summary>
    internal void Send(long epoch, ReadOnlySpan<AuthorityCommand> commands)
    {
        if (commands.Length == 1 && commands[0].Keys.IsEmpty)
        {
            Send(epoch, commands[0]);
            return;
        }

        using var gathering = RespClient.Gather();
        foreach (ref readonly var command in commands)
        {
            if (command.Keys.IsEmpty)
            {
                Send(epoch, command);
            }
            else
            {
                SendMany(epoch, command);
            }
        }
    }

    private void Send(long epoch, in AuthorityCommand command)
    {
        switch (command.Verb)
        {
            case AuthorityVerb.Read or AuthorityVerb.TrackedRead:
                Post(epoch, command, new RespCommand("GET", Key(command)), command.Verb == AuthorityVerb.TrackedRead);
                break;
            case AuthorityVerb.TrackedPeek:
                Post(epoch, command, new RespCommand("GETRANGE", Key(command), 0, StoredHeader.LookSize - 1), isTracked: true);
                break;
            case AuthorityVerb.Fill:
                SendFill(epoch, command);
                break;
            case AuthorityVerb.ReadFence or AuthorityVerb.MoveFence:
                SendFence(epoch, command);
                break;
            case AuthorityVerb.Renew or AuthorityVerb.Bump or AuthorityVerb.Status or AuthorityVerb.Look or AuthorityVerb.Retire or AuthorityVerb.Forget:
                SendRegistry(epoch, command);
                break;
            case AuthorityVerb.TakeRefresh or AuthorityVerb.ReleaseRefresh:
                SendRefresh(epoch, command);
                break;
            default:
                SendWrite(epoch, command);
                break;
        }
    }

    private void SendWrite(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var milliseconds = Lifetime(command.Milliseconds);
        switch (command.Verb)
        {
            case AuthorityVerb.Acquire:
                Run(epoch, command, Scripts.Acquire, scratch, scratch.Header(StoredHeader.Lease, command.Token), milliseconds);
                break;
            case AuthorityVerb.Keep:
                Run(epoch, command, Scripts.Keep, scratch, scratch.Header(StoredHeader.Lease, command.Expected), milliseconds);
                break;
            case AuthorityVerb.Release:
                Run(epoch, command, Scripts.Release, scratch, scratch.Token(command.Expected));
                break;
            case AuthorityVerb.Force:
                Write(epoch, command, scratch, scratch.Header(StoredHeader.Lease, command.Token), milliseconds);
                break;
            case AuthorityVerb.Hold:
                Write(epoch, command, scratch, "H", milliseconds);
                break;
            case AuthorityVerb.Remove:
                Run(epoch, command, Scripts.Remove, scratch);
                break;
            case AuthorityVerb.Expire:
                Run(epoch, command, Scripts.Expire, scratch, scratch.Header(command.Token, command.Number));
                break;
            case AuthorityVerb.Snapshot:
                Run(epoch, command, Scripts.Snapshot, scratch, scratch.Header(StoredHeader.Snapshot, command.Token), milliseconds);
                break;
            case AuthorityVerb.Increment:
                var over = command.Expected.IsNone ? (RespArgument)"" : scratch.Token(command.Expected);
                Run(epoch, command, Scripts.Increment, scratch, scratch.Token(command.Token), command.Number, milliseconds, over);
                break;
            default:
                command.Fail(new NotSupportedException($"{command.Verb} is not a command of this link."));
                break;
        }
    }

    private void SendFill(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var length = StoredHeader.Size + checked((int)command.Body.Length);
        var value = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            StoredHeader.Write(StoredHeader.Value, command.Token, value);
            command.Body.CopyTo(value.AsSpan(StoredHeader.Size));
            Run(epoch, command, Scripts.Fill, scratch, scratch.Token(command.Expected), value.AsMemory(0, length), Lifetime(command.Milliseconds));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(value);
        }
    }

    /// <summary>Writes over what another program has left under the name of a fence, and reads the fence again.</summary>
    internal void Mend(long epoch, in AuthorityCommand command)
    {
        using var gathering = RespClient.Gather();
        PostInFront(epoch, MoveOf(command, NameScratch.Begin()));
        SendFence(epoch, command);
    }

    private void SendFence(long epoch, in AuthorityCommand command)
    {
        if (command.Verb == AuthorityVerb.MoveFence)
        {
            Post(epoch, command, MoveOf(command, NameScratch.Begin()));
            return;
        }

        // First made where it is missing, then read, tracked: the making itself would end the tracking.
        using var gathering = RespClient.Gather();
        var scratch = NameScratch.Begin();
        var name = Fence(command.Fence, scratch);
        var token = scratch.Token(command.Token);
        PostInFront(
            epoch,
            command.Fence.Kind == FenceKind.Tag ? Evaluation(Scripts.MakeTag, name, Tail(command.Fence, scratch), scratch, token, TagLifetime)
            : announcing is not null ? Evaluation(Scripts.Make, name, Tail(command.Fence, scratch), scratch, token)
            : new RespCommand("SET", name, token, "NX"));
        Post(epoch, command, new RespCommand("GET", name), isTracked: true);
    }

    private RespCommand MoveOf(in AuthorityCommand command, NameScratch scratch)
    {
        var (name, token) = (Fence(command.Fence, scratch), scratch.Token(command.Token));
        return (command.Fence.Kind == FenceKind.Tag, announcing is not null) switch
        {
            (true, true) => Evaluation(Scripts.Write, name, Tail(command.Fence, scratch), scratch, token, TagLifetime),
            (false, true) => Evaluation(Scripts.WriteForEver, name, Tail(command.Fence, scratch), scratch, token),
            (true, false) => new RespCommand("SET", name, token, "PX", TagLifetime),
            _ => new RespCommand("SET", name, token),
        };
    }

    private RespArgument Fence(FenceName fence, NameScratch scratch) => fence.Kind switch
    {
        FenceKind.Cache => names.CacheFence,
        FenceKind.AnyTag => names.AnyTagFence,
        FenceKind.Registry => names.Bell,
        _ => scratch.Name(names.Tags, fence.Tag!),
    };

    private RespArgument Tail(FenceName fence, NameScratch scratch) =>
        announcing is null ? default
        : fence.Tag is { } tag ? scratch.Name(announcing.Tags, tag)
        : scratch.Name(announcing.Fences, Announcing.RoomOf(fence.Kind));

    private void SendRegistry(long epoch, in AuthorityCommand command)
    {
        if (others is not null && announcing is null && command.Verb is AuthorityVerb.Look or AuthorityVerb.Bump)
        {
            hub.Post(others.Telling() with { Epoch = epoch, Flags = RespFlags.NeverResend }, others, isTracked: false);
        }

        var scratch = NameScratch.Begin();
        RespArgument name = names.Registry;
        Post(epoch, command, command.Verb switch
        {
            AuthorityVerb.Renew => Evaluation(
                Scripts.Renew, name, default, scratch, scratch.Token(command.Token), command.Milliseconds, command.Key, scratch.Token(command.Expected), command.Number),
            AuthorityVerb.Bump => Evaluation(Scripts.Bump, name, default, scratch, scratch.Token(command.Token), command.Milliseconds),
            AuthorityVerb.Forget => Evaluation(Scripts.Forget, name, default, scratch, scratch.Token(command.Expected), command.Key, command.Number),
            AuthorityVerb.Retire => Evaluation(Scripts.Retire, name, default, scratch, scratch.Token(command.Expected)),
            AuthorityVerb.Look => new RespCommand("HMGET", name, "n", "m", "l"),
            _ => new RespCommand("HGETALL", name),
        });
    }

    private void SendRefresh(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var name = scratch.Name(names.RefreshesOf(command.Key!), command.Key!);
        Post(epoch, command, command.Verb == AuthorityVerb.TakeRefresh
            ? Evaluation(Scripts.TakeRefresh, name, default, scratch, scratch.Token(command.Token), Lifetime(command.Milliseconds))
            : Evaluation(Scripts.ReleaseRefresh, name, default, scratch, scratch.Token(command.Expected)));
    }

    private void SendMany(long epoch, in AuthorityCommand command)
    {
        var keys = command.Keys.Span;
        var arguments = new RespArgument[Math.Min(keys.Length, KeysOfOneRead)];
        for (var first = 0; first < keys.Length; first += arguments.Length)
        {
            var count = Math.Min(keys.Length - first, arguments.Length);
            var scratch = NameScratch.Begin();
            for (var i = 0; i < count; i++)
            {
                arguments[i] = scratch.Name(names.Values, keys[first + i]);
            }

            var read = new RespCommand("MGET", arguments.AsSpan(0, count)) { Epoch = epoch, Flags = RespFlags.NeverResend };
            hub.Post(read, replies.Rent().For(command, epoch, first, count), announcing is null && command.Verb == AuthorityVerb.TrackedReadMany);
        }
    }

    private RespArgument Key(in AuthorityCommand command) => NameScratch.Begin().Name(names.Values, command.Key!);

    /// <summary>Writes what a key holds for a time.</summary>
    private void Write(long epoch, in AuthorityCommand command, NameScratch scratch, RespArgument held, long milliseconds)
    {
        if (announcing is null)
        {
            Post(epoch, command, new RespCommand("SET", scratch.Name(names.Values, command.Key!), held, "PX", milliseconds));
        }
        else
        {
            Run(epoch, command, Scripts.Write, scratch, held, milliseconds);
        }
    }

    /// <summary>A script about the command's key.</summary>
    private void Run(long epoch, in AuthorityCommand command, Script script, NameScratch scratch, params ReadOnlySpan<RespArgument> arguments)
    {
        var tail = announcing is null ? default : scratch.Name(announcing.Values, command.Key!);
        Post(epoch, command, Evaluation(script, scratch.Name(names.Values, command.Key!), tail, scratch, arguments), command.Verb == AuthorityVerb.Acquire);
    }

    private RespCommand Evaluation(Script script, RespArgument name, RespArgument tail, NameScratch scratch, params ReadOnlySpan<RespArgument> arguments)
    {
        const int Head = 4;
        var all = scratch.Arguments;
        if (announcing is null || script.Telling is not { } telling)
        {
            (all[0], all[1], all[2]) = (script.Text, 1, name);
            arguments.CopyTo(all[(Head - 1)..]);
            return new RespCommand("EVAL", all[..(Head - 1 + arguments.Length)]);
        }

        (all[0], all[1], all[2], all[3]) = (telling, 2, name, names.MessageCount);
        arguments.CopyTo(all[Head..]);
        var count = Head + arguments.Length;
        (all[count], all[count + 1]) = (names.Channel, tail);
        return new RespCommand("EVAL", all[..(count + 2)]);
    }

    private void Post(long epoch, in AuthorityCommand command, RespCommand respCommand, bool isTracked = false) =>
        hub.Post(respCommand with { Epoch = epoch, Flags = Flags }, replies.Rent().For(command, epoch), isTracked && announcing is null && IsBound);

    private void PostInFront(long epoch, RespCommand respCommand) =>
        hub.Post(respCommand with { Epoch = epoch, Flags = RespFlags.NeverResend }, _prelude, isTracked: false);

    private static long Lifetime(long milliseconds) => Math.Min(milliseconds, LongestLifetime);
}
