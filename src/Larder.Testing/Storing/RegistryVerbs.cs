using Larder.Ports;

namespace Larder.Testing;

/// <summary>The verbs of a cache's registry.</summary>
internal static class RegistryVerbs
{
    internal static AuthorityAnswer Renew(Keyspace space, in AuthorityCommand command)
    {
        var registry = Present(space, command);
        if (registry.LeaseTime != command.Milliseconds)
        {
            return new AuthorityAnswer { Kind = AuthorityKind.Hold, Token = registry.Nonce, Number = registry.Sequence, Milliseconds = registry.LeaseTime };
        }

        registry.Renew(AuthorityVerbs.KeyOf(command), command.Expected, command.Number);
        return new AuthorityAnswer { Kind = AuthorityKind.Value, Token = registry.Nonce, Number = registry.Sequence };
    }

    internal static AuthorityAnswer Bump(Keyspace space, in AuthorityCommand command)
    {
        Present(space, command).Bump();
        return Status(space);
    }

    internal static AuthorityAnswer Status(Keyspace space) =>
        space.Registry is not { } registry
            ? default
            : new AuthorityAnswer { Kind = AuthorityKind.Value, Token = registry.Nonce, Number = registry.Sequence, Nodes = registry.Nodes() };

    internal static AuthorityAnswer Look(Keyspace space) =>
        space.Registry is not { } registry
            ? default
            : new AuthorityAnswer { Kind = AuthorityKind.Value, Token = registry.Nonce, Number = registry.Nodes().Count(static node => node.IsStrict), Milliseconds = registry.LeaseTime };

    internal static AuthorityAnswer Forget(Keyspace space, in AuthorityCommand command)
    {
        if (space.Registry is { } registry && registry.Nonce == command.Expected)
        {
            registry.Forget(AuthorityVerbs.KeyOf(command), command.Number);
        }

        return default;
    }

    internal static AuthorityAnswer Retire(Keyspace space, in AuthorityCommand command)
    {
        if (space.Registry is not { } registry || registry.Nonce != command.Expected || registry.Nodes().Length > 0)
        {
            return default;
        }

        space.Registry = null;
        return new AuthorityAnswer { Number = 1 };
    }

    private static Registry Present(Keyspace space, in AuthorityCommand command) =>
        space.Registry ??= new Registry(command.Token, AuthorityVerbs.LifetimeOf(command));
}
