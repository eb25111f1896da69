using Larder.Ports;
using Larder.Redis.Connecting;
using Larder.Redis.Layout;
using Larder.Redis.Scheduling;
using Larder.Resp;

namespace Larder.Redis.Linking;

/// <summary>The ways of one cache to a cluster: the slots are cut into ranges of the same size, and what belongs to the home of a range lies in its first slot.</summary>
internal sealed class RedisShards : IAuthorityShards, IClusterMember
{
    private readonly ClusterHub _hub;
    private readonly RedisRange[] _ranges;
    private readonly RedisStrays _strays;
    private readonly HashSet<int> _left = [];
    private bool _isTelling;
    private KeyNames? _names;
    private int _started;
    private int _isDisposed;

    internal RedisShards(ClusterHub hub, string prefix, int ranges)
    {
        _hub = hub;
        Prefix = prefix;
        _ranges = new RedisRange[ranges];
        for (var i = 0; i < ranges; i++)
        {
            _ranges[i] = new RedisRange(this, hub, home: i * (RespSlots.Count / ranges));
        }

        _strays = new RedisStrays(this, hub);
    }

    public string Name => "redis";

    public CacheTier Kind => CacheTier.Remote;

    public int Count => _ranges.Length;

    public IAuthorityLink Strays => _strays;

    ReadOnlySpan<byte> IClusterMember.Head => _names!.Head;

    /// <summary>What all names of the application begin with.</summary>
    internal string Prefix { get; }

    public IAuthorityLink Range(int range) => _ranges[range];

    public int RangeOf(string key) => RangeOf(SlotOf(key));

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        foreach (var range in _ranges)
        {
            await range.DisposeAsync().ConfigureAwait(false);
        }

        await _strays.DisposeAsync().ConfigureAwait(false);
        if (Volatile.Read(ref _started) == _ranges.Length)
        {
            await _hub.LeaveAsync(this).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Slots have left a node that ranges of this cache are bound to. What was moved as it should be was announced key by key, so this is for what was not; it looks at every key in memory, so it is done
    /// elsewhere, for all slots that have left meanwhile at once.
    /// </summary>
    internal void Left(IReadOnlyList<RespSlotRange> slots)
    {
        lock (_left)
        {
            foreach (var range in slots)
            {
                _left.UnionWith(Enumerable.Range(range.First, range.Last - range.First + 1));
            }

            if (_isTelling)
            {
                return;
            }

            _isTelling = true;
        }

        Pauses.Start(TellAsync);
    }

    private Task TellAsync()
    {
        while (true)
        {
            HashSet<int> slots;
            lock (_left)
            {
                if (_left.Count == 0)
                {
                    _isTelling = false;
                    return Task.CompletedTask;
                }

                slots = [.. _left];
                _left.Clear();
            }

            _ranges[0].Tell(key => slots.Contains(SlotOf(key)));
        }
    }

    internal int SlotOf(string key) => _names!.SlotOf(key);

    /// <summary>The name of the cache is known.</summary>
    internal void Begin(string cache)
    {
        var names = new KeyNames(Prefix, cache, home: 0);
        if (RespSlots.Of(names.Registry) != 0)
        {
            throw new ArgumentException($"The name of the cache is \"{cache}\"; on a cluster it may have no braces.", nameof(cache));
        }

        _names = names;
    }

    /// <summary>One more range was started; with the last of them the cache joins.</summary>
    internal void Started()
    {
        if (Interlocked.Increment(ref _started) == _ranges.Length)
        {
            _hub.Join(this);
        }
    }

    public void Look(bool isLate) => Array.ForEach(_ranges, range => range.Look(isLate));

    void IClusterMember.Lost(long epoch) => Array.ForEach(_ranges, range => range.Lost(epoch));

    void IClusterMember.Moved(RespGap gap)
    {
        foreach (var slots in gap.Slots)
        {
            for (var range = RangeOf(slots.First); range <= RangeOf(slots.Last); range++)
            {
                _ranges[range].Moved(gap.Epoch, gap.Slots);
            }
        }
    }

    void IClusterMember.Changed(ReadOnlySpan<byte> name, long epoch) => _ranges[RangeOf(RespSlots.Of(name))].Changed(name[_names!.Head.Length..], epoch);

    void IClusterMember.EverythingChanged(long epoch) => Array.ForEach(_ranges, range => range.EverythingChanged(epoch));

    private int RangeOf(int slot) => slot * _ranges.Length / RespSlots.Count;
}
