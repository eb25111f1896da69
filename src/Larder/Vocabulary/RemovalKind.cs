namespace Larder;

/// <summary>What a <see cref="Removal"/> covers.</summary>
public enum RemovalKind
{
    /// <summary>One key was removed or expired.</summary>
    Key = 0,

    /// <summary>Every entry that carries a tag was removed.</summary>
    Tag = 1,

    /// <summary>The whole cache was cleared.</summary>
    Clear = 2,

    /// <summary>Removals were missed: assume that everything may have been removed.</summary>
    Gap = 3,
}
