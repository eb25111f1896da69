namespace Larder.Coherence;

/// <summary>How an <see cref="Attempt"/> went.</summary>
internal enum AttemptKind
{
    /// <summary>There is an answer for the caller.</summary>
    Answered,

    /// <summary>The lease is held.</summary>
    Granted,

    /// <summary>To be tried otherwise.</summary>
    Again,

    /// <summary>To be tried where the key lives.</summary>
    Moved,
}
