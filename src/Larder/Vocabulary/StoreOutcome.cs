namespace Larder;

/// <summary>What became of a conditional store.</summary>
public enum StoreOutcome
{
    /// <summary>The value is stored.</summary>
    Stored = 0,

    /// <summary>Something was written, removed or expired since the fence was taken: nothing is stored.</summary>
    FencedOff = 1,

    /// <summary>The tier that decides could not be asked, or did not answer: whether the value is stored is not known.</summary>
    Unavailable = 2,
}
