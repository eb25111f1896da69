using System.Buffers;

namespace Larder.Testing.Tests.Support;

/// <summary>A node that talks to an authority directly: what it asks is answered at once, and what it is told is written down.</summary>
internal sealed class Node
{
    internal const string Cache = "shop";

    internal Node(MemoryAuthority authority, string cache = Cache)
        : this(authority.Connect(), cache)
    {
    }

    internal Node(MemoryLink link, string cache = Cache)
    {
        Link = link;
        link.Start(new TierHost(cache, Listening), Listening);
        Listening.Events.Clear();
    }

    internal MemoryLink Link { get; }

    internal Listening Listening { get; } = new();

    internal static FenceToken Token(ulong number) => new(0, number);

    internal static ReadOnlySequence<byte> Bytes(params byte[] bytes) => new(bytes);

    internal Asked Ask(
        AuthorityVerb verb, string? key = null, ulong token = 0, ulong expected = 0, long milliseconds = 10_000, long number = 0, byte[]? body = null, FenceName fence = default)
    {
        var asked = new Asked(Listening.Events)
        {
            Verb = verb,
            Key = key,
            Token = Token(token),
            Expected = Token(expected),
            Milliseconds = milliseconds,
            Number = number,
            Body = Bytes(body ?? []),
            Fence = fence,
        };
        Link.Send(Listening.Epoch, asked);
        return asked;
    }

    internal Asked AskMany(AuthorityVerb verb, params string[] keys)
    {
        var asked = new Asked(Listening.Events) { Verb = verb, Keys = keys };
        Link.Send(Listening.Epoch, asked);
        return asked;
    }

    /// <summary>Asks, and answers what the node was told besides.</summary>
    internal AuthorityAnswer Answer(
        AuthorityVerb verb, string? key = null, ulong token = 0, ulong expected = 0, long milliseconds = 10_000, long number = 0, byte[]? body = null, FenceName fence = default)
    {
        var asked = Ask(verb, key, token, expected, milliseconds, number, body, fence);
        Assert.Equal(1, asked.AnswerCount);
        return asked.Answer;
    }

    /// <summary>Puts a value there by way of a lease, and forgets what was told of it.</summary>
    internal void Store(string key, ulong token, long milliseconds = 10_000, params byte[] body)
    {
        Answer(AuthorityVerb.Force, key, token: 999);
        Assert.Equal(1, Answer(AuthorityVerb.Fill, key, token, expected: 999, milliseconds, body: body).Number);
        Listening.Events.Clear();
    }

    internal List<string> Told() => [.. Listening.Take().Where(told => !told.StartsWith("answer", StringComparison.Ordinal))];
}
