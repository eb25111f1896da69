using System.Buffers;
using System.Buffers.Binary;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>What each verb does, exactly as <see cref="AuthorityVerb"/> says. Runs under the store's lock; throws an <see cref="ArgumentException"/> for what a store would refuse.</summary>
internal static class AuthorityVerbs
{
    internal static AuthorityAnswer Carry(AuthorityStore store, Session session, in AuthorityCommand command) =>
        command.Verb switch
        {
            AuthorityVerb.Read => Read(store, session, KeyOf(command)),
            AuthorityVerb.TrackedRead => TrackedReadAndTime(store, session, KeyOf(command)),
            AuthorityVerb.TrackedPeek => TrackedPeek(store, session, command),
            AuthorityVerb.Acquire => Acquire(store, session, command),
            AuthorityVerb.Keep => Keep(store, session, command),
            AuthorityVerb.Fill => Fill(store, session, command),
            AuthorityVerb.Release => Release(store, session, command),
            AuthorityVerb.Force => Plant(store, session, command, AuthorityKind.Lease),
            AuthorityVerb.Remove => Remove(store, session, command),
            AuthorityVerb.Expire => Expire(store, session, command),
            AuthorityVerb.Snapshot => Snapshot(store, session, command),
            AuthorityVerb.Increment => Increment(store, session, command),
            AuthorityVerb.Hold => Plant(store, session, command, AuthorityKind.Hold),
            AuthorityVerb.TakeRefresh => RefreshVerbs.Take(store, session, command),
            AuthorityVerb.ReleaseRefresh => RefreshVerbs.Release(store, session, command),
            AuthorityVerb.ReadFence => FenceVerbs.Read(store, session, command),
            AuthorityVerb.MoveFence => FenceVerbs.Move(store, session, command),
            AuthorityVerb.Renew => RegistryVerbs.Renew(session.Space, command),
            AuthorityVerb.Bump => RegistryVerbs.Bump(session.Space, command),
            AuthorityVerb.Status => RegistryVerbs.Status(session.Space),
            AuthorityVerb.Look => RegistryVerbs.Look(session.Space),
            AuthorityVerb.Retire => RegistryVerbs.Retire(session.Space, command),
            AuthorityVerb.Forget => RegistryVerbs.Forget(session.Space, command),
            _ => throw new ArgumentException($"{command.Verb} is not a command of the authority.", nameof(command)),
        };

    /// <summary>One answer for each key, as if each was read by a command of its own; what a lease or a hold has left is not told.</summary>
    internal static AuthorityAnswer[] CarryMany(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        if (command.Keys.IsEmpty)
        {
            throw new ArgumentException($"{command.Verb} has no Keys; give it one or more.", nameof(command));
        }

        var answers = new AuthorityAnswer[command.Keys.Length];
        for (var i = 0; i < answers.Length; i++)
        {
            var key = command.Keys.Span[i];
            answers[i] = command.Verb == AuthorityVerb.ReadMany ? Read(store, session, key) : TrackedRead(store, session, key);
        }

        return answers;
    }

    internal static string KeyOf(in AuthorityCommand command) =>
        command.Key ?? throw new ArgumentException($"{command.Verb} has no Key; set it.", nameof(command));

    internal static long LifetimeOf(in AuthorityCommand command) =>
        command.Milliseconds > 0
            ? command.Milliseconds
            : throw new ArgumentException($"{command.Verb} has Milliseconds {command.Milliseconds}; set it to 1 or more.", nameof(command));

    private static AuthorityAnswer Read(AuthorityStore store, Session session, string key)
    {
        // Looked up without a trace: nothing is tracked, so a missing key must leave none.
        if (session.Space.FindKey(key) is not { } slot)
        {
            return default;
        }

        store.Present(slot);
        slot.Space.Trim(slot);
        return Shown(slot);
    }

    private static AuthorityAnswer TrackedRead(AuthorityStore store, Session session, string key)
    {
        var slot = store.Key(session, key);
        Track(slot, session);
        return Shown(slot);
    }

    private static AuthorityAnswer TrackedReadAndTime(AuthorityStore store, Session session, string key)
    {
        var slot = store.Key(session, key);
        Track(slot, session);
        return Shown(slot) with { Milliseconds = Left(store, slot) };
    }

    private static AuthorityAnswer TrackedPeek(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        Track(slot, session);
        return new AuthorityAnswer { Kind = slot.Kind, Token = slot.Token };
    }

    private static AuthorityAnswer Acquire(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));

        // A store reads before it plants, so it announces the planting back to a connection that tracks what it reads.
        Track(slot, session);
        if (slot.Kind is not (AuthorityKind.Nothing or AuthorityKind.Snapshot))
        {
            return Shown(slot) with { Milliseconds = Left(store, slot) };
        }

        store.Put(slot, AuthorityKind.Lease, command.Token, LifetimeOf(command));
        store.Announce(slot, isOfInterest: false);
        return default;
    }

    private static AuthorityAnswer Keep(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        if (slot.Kind == AuthorityKind.Lease && slot.Token == command.Expected)
        {
            store.Prolong(slot, LifetimeOf(command));
            store.Announce(slot, isOfInterest: false);
        }

        slot.Space.Trim(slot);
        return default;
    }

    private static AuthorityAnswer Fill(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        var mayFill = slot.Kind is AuthorityKind.Lease or AuthorityKind.Value or AuthorityKind.Snapshot;
        if (mayFill && slot.Token == command.Expected)
        {
            store.Put(slot, AuthorityKind.Value, command.Token, LifetimeOf(command), command.Body.ToArray());
            store.Announce(slot);
            return new AuthorityAnswer { Number = 1 };
        }

        slot.Space.Trim(slot);
        return new AuthorityAnswer { Number = slot.Kind == AuthorityKind.Value && slot.Token == command.Token ? 2 : 0 };
    }

    private static AuthorityAnswer Release(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        if (slot.Kind is AuthorityKind.Lease or AuthorityKind.Value && slot.Token == command.Expected)
        {
            store.Vacate(slot);
            return new AuthorityAnswer { Number = 1 };
        }

        slot.Space.Trim(slot);
        return default;
    }

    private static AuthorityAnswer Plant(AuthorityStore store, Session session, in AuthorityCommand command, AuthorityKind kind)
    {
        var slot = store.Key(session, KeyOf(command));
        store.Put(slot, kind, kind == AuthorityKind.Lease ? command.Token : FenceToken.None, LifetimeOf(command));
        store.Announce(slot);
        return default;
    }

    private static AuthorityAnswer Remove(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        store.Vacate(store.Key(session, KeyOf(command)));
        return default;
    }

    private static AuthorityAnswer Expire(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        if (slot.Kind is AuthorityKind.Lease or AuthorityKind.Snapshot or AuthorityKind.Nothing)
        {
            store.Vacate(slot);
        }
        else if (slot.Kind == AuthorityKind.Value)
        {
            slot.Put(AuthorityKind.Value, command.Token, slot.EndsAt, NoLaterThan(slot.Body, command.Number));
            store.Announce(slot);
        }
        else
        {
            // Loads under a hold or a number store nothing, but they are shared.
            store.Announce(slot);
        }

        return default;
    }

    private static AuthorityAnswer Snapshot(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        if (slot.IsEmpty)
        {
            store.Put(slot, AuthorityKind.Snapshot, command.Token, LifetimeOf(command));
            store.Announce(slot, isOfInterest: false);
        }

        return new AuthorityAnswer { Kind = slot.Kind, Token = slot.Kind == AuthorityKind.Number ? FenceToken.None : slot.Token };
    }

    private static AuthorityAnswer Increment(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Key(session, KeyOf(command));
        if (slot.Kind is AuthorityKind.Value or AuthorityKind.Hold)
        {
            return new AuthorityAnswer { Kind = AuthorityKind.Value };
        }

        if (command.Token.IsNone)
        {
            throw new ArgumentException("Increment has no Token; set it to that of the cache's fence.", nameof(command));
        }

        var isOver = slot.Kind == AuthorityKind.Number && slot.Token != command.Token;
        if (isOver && (command.Expected.IsNone || slot.Token != command.Expected))
        {
            return new AuthorityAnswer { Kind = AuthorityKind.Number, Token = slot.Token };
        }

        var isNew = isOver || slot.Kind != AuthorityKind.Number;
        var sum = (Int128)(isNew ? 0 : slot.Number) + command.Number;
        if (sum != (long)sum)
        {
            return default;
        }

        if (isNew)
        {
            store.Put(slot, AuthorityKind.Number, command.Token, LifetimeOf(command), number: (long)sum);
        }
        else
        {
            slot.Count((long)sum);
        }

        store.Announce(slot);
        return new AuthorityAnswer { Kind = AuthorityKind.Number, Token = command.Token, Number = (long)sum };
    }

    private static AuthorityAnswer Shown(Slot slot) => new()
    {
        Kind = slot.Kind,
        Token = slot.Token,
        Body = slot.Kind == AuthorityKind.Value ? new ReadOnlySequence<byte>(slot.Body) : default,
    };

    private static long Left(AuthorityStore store, Slot slot) =>
        slot.Kind is AuthorityKind.Lease or AuthorityKind.Hold ? Math.Max(1, slot.EndsAt - store.Now) : 0;

    private static void Track(Slot slot, Session session)
    {
        if (session.IsOrdered)
        {
            slot.Track(session);
        }
    }

    // A copy: readers hold the old bytes.
    private static byte[] NoLaterThan(byte[] body, long freshUntil)
    {
        if (body.Length < TierWrite.FreshUntilSize || BinaryPrimitives.ReadInt64BigEndian(body) <= freshUntil)
        {
            return body;
        }

        var changed = (byte[])body.Clone();
        BinaryPrimitives.WriteInt64BigEndian(changed, freshUntil);
        return changed;
    }
}
