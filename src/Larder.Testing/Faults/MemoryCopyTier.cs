using System.Buffers;
using System.Collections.Concurrent;
using Larder.Ports;

namespace Larder.Testing;

/// <summary>A tier of copies in memory. Keeps everything until its time is over; there is no bound. Thread-safe.</summary>
/// <param name="kind">What answers from it are called; a disk by default.</param>
public sealed class MemoryCopyTier(CacheTier kind = CacheTier.Disk) : ICopyTier
{
    private readonly ConcurrentDictionary<string, Copy> _copies = new(StringComparer.Ordinal);
    private TierHost? _host;

    /// <inheritdoc/>
    public string Name => "memory-copies";

    /// <inheritdoc/>
    public CacheTier Kind => kind;

    /// <summary>How many copies it keeps, those whose time is over included until somebody asks for them.</summary>
    public int Count => _copies.Count;

    /// <inheritdoc/>
    public void Attach(TierHost host) => _host = host;

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, CancellationToken cancellationToken)
    {
        if (!_copies.TryGetValue(key, out var copy))
        {
            return new ValueTask<TierReading>(TierReading.Absent);
        }

        if (copy.EndsAt <= Now)
        {
            _copies.TryRemove(KeyValuePair.Create(key, copy));
            return new ValueTask<TierReading>(TierReading.Absent);
        }

        return new ValueTask<TierReading>(new TierReading(TierStatus.Done, copy.Token, new ReadOnlySequence<byte>(copy.Body)));
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(string key, TierWrite write, FenceToken token, CancellationToken cancellationToken)
    {
        var milliseconds = Math.Ceiling(write.Lifetime.TotalMilliseconds);
        _copies[key] = new Copy(token, write.Body.ToArray(), milliseconds < long.MaxValue - Now ? Now + (long)milliseconds : long.MaxValue);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken)
    {
        foreach (var key in keys.Span)
        {
            _copies.TryRemove(key, out _);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        _copies.Clear();
        return ValueTask.CompletedTask;
    }

    /// <summary>Forgets everything.</summary>
    /// <returns>The task.</returns>
    public ValueTask DisposeAsync()
    {
        _copies.Clear();
        return ValueTask.CompletedTask;
    }

    private long Now => (_host ?? throw new InvalidOperationException("The tier is not attached yet.")).Milliseconds;

    private sealed record Copy(FenceToken Token, byte[] Body, long EndsAt);
}
