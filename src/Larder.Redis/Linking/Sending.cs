using System.Buffers;
using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>
/// Each verb as one command of Redis, or as a script where Redis has none; tracked where the verb says so. Only fences take two commands. docs/redis.md has the table.
/// </summary>
internal sealed class Sending(RedisLink link, RedisHub hub, KeyNames names, Replies replies)
{
    /// <summary>The longest lifetime that is sent, about 100 years: Redis refuses those that would overflow its clock.</summary>
    private const long LongestLifetime = 3_155_760_000_000;

    /// <summary>How long the fence of a tag is kept after it was last written or prolonged: 7 days.</summary>
    private const long TagLifetime = 604_800_000;

    private const int KeysOfOneRead = 256;

    private readonly Prelude _prelude = new(link);

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
            case AuthorityVerb.Renew or AuthorityVerb.Bump or AuthorityVerb.Status or AuthorityVerb.Forget:
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
        var key = scratch.Name(names.Values, command.Key!);
        var milliseconds = Lifetime(command.Milliseconds);
        switch (command.Verb)
        {
            case AuthorityVerb.Acquire:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Acquire, 1, key, scratch.Header(StoredHeader.Lease, command.Token), milliseconds), isTracked: true);
                break;
            case AuthorityVerb.Keep:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Keep, 1, key, scratch.Header(StoredHeader.Lease, command.Expected), milliseconds));
                break;
            case AuthorityVerb.Release:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Release, 1, key, scratch.Token(command.Expected)));
                break;
            case AuthorityVerb.Force:
                Post(epoch, command, new RespCommand("SET", key, scratch.Header(StoredHeader.Lease, command.Token), "PX", milliseconds));
                break;
            case AuthorityVerb.Hold:
                Post(epoch, command, new RespCommand("SET", key, "H", "PX", milliseconds));
                break;
            case AuthorityVerb.Remove:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Remove, 1, key));
                break;
            case AuthorityVerb.Expire:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Expire, 1, key, scratch.Header(command.Token, command.Number)));
                break;
            case AuthorityVerb.Snapshot:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Snapshot, 1, key, scratch.Header(StoredHeader.Snapshot, command.Token), milliseconds));
                break;
            case AuthorityVerb.Increment:
                var over = command.Expected.IsNone ? (RespArgument)"" : scratch.Token(command.Expected);
                Post(epoch, command, new RespCommand("EVAL", Scripts.Increment, 1, key, scratch.Token(command.Token), command.Number, milliseconds, over));
                break;
            default:
                command.Fail(new NotSupportedException($"{command.Verb} is not a command of this link."));
                break;
        }
    }

    private void SendFill(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var key = scratch.Name(names.Values, command.Key!);
        var expected = scratch.Token(command.Expected);
        var length = StoredHeader.Size + checked((int)command.Body.Length);
        var value = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            StoredHeader.Write(StoredHeader.Value, command.Token, value);
            command.Body.CopyTo(value.AsSpan(StoredHeader.Size));
            Post(epoch, command, new RespCommand("EVAL", Scripts.Fill, 1, key, expected, value.AsMemory(0, length), Lifetime(command.Milliseconds)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(value);
        }
    }

    private void SendFence(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var isTag = command.Fence.Kind == FenceKind.Tag;
        RespArgument name = command.Fence.Kind switch
        {
            FenceKind.Cache => names.CacheFence,
            FenceKind.AnyTag => names.AnyTagFence,
            FenceKind.Registry => names.Bell,
            _ => scratch.Name(names.Tags, command.Fence.Tag!),
        };
        var token = scratch.Token(command.Token);
        if (command.Verb == AuthorityVerb.MoveFence)
        {
            Post(epoch, command, isTag ? new RespCommand("SET", name, token, "PX", TagLifetime) : new RespCommand("SET", name, token));
            return;
        }

        // First made where it is missing, then read, tracked: the making itself would end the tracking.
        using var gathering = RespClient.Gather();
        var make = isTag ? new RespCommand("EVAL", Scripts.MakeTag, 1, name, token, TagLifetime) : new RespCommand("SET", name, token, "NX");
        hub.Post(make with { Epoch = epoch, Flags = RespFlags.NeverResend }, _prelude, isTracked: false);
        Post(epoch, command, new RespCommand("GET", name), isTracked: true);
    }

    private void SendRegistry(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        RespArgument name = names.Registry;
        switch (command.Verb)
        {
            case AuthorityVerb.Renew:
                Post(epoch, command, new RespCommand(
                    "EVAL", Scripts.Renew, 1, name, scratch.Token(command.Token), command.Milliseconds, command.Key, scratch.Token(command.Expected), command.Number));
                break;
            case AuthorityVerb.Bump:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Bump, 1, name, scratch.Token(command.Token), command.Milliseconds));
                break;
            case AuthorityVerb.Forget:
                Post(epoch, command, new RespCommand("EVAL", Scripts.Forget, 1, name, scratch.Token(command.Expected), command.Key, command.Number));
                break;
            default:
                Post(epoch, command, new RespCommand("HGETALL", name));
                break;
        }
    }

    private void SendRefresh(long epoch, in AuthorityCommand command)
    {
        var scratch = NameScratch.Begin();
        var name = scratch.Name(names.Refreshes, command.Key!);
        var respCommand = command.Verb == AuthorityVerb.TakeRefresh
            ? new RespCommand("EVAL", Scripts.TakeRefresh, 1, name, scratch.Token(command.Token), Lifetime(command.Milliseconds))
            : new RespCommand("EVAL", Scripts.ReleaseRefresh, 1, name, scratch.Token(command.Expected));
        Post(epoch, command, respCommand);
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
            hub.Post(read, replies.Rent().For(command, epoch, first, count), command.Verb == AuthorityVerb.TrackedReadMany);
        }
    }

    private RespArgument Key(in AuthorityCommand command) => NameScratch.Begin().Name(names.Values, command.Key!);

    private void Post(long epoch, in AuthorityCommand command, RespCommand respCommand, bool isTracked = false) =>
        hub.Post(respCommand with { Epoch = epoch, Flags = RespFlags.NeverResend }, replies.Rent().For(command, epoch), isTracked);

    private static long Lifetime(long milliseconds) => Math.Min(milliseconds, LongestLifetime);
}
