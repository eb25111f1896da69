using Larder.Ports;

namespace Larder.Testing;

/// <summary>The verbs of the refresh lease, which nobody is told of.</summary>
internal static class RefreshVerbs
{
    internal static AuthorityAnswer Take(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Refresh(session, AuthorityVerbs.KeyOf(command));
        if (!slot.IsEmpty)
        {
            return new AuthorityAnswer { Milliseconds = Math.Max(1, slot.EndsAt - store.Now) };
        }

        store.Put(slot, AuthorityKind.Lease, command.Token, AuthorityVerbs.LifetimeOf(command));
        return new AuthorityAnswer { Number = 1 };
    }

    internal static AuthorityAnswer Release(AuthorityStore store, Session session, in AuthorityCommand command)
    {
        var slot = store.Refresh(session, AuthorityVerbs.KeyOf(command));
        if (slot.Token == command.Expected)
        {
            slot.Clear();
        }

        slot.Space.Trim(slot);
        return default;
    }
}
