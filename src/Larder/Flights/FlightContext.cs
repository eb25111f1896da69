using System.Diagnostics.CodeAnalysis;
using Larder.Entries;
using Larder.Keys;

namespace Larder.Flights;

/// <summary>The context of one flight's factory.</summary>
internal sealed class FlightContext : EntryContext
{
    private readonly Flight _flight;
    private readonly int _maximumKeyLength;
    private List<string>? _lateTags;

    // What belongs to the older value must not be kept with a newer one, so what the factory set is told apart from
    // what it was shown.
    private bool _isETagGiven;
    private bool _isLastModifiedGiven;

    internal FlightContext(Flight flight, int maximumKeyLength)
    {
        _flight = flight;
        _maximumKeyLength = maximumKeyLength;
    }

    public override string Key => _flight.Key;

    public override bool IsRefresh => _flight.IsRefresh;

    public override EntryOptions Options => GivenOptions ??= new EntryOptions();

    public override string? ETag
    {
        get => _isETagGiven ? field : _flight.Before?.Validators?.ETag;
        set
        {
            field = value;
            _isETagGiven = true;
        }
    }

    public override DateTimeOffset? LastModified
    {
        get => _isLastModifiedGiven ? field : _flight.Before?.Validators?.LastModified;
        set
        {
            field = value;
            _isLastModifiedGiven = true;
        }
    }

    public override bool HasStale => _flight.Before is not (null or NotFoundEntry);

    /// <summary>What the factory set, null when it did not look at the options at all.</summary>
    internal EntryOptions? GivenOptions { get; private set; }

    internal bool IsNotFound { get; private set; }

    internal bool IsUnstored { get; private set; }

    /// <summary>True when the factory said that the older value is still right.</summary>
    internal bool IsConfirmed { get; private set; }

    internal ReadOnlySpan<string> LateTags => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_lateTags);

    /// <summary>What is kept with the entry; null when there is nothing.</summary>
    internal Validators? Validators
    {
        get
        {
            var etag = _isETagGiven || IsConfirmed ? ETag : null;
            var lastModified = _isLastModifiedGiven || IsConfirmed ? LastModified : null;
            return etag is null && lastModified is null ? null : new Validators(etag, lastModified);
        }
    }

    public override void AddTag(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        KeyRules.CheckTags([tag], _maximumKeyLength);
        (_lateTags ??= []).Add(tag);
    }

    public override bool TryGetStale<T>([MaybeNullWhen(false)] out T value)
    {
        try
        {
            if (_flight.Before is { } before && before.Read(out value!) == EntryReading.Value)
            {
                return true;
            }
        }
        catch (Exception)
        {
            // A stored form that can not be read any more is as good as none; the load that asks here replaces it.
        }

        value = default;
        return false;
    }

    public override T NotFound<T>()
    {
        IsNotFound = true;
        return default!;
    }

    public override void DoNotStore() => IsUnstored = true;

    public override T NotModified<T>()
    {
        if (!TryGetStale<T>(out var value))
        {
            throw new InvalidOperationException(
                $"NotModified<{typeof(T)}> needs an older value of that type, and there is none; ask HasStale first, and load the value when it is false.");
        }

        IsConfirmed = true;
        return value;
    }
}
