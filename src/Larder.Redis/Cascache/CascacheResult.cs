using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Larder.Redis;

/// <summary>What a look-up found. The default is an absent value.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
[StructLayout(LayoutKind.Auto)]
public readonly struct CascacheResult<T> : IEquatable<CascacheResult<T>>
{
    private readonly T? _value;
    private readonly CascacheReason _reason;

    internal CascacheResult(T value)
    {
        _value = value;
        HasValue = true;
    }

    internal CascacheResult(CascacheReason reason) => _reason = reason;

    /// <summary>True when there is a value, which may be null.</summary>
    public bool HasValue { get; }

    /// <summary>Why there is none; <see cref="CascacheReason.None"/> when there is one.</summary>
    public CascacheReason Reason => HasValue ? CascacheReason.None : _reason == CascacheReason.None ? CascacheReason.Absent : _reason;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public T Value => HasValue ? _value! : throw new InvalidOperationException($"There is no value ({Reason}); look at HasValue, or ask with TryGet.");

    /// <summary>The value, if there is one.</summary>
    /// <param name="value">The value.</param>
    /// <returns>False when there is none.</returns>
    public bool TryGet([MaybeNullWhen(false)] out T value)
    {
        value = _value;
        return HasValue;
    }

    /// <inheritdoc/>
    public bool Equals(CascacheResult<T> other) => Reason == other.Reason && EqualityComparer<T>.Default.Equals(_value, other._value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CascacheResult<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Reason, _value);

    /// <summary>Compares two results.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(CascacheResult<T> left, CascacheResult<T> right) => left.Equals(right);

    /// <summary>Compares two results.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(CascacheResult<T> left, CascacheResult<T> right) => !left.Equals(right);
}
