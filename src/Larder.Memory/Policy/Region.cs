namespace Larder.Memory.Policy;

/// <summary>The list that an entry is in.</summary>
internal enum Region : byte
{
    /// <summary>None: the index is unused.</summary>
    Free = 0,

    /// <summary>The newcomers, by recency.</summary>
    Window = 1,

    /// <summary>Those that have not been asked for since they left the window, and those that protection has dropped.</summary>
    Probation = 2,

    /// <summary>Those that were asked for again.</summary>
    Protected = 3,
}
