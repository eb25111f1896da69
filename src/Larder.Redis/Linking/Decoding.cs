using System.Text;
using Larder.Ports;
using Larder.Redis.Layout;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>What the replies mean. A reply that means nothing throws a <see cref="RespReplyException"/>.</summary>
internal static class Decoding
{
    /// <summary>The code of the error that there is no memory for a write.</summary>
    internal const string OutOfMemory = "OOM";

    // How long nothing is refreshed when there is no memory.
    private const long FullPause = 1_000;

    private const string WrongType = "WRONGTYPE";
    private const string TooLarge = "TOOLARGE";
    private const long Conflict = 1;
    private const int FirstField = 2;

    internal static AuthorityAnswer Answer(in AuthorityCommand command, ref RespReader reply) => command.Verb switch
    {
        AuthorityVerb.Read or AuthorityVerb.TrackedRead => Held(ref reply),
        AuthorityVerb.TrackedPeek => Look(ref reply),
        AuthorityVerb.Snapshot => Snapshot(ref reply),
        AuthorityVerb.Acquire => Acquired(ref reply),
        AuthorityVerb.Fill or AuthorityVerb.Release or AuthorityVerb.Retire => new AuthorityAnswer { Number = reply.GetInt64() },
        AuthorityVerb.Remove => reply.GetInt64() > 0 ? default : throw new AuthorityRefusedException("Redis has no memory left to announce the removal of a missing key."),
        AuthorityVerb.Increment => Incremented(command, ref reply),
        AuthorityVerb.TakeRefresh => reply.GetInt64() is var left and > 0 ? new AuthorityAnswer { Milliseconds = left } : new AuthorityAnswer { Number = 1 },
        AuthorityVerb.ReadFence => Fence(command, ref reply),
        AuthorityVerb.Renew => Renewed(ref reply),
        AuthorityVerb.Bump or AuthorityVerb.Status => Registry(ref reply),
        AuthorityVerb.Look => Looked(ref reply),
        _ => default,
    };

    /// <summary>What an error answers that leaves no doubt about what has become of the command; null for all others, which end the connection.</summary>
    internal static AuthorityAnswer? Answer(in AuthorityCommand command, string code) => (code, command.Verb) switch
    {
        // Something else of another type lies there: a miss, and a load replaces it.
        (WrongType, AuthorityVerb.Read or AuthorityVerb.TrackedRead) => new AuthorityAnswer { Kind = AuthorityKind.Value },
        (WrongType, AuthorityVerb.TrackedPeek) => default(AuthorityAnswer),

        // Somebody has stored more than this client takes: a miss. A load can not take its place, because it is not known what it is; a Set or a removal can.
        (TooLarge, AuthorityVerb.Read or AuthorityVerb.TrackedRead) => new AuthorityAnswer { Kind = AuthorityKind.Value },
        (TooLarge, AuthorityVerb.Acquire) => new AuthorityAnswer { Kind = AuthorityKind.Hold },

        // Nothing can be stored. What is loaded is served all the same.
        (OutOfMemory, AuthorityVerb.Acquire) => new AuthorityAnswer { Kind = AuthorityKind.Hold },
        (OutOfMemory, AuthorityVerb.Fill or AuthorityVerb.Snapshot) => default(AuthorityAnswer),

        // No renewal: the lease ends by itself, and memory is bypassed until there is room for another.
        (OutOfMemory, AuthorityVerb.Renew) => default(AuthorityAnswer),

        // The sequence is not raised, so whoever waits is not certain. The bell only saves time.
        (OutOfMemory, AuthorityVerb.Bump) => default(AuthorityAnswer),
        (OutOfMemory, AuthorityVerb.MoveFence) when command.Fence.Kind == FenceKind.Registry => default(AuthorityAnswer),

        // Nobody gets the right to refresh for a while.
        (OutOfMemory, AuthorityVerb.TakeRefresh) => new AuthorityAnswer { Milliseconds = FullPause },
        _ when code == WrongType => OfNoRegistry(command.Verb),
        _ => null,
    };

    /// <summary>
    /// What is answered when another program has written to the name of the registry; null for all other verbs. Memory is bypassed then, and changes that should wait are not certain, until it is deleted. Nothing is written over it: who
    /// was in the registry would be forgotten.
    /// </summary>
    internal static AuthorityAnswer? OfNoRegistry(AuthorityVerb verb) => verb switch
    {
        AuthorityVerb.Renew => new AuthorityAnswer { Kind = AuthorityKind.Hold },
        AuthorityVerb.Bump or AuthorityVerb.Status or AuthorityVerb.Look or AuthorityVerb.Forget or AuthorityVerb.Retire => default(AuthorityAnswer),
        _ => null,
    };

    /// <summary>True when another program has written to the name of a fence.</summary>
    internal static bool IsForeignFence(in AuthorityCommand command, RespReader reply) =>
        command.Verb == AuthorityVerb.ReadFence && !reply.IsNull && reply.Span.Length != FenceToken.Size;

    /// <inheritdoc cref="IsForeignFence(in AuthorityCommand, RespReader)"/>
    internal static bool IsForeignFence(in AuthorityCommand command, string code) => command.Verb == AuthorityVerb.ReadFence && code == WrongType;

    /// <summary>The whole of what a key holds. What is not ours is answered as a value without a token, whose bytes nobody can read: a miss with a reason.</summary>
    internal static AuthorityAnswer Held(ref RespReader reply)
    {
        if (reply.IsNull)
        {
            return default;
        }

        // In an answer for many keys, what is of another type comes as an error or as null.
        if (reply.IsAggregate)
        {
            throw new RespReplyException($"Redis answered a read with {reply.Type}.");
        }

        var (kind, token) = StoredHeader.Read(reply.Span);
        return kind switch
        {
            AuthorityKind.Nothing => new AuthorityAnswer { Kind = AuthorityKind.Value, Body = reply.Sequence },
            AuthorityKind.Value => new AuthorityAnswer { Kind = kind, Token = token, Body = reply.Sequence.Slice(StoredHeader.Size) },
            _ => new AuthorityAnswer { Kind = kind, Token = token },
        };
    }

    private static AuthorityAnswer Look(ref RespReader reply)
    {
        if (reply.IsAggregate)
        {
            throw new RespReplyException($"Redis answered a look at a key with {reply.Type}.");
        }

        var (kind, token) = StoredHeader.Read(reply.Span);
        return new AuthorityAnswer { Kind = kind, Token = token };
    }

    // The token of a number is the cache's, not one that a write could be compared with.
    private static AuthorityAnswer Snapshot(ref RespReader reply) =>
        Look(ref reply) is var seen && seen.Kind == AuthorityKind.Number ? new AuthorityAnswer { Kind = seen.Kind } : seen;

    private static AuthorityAnswer Acquired(ref RespReader reply)
    {
        if (!reply.IsAggregate)
        {
            return Held(ref reply);
        }

        Next(ref reply);
        var (kind, token) = StoredHeader.Read(reply.Span);
        Next(ref reply);
        return new AuthorityAnswer { Kind = kind, Token = token, Milliseconds = Math.Max(1, reply.GetInt64()) };
    }

    private static AuthorityAnswer Incremented(in AuthorityCommand command, ref RespReader reply)
    {
        if (reply.IsAggregate)
        {
            Next(ref reply);
            return new AuthorityAnswer { Kind = AuthorityKind.Number, Token = Token(ref reply) };
        }

        return reply.Type == RespType.Integer
            ? new AuthorityAnswer { Kind = reply.GetInt64() == Conflict ? AuthorityKind.Value : AuthorityKind.Nothing }
            : new AuthorityAnswer { Kind = AuthorityKind.Number, Token = command.Token, Number = reply.GetInt64() };
    }

    // One that could not be made for want of memory is one that nobody else will ever see: what is stored under it is invalid, and nothing can be stored.
    private static AuthorityAnswer Fence(in AuthorityCommand command, ref RespReader reply) => new()
    {
        Kind = AuthorityKind.Value,
        Token = reply.IsNull ? command.Token : Token(ref reply),
    };

    private static AuthorityAnswer Renewed(ref RespReader reply)
    {
        var isForeign = reply.GetCount() > FirstField;
        Next(ref reply);
        var nonce = Token(ref reply);
        Next(ref reply);
        var sequence = reply.GetInt64();
        if (!isForeign)
        {
            return new AuthorityAnswer { Kind = AuthorityKind.Value, Token = nonce, Number = sequence };
        }

        Next(ref reply);
        return new AuthorityAnswer { Kind = AuthorityKind.Hold, Token = nonce, Number = sequence, Milliseconds = reply.GetInt64() };
    }

    private static AuthorityAnswer Looked(ref RespReader reply)
    {
        Next(ref reply);
        if (reply.IsNull)
        {
            return default;
        }

        var nonce = Token(ref reply);
        Next(ref reply);
        var strict = reply.IsNull ? 0 : reply.GetInt64();
        Next(ref reply);
        return new AuthorityAnswer { Kind = AuthorityKind.Value, Token = nonce, Number = strict, Milliseconds = reply.IsNull ? 0 : reply.GetInt64() };
    }

    private static AuthorityAnswer Registry(ref RespReader reply)
    {
        var pairs = reply.GetCount() / 2;
        if (pairs == 0)
        {
            return default;
        }

        var (nonce, sequence) = (FenceToken.None, 0L);
        var acknowledged = new Dictionary<string, long>(StringComparer.Ordinal);
        var heartbeats = new Dictionary<string, long>(StringComparer.Ordinal);
        for (; pairs > 0; pairs--)
        {
            Next(ref reply);
            var field = Encoding.UTF8.GetString(reply.Span);
            Next(ref reply);
            switch (field)
            {
                case "n":
                    nonce = Token(ref reply);
                    break;
                case "s":
                    sequence = reply.GetInt64();
                    break;
                case ['a', ':', .. var id]:
                    acknowledged[id] = reply.GetInt64();
                    break;
                case ['h', ':', .. var id]:
                    heartbeats[id] = reply.GetInt64();
                    break;
            }
        }

        return new AuthorityAnswer
        {
            Kind = AuthorityKind.Value,
            Token = nonce,
            Number = sequence,
            Nodes = [.. heartbeats.Select(beat => new RegistryNode(beat.Key, acknowledged.GetValueOrDefault(beat.Key), beat.Value))],
        };
    }

    private static FenceToken Token(ref RespReader reply) => reply.Span.Length == FenceToken.Size
        ? FenceToken.Read(reply.Span)
        : throw new RespReplyException("Redis answered something else where a token should be; has another program written to the names of this cache?");

    private static void Next(ref RespReader reply)
    {
        if (!reply.Read())
        {
            throw new RespReplyException("The answer of Redis ends too early.");
        }
    }
}
