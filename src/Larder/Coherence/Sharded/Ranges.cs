using Larder.Ports;

namespace Larder.Coherence;

/// <summary>
/// The workings of all ranges of one <see cref="ShardedAuthority"/>, put together once its host is known: each range has its registry, its connection and its lease; the way to strays is one for all of them.
/// </summary>
internal sealed class Ranges
{
    private readonly IAuthorityShards _shards;
    private readonly Workings[] _ranges;
    private readonly Line _strays;

    internal Ranges(IAuthorityShards shards, TierHost host, LinkedAuthorityOptions options, JointGate joint, ShardReport report, TaskCompletionSource[] firstContacts)
    {
        _shards = shards;
        AreStrict = options.Level == CoherenceLevel.Strict;
        _strays = new Line(shards.Strays, host, default, isGuarded: false) { IsForStrays = true };
        _ranges = new Workings[shards.Count];
        for (var i = 0; i < _ranges.Length; i++)
        {
            var part = new RegistryPart(joint.Part(i), new RangeNews(report, i), _ranges.Length, _strays, i == 0 ? null : _ranges[0].Line);
            _ranges[i] = new Workings(shards.Range(i), host, options, part, firstContacts[i]);
        }
    }

    internal int Count => _ranges.Length;

    /// <summary>True at Strict.</summary>
    internal bool AreStrict { get; }

    /// <summary>False when the nodes have not agreed, or not yet, on the number of ranges: the registry of the first range has the same place for every number.</summary>
    internal bool HaveAgreed => _ranges[0].HasAgreed;

    internal Workings this[int range] => _ranges[range];

    internal void Start(TierHost host)
    {
        _shards.Strays.Start(host, new StrayListener(_strays));
        for (var i = 0; i < _ranges.Length; i++)
        {
            _shards.Range(i).Start(host, _ranges[i].Pushes);
        }
    }

    internal int Of(string key) => _shards.RangeOf(key);

    /// <summary>The same on every node: fences live at the home of their range, and that of the whole cache and of any tag at the first.</summary>
    internal int Of(FenceName fence)
    {
        if (fence.Tag is not { } tag)
        {
            return 0;
        }

        // FNV-1a over the UTF-16 code units, folded.
        var hash = 2_166_136_261u;
        foreach (var unit in tag)
        {
            hash = (hash ^ unit) * 16_777_619u;
        }

        return (int)((hash ^ (hash >> 16)) % (uint)_ranges.Length);
    }

    internal int[] Of(ReadOnlySpan<string> keys)
    {
        var ranges = new int[keys.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = Of(keys[i]);
        }

        return ranges;
    }

    internal int[] Of(ReadOnlySpan<FenceName> fences)
    {
        var ranges = new int[fences.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            ranges[i] = Of(fences[i]);
        }

        return ranges;
    }

    /// <summary>The ranges that a change concerns: those of its keys, or those of the fences that it moved.</summary>
    internal IEnumerable<int> Of(RemovalKind kind, ReadOnlyMemory<string> names)
    {
        switch (kind)
        {
            case RemovalKind.Key:
                return Of(names.Span).Distinct();
            case RemovalKind.Tag:
                var tags = names.ToArray();
                return tags.Select(tag => Of(FenceName.OfTag(tag))).Append(Of(FenceName.AnyTag)).Distinct();
            case RemovalKind.Clear:
                return [Of(FenceName.Cache)];
            default:
                return Enumerable.Range(0, _ranges.Length);
        }
    }

    /// <summary>Stops serving from memory, and leaves all registries.</summary>
    internal async ValueTask CloseAsync()
    {
        var closings = Array.ConvertAll(_ranges, static range => range.CloseAsync().AsTask());
        await Task.WhenAll(closings).ConfigureAwait(false);
        foreach (var range in _ranges)
        {
            range.Line.End(range.Line.Epoch, failure: null);
        }
    }
}
