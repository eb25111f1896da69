namespace Larder;

/// <summary>How an answer of the cache was found.</summary>
public enum CacheStatus
{
    /// <summary>Nothing is there, and the source was not asked.</summary>
    Absent = 0,

    /// <summary>A fresh entry. <see cref="CacheResult{T}.Tier"/> says where it was.</summary>
    Hit = 1,

    /// <summary>An entry past <see cref="EntryOptions.FreshFor"/>, served at once; a call that has a factory also starts a refresh, or finds one running.</summary>
    Stale = 2,

    /// <summary>The source was asked and answered.</summary>
    Miss = 3,

    /// <summary>An entry past <see cref="EntryOptions.StaleFor"/>, served at once while it is refreshed; only with <see cref="EntryOptions.ServeExpired"/>.</summary>
    Expired = 4,

    /// <summary>The source failed or was too slow, and a value past <see cref="EntryOptions.StaleFor"/> was served as a last resort.</summary>
    Fallback = 5,
}
