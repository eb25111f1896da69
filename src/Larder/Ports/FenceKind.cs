namespace Larder.Ports;

/// <summary>What a fence guards.</summary>
public enum FenceKind
{
    /// <summary>The whole cache.</summary>
    Cache = 0,

    /// <summary>Every tag together.</summary>
    AnyTag = 1,

    /// <summary>One tag.</summary>
    Tag = 2,

    /// <summary>Nothing that is stored: it moves when a node waits for the others, so that each of them acknowledges at once.</summary>
    Registry = 3,
}
