using System.Diagnostics.CodeAnalysis;

namespace Larder;

/// <summary>An answer of the cache together with how it was found.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <remarks>The default value of this type means <see cref="CacheStatus.Absent"/>.</remarks>
public readonly struct CacheResult<T>
{
    internal CacheResult(CacheStatus status, CacheTier tier, T? value, bool hasValue, TimeSpan age, TimeSpan remainingFreshness)
    {
        Status = status;
        Tier = tier;
        Value = value;
        HasValue = hasValue;
        Age = age;
        RemainingFreshness = remainingFreshness;
    }

    /// <summary>How the answer was found.</summary>
    public CacheStatus Status { get; }

    /// <summary>Where the answer was found; <see cref="CacheTier.None"/> when nothing was.</summary>
    public CacheTier Tier { get; }

    /// <summary>The value; the default of <typeparamref name="T"/> when <see cref="HasValue"/> is false. Null is an ordinary value.</summary>
    public T? Value { get; }

    /// <summary>True when there is a value, which may be null.</summary>
    public bool HasValue { get; }

    /// <summary>True when the source said that there is no such thing, in this call or in one whose answer was cached.</summary>
    public bool IsNotFound => !HasValue && Status != CacheStatus.Absent;

    /// <summary>The time since the value was stored; zero for <see cref="CacheStatus.Miss"/> and <see cref="CacheStatus.Absent"/>.</summary>
    public TimeSpan Age { get; }

    /// <summary>How long the value stays fresh from now on; zero when it is not fresh, or was not stored.</summary>
    public TimeSpan RemainingFreshness { get; }

    /// <summary>Hands out the value, when there is one.</summary>
    /// <param name="value">The value, or the default of <typeparamref name="T"/>.</param>
    /// <returns><see cref="HasValue"/>.</returns>
    public bool TryGetValue([MaybeNullWhen(false)] out T value)
    {
        value = Value!;
        return HasValue;
    }

    /// <summary>The status and the tier in words. The value is left out on purpose: results end up in logs.</summary>
    public override string ToString() => HasValue || Status == CacheStatus.Absent ? $"{Status} ({Tier})" : $"{Status} ({Tier}, not found)";
}
