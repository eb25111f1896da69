namespace Larder.Resp.Writing;

/// <summary>
/// What a command would do to the connection that all callers share. Some have no reply, or more than one, so that every later reply would go to the wrong caller; others change what
/// the commands of others mean.
/// </summary>
internal enum Restraint
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It must not be sent by callers.</summary>
    Refused,

    /// <summary>It changes what follows, up to its counterpart, which must stand in the same group.</summary>
    Opens,

    /// <summary>It ends what such a command has begun.</summary>
    Closes,

    /// <summary>The first argument decides.</summary>
    Depends,
}
