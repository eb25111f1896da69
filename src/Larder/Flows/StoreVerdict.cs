namespace Larder.Flows;

/// <summary>What became of a value that was to be stored.</summary>
internal enum StoreVerdict
{
    /// <summary>It is in memory.</summary>
    Stored,

    /// <summary>A fence had moved.</summary>
    FencedOff,

    /// <summary>It is too large for its cache.</summary>
    TooLarge,

    /// <summary>The authority could not be told of it.</summary>
    Unreached,

    /// <summary>The authority was told to drop what is older, but did not say which fences the value would be stored under.</summary>
    Unfenced,

    /// <summary>The call or the factory did not want it stored.</summary>
    Unwanted,
}
