using System.Buffers;
using System.Buffers.Binary;
using Larder;
using Larder.Ports;

namespace FileTier;

/// <summary>
/// An authority in a folder, one file for each entry: what is cached survives the process. The folder belongs to one cache of one process at a time. An example of a tier; see
/// docs/writing-a-tier.md.
/// </summary>
/// <remarks>
/// Values, numbers and fences are files. Leases and the tokens that snapshots plant are in memory: they are only good for loads and comparisons of this process, and a token that is missing after
/// a restart is invalid, which is what it should be. One gate for everything makes each command atomic.
/// </remarks>
public sealed class FileAuthority : ITier
{
    // Tokens of snapshots beyond this are forgotten, all together.
    private const int MostSnapshots = 10_000;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, LoadLease> _leases = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (FenceToken Token, long EndsAt)> _snapshots = new(StringComparer.Ordinal);
    private readonly EntryFolder _folder;
    private TimeProvider _time = TimeProvider.System;

    /// <summary>Makes the tier.</summary>
    /// <param name="folder">Where the files are. Made when it is missing.</param>
    public FileAuthority(string folder)
    {
        Directory.CreateDirectory(folder);
        _folder = new EntryFolder(folder, () => Now);
    }

    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public CacheTier Kind => CacheTier.Disk;

    // Files outlive the process, so their time is that of the wall clock.
    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <inheritdoc/>
    public void Attach(TierHost host) => _time = host.TimeProvider;

    /// <inheritdoc/>
    public ValueTask<TierReading> GetAsync(string key, TierObservation? observation, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            var entry = await _folder.ReadAsync(key, cancellationToken);

            // Nobody else changes this folder, so there is nothing to announce: arming is all.
            observation?.Arm();
            return Reading(entry);
        },
        TierReading.Unavailable,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<TierClaim> ClaimAsync(
        string key, FenceToken unusable, TierObservation observation, TimeSpan leaseTime, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            var entry = await _folder.ReadAsync(key, cancellationToken);
            observation.Arm();
            if (entry.Kind == EntryKind.Value && entry.Token != unusable)
            {
                return new TierClaim(Reading(entry));
            }

            if (_leases.TryGetValue(key, out var other))
            {
                return TierClaim.Busy(other.Ended);
            }

            var lease = new LoadLease(this, key, entry.Kind == EntryKind.Value ? entry.Token : FenceToken.None);
            _leases.Add(key, lease);
            _snapshots.Remove(key);
            return TierClaim.Leased(lease);
        },
        TierClaim.Unavailable,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> SetAsync(
        string key, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) => AtomicallyAsync(
        () => StoreAsync(key, write, token, observation), Unavailable, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<StoreOutcome> ReplaceAsync(
        string key, FenceToken expected, TierWrite write, FenceToken token, TierObservation? observation, CancellationToken cancellationToken) => AtomicallyAsync(
        async () => await TokenAsync(key, cancellationToken) == expected ? await StoreAsync(key, write, token, observation) : StoreOutcome.FencedOff,
        Unavailable,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken> SnapshotAsync(string key, TimeSpan lifetime, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            var token = await TokenAsync(key, cancellationToken);
            if (!token.IsNone || (await _folder.ReadAsync(key, cancellationToken)).Kind != EntryKind.None)
            {
                return token;
            }

            if (_snapshots.Count == MostSnapshots)
            {
                _snapshots.Clear();
            }

            token = FenceToken.Create();
            _snapshots[key] = (token, Until(lifetime));
            return token;
        },
        static _ => FenceToken.None,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ReadOnlyMemory<string> keys, CancellationToken cancellationToken) => AtomicallyAsync(
        () =>
        {
            foreach (var key in keys.Span)
            {
                _folder.Delete(key);
                Changed(key);
            }

            return Task.FromResult(true);
        },
        static _ => false,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ExpireAsync(string key, long freshUntil, FenceToken token, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            var entry = await _folder.ReadAsync(key, cancellationToken);
            if (entry.Kind == EntryKind.Value)
            {
                var body = entry.Body.ToArray();
                if (body.Length >= TierWrite.FreshUntilSize && BinaryPrimitives.ReadInt64BigEndian(body) > freshUntil)
                {
                    BinaryPrimitives.WriteInt64BigEndian(body, freshUntil);
                }

                await _folder.WriteAsync(key, entry with { Token = token, Body = body });
            }

            Changed(key);
            return true;
        },
        static _ => false,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IncrementReading> IncrementAsync(string key, long delta, TimeSpan lifetime, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            var entry = await _folder.ReadAsync(key, cancellationToken);
            if (entry.Kind == EntryKind.Value)
            {
                return new IncrementReading(IncrementOutcome.NotANumber);
            }

            // The number counts only while the fence of the cache is the one that it was made under: a Clear ends it.
            var fence = await ReadFenceAsync(FenceName.Cache, cancellationToken);
            var isNew = entry.Kind == EntryKind.None || entry.Token != fence;
            var sum = (Int128)(isNew ? 0 : entry.Number) + delta;
            if (sum != (long)sum)
            {
                return new IncrementReading(IncrementOutcome.Overflow);
            }

            var body = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(body, (long)sum);
            await _folder.WriteAsync(key, new FileEntry(EntryKind.Number, fence, isNew ? Until(lifetime) : entry.EndsAt, body));
            Changed(key);
            return new IncrementReading(IncrementOutcome.Done, (long)sum);
        },
        static failure => new IncrementReading(IncrementOutcome.Unavailable, failure: failure),
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FenceToken[]?> ReadFencesAsync(ReadOnlyMemory<FenceName> names, CancellationToken cancellationToken) => AtomicallyAsync<FenceToken[]?>(
        async () =>
        {
            var tokens = new FenceToken[names.Length];
            for (var i = 0; i < tokens.Length; i++)
            {
                tokens[i] = await ReadFenceAsync(names.Span[i], cancellationToken);
            }

            return tokens;
        },
        static _ => null,
        cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> MoveFenceAsync(FenceName name, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            await MakeFenceAsync(FileOf(name));
            return true;
        },
        static _ => false,
        cancellationToken);

    /// <summary>Ends the loads that are running. The files stay.</summary>
    /// <returns>The task.</returns>
    public async ValueTask DisposeAsync() => await AtomicallyAsync(
        () =>
        {
            foreach (var key in _leases.Keys.ToList())
            {
                Changed(key);
            }

            return Task.FromResult(true);
        },
        static _ => false,
        CancellationToken.None);

    internal ValueTask<StoreOutcome> FillAsync(LoadLease lease, TierWrite write, FenceToken token, CancellationToken cancellationToken) => AtomicallyAsync(
        async () =>
        {
            // Every change of the key ends its lease. A value that was to be replaced must still be there: its time may be over.
            var isIntact = _leases.GetValueOrDefault(lease.Key) == lease
                && (lease.Older.IsNone || (await _folder.ReadAsync(lease.Key, cancellationToken)).Token == lease.Older);
            return isIntact ? await StoreAsync(lease.Key, write, token, observation: null) : StoreOutcome.FencedOff;
        },
        Unavailable,
        cancellationToken);

    internal async ValueTask ReleaseAsync(LoadLease lease, bool dropsOlder, CancellationToken cancellationToken) => await AtomicallyAsync(
        () =>
        {
            if (_leases.GetValueOrDefault(lease.Key) == lease)
            {
                if (dropsOlder && !lease.Older.IsNone)
                {
                    _folder.Delete(lease.Key);
                }

                Changed(lease.Key);
            }

            return Task.FromResult(true);
        },
        static _ => false,
        cancellationToken);

    private static StoreOutcome Unavailable(Exception failure) => StoreOutcome.Unavailable;

    private static TierReading Reading(FileEntry entry) =>
        entry.Kind == EntryKind.Value ? new TierReading(TierStatus.Done, entry.Token, new ReadOnlySequence<byte>(entry.Body)) : TierReading.Absent;

    // No key has a control character, so no key is taken for a fence.
    private static string FileOf(FenceName fence) => $"\u0001{fence.Kind}\u0001{fence.Tag}";

    private async Task<StoreOutcome> StoreAsync(string key, TierWrite write, FenceToken token, TierObservation? observation)
    {
        await _folder.WriteAsync(key, new FileEntry(EntryKind.Value, token, Until(write.Lifetime), write.Body.ToArray()));
        Changed(key);
        observation?.Arm();
        return StoreOutcome.Stored;
    }

    private async Task<FenceToken> ReadFenceAsync(FenceName fence, CancellationToken cancellationToken)
    {
        var name = FileOf(fence);
        var entry = await _folder.ReadAsync(name, cancellationToken);
        return entry.Kind == EntryKind.Fence ? entry.Token : await MakeFenceAsync(name);
    }

    private async Task<FenceToken> MakeFenceAsync(string name)
    {
        var token = FenceToken.Create();
        await _folder.WriteAsync(name, new FileEntry(EntryKind.Fence, token, long.MaxValue, default));
        return token;
    }

    /// <summary>The token that a key carries: of its value, of its load, or of a snapshot.</summary>
    private async Task<FenceToken> TokenAsync(string key, CancellationToken cancellationToken)
    {
        var entry = await _folder.ReadAsync(key, cancellationToken);
        return entry.Kind == EntryKind.Value ? entry.Token
            : entry.Kind == EntryKind.Number ? FenceToken.None
            : _leases.TryGetValue(key, out var lease) && lease.Older.IsNone ? lease.Token
            : _snapshots.TryGetValue(key, out var snapshot) && snapshot.EndsAt > Now ? snapshot.Token
            : FenceToken.None;
    }

    /// <summary>Something happened to the key: loads and snapshots of it are over, and whoever waits for a load is woken.</summary>
    private void Changed(string key)
    {
        _snapshots.Remove(key);
        if (_leases.Remove(key, out var lease))
        {
            lease.End();
        }
    }

    private long Until(TimeSpan lifetime)
    {
        var now = Now;
        var milliseconds = (long)Math.Min(Math.Ceiling(lifetime.TotalMilliseconds), long.MaxValue / 2);
        return now + milliseconds;
    }

    // What goes wrong with the disk is an outcome; a caller who leaves while waiting gets the cancellation, and nothing has changed.
    private async ValueTask<T> AtomicallyAsync<T>(Func<Task<T>> work, Func<Exception, T> unavailable, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return unavailable(failure);
        }
        finally
        {
            _gate.Release();
        }
    }
}
