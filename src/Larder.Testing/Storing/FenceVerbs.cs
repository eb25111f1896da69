using Larder.Ports;

namespace Larder.Testing;

/// <summary>The verbs of fences. A fence does not end by itself.</summary>
internal static class FenceVerbs
{
    internal static AuthorityAnswer Read(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Fence(session, command.Fence);
        if (slot.IsEmpty)
        {
            Write(store, slot, command);
        }

        if (session.IsOrdered)
        {
            slot.Track(session);
        }

        return new AuthorityAnswer { Kind = AuthorityKind.Value, Token = slot.Token };
    }

    internal static AuthorityAnswer Move(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        Write(store, store.Fence(session, command.Fence), command);
        return default;
    }

    private static void Write(AuthorityStore store, Slot slot, in AuthorityCommand command)
    {
        if (command.Token.IsNone)
        {
            throw new ArgumentException("The command has no Token; set it to a fresh one.", nameof(command));
        }

        slot.Put(AuthorityKind.Value, command.Token, long.MaxValue);
        store.Announce(slot);
    }
}
