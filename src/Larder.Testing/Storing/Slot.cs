using Larder.Ports;

namespace Larder.Testing;

/// <summary>What a store has under one key or fence, and which connections want to know when it changes. Used under the store's lock.</summary>
internal sealed class Slot(Keyspace space, string? key, FenceName fence)
{
    // Nearly always there is one connection; the list is for more.
    private Session? _tracker;
    private List<Session>? _others;

    internal Keyspace Space => space;

    /// <summary>The key; null for a fence.</summary>
    internal string? Key => key;

    internal FenceName Fence => fence;

    internal AuthorityKind Kind { get; private set; }

    internal FenceToken Token { get; private set; }

    internal long Number { get; private set; }

    /// <summary>The bytes of a value. Never changed once they are here: readers hold them without a lock.</summary>
    internal byte[] Body { get; private set; } = [];

    /// <summary>When it ends, in milliseconds of the store's clock.</summary>
    internal long EndsAt { get; private set; } = long.MaxValue;

    internal bool IsEmpty => Kind == AuthorityKind.Nothing;

    internal bool IsTracked => _tracker is not null;

    internal void Put(AuthorityKind kind, FenceToken token, long endsAt, byte[]? body = null, long number = 0)
    {
        Kind = kind;
        Token = token;
        EndsAt = endsAt;
        Body = body ?? [];
        Number = number;
    }

    internal void Clear() => Put(AuthorityKind.Nothing, FenceToken.None, long.MaxValue);

    internal void Prolong(long endsAt) => EndsAt = endsAt;

    internal void Count(long number) => Number = number;

    internal void Track(Session session)
    {
        if (_tracker is null)
        {
            _tracker = session;
        }
        else if (_tracker != session && _others?.Contains(session) != true)
        {
            (_others ??= []).Add(session);
        }
    }

    internal void Forget(Session session)
    {
        _others?.Remove(session);
        if (_tracker == session)
        {
            _tracker = null;
            if (_others is { Count: > 0 } others)
            {
                _tracker = others[0];
                others.RemoveAt(0);
            }
        }
    }

    /// <summary>Hands out everybody who tracks this, and lets them go: one announcement ends the tracking.</summary>
    internal void TakeTrackers(List<Session> into)
    {
        if (_tracker is not null)
        {
            into.Add(_tracker);
            _tracker = null;
            if (_others is { Count: > 0 } others)
            {
                into.AddRange(others);
                others.Clear();
            }
        }
    }
}
