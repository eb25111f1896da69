using System.Diagnostics;
using Larder.Memory.Storage;

namespace Larder.Memory.Policy;

/// <summary>
/// The three lists, each a ring through its own head (the index of its region), the coldest entry first; and the
/// indices that are free. Counts and weights are kept in step with the lists here and nowhere else.
/// </summary>
internal sealed class LinkTable
{
    private const int Heads = 4;

    private readonly long[] _weights = new long[Heads];
    private readonly int[] _counts = new int[Heads];
    private readonly bool _isWeighted;
    private Chunks<Link> _links = new();
    private Chunks<long> _entryWeights = new();
    private int _nextUnused = Heads;
    private int _freeHead;

    internal LinkTable(bool isWeighted)
    {
        _isWeighted = isWeighted;
        _links.Reach(Heads);
        for (var head = 1; head < Heads; head++)
        {
            _links[head].Next = head;
            _links[head].Previous = head;
        }
    }

    internal int Count => _counts[1] + _counts[2] + _counts[3];

    internal long Weight => _weights[1] + _weights[2] + _weights[3];

    /// <summary>Indices below this have been used.</summary>
    internal int End => _nextUnused;

    internal long Bytes => _links.Bytes + _entryWeights.Bytes;

    internal ref readonly Link this[int index] => ref _links[index];

    internal long WeightIn(Region region) => _weights[(int)region];

    internal int CountIn(Region region) => _counts[(int)region];

    internal long WeightOf(int index) => _isWeighted ? _entryWeights[index] : 1;

    /// <summary>The entry unused the longest; 0 when the list is empty.</summary>
    internal int Coldest(Region region) => Following((int)region, region);

    /// <summary>The entry used just after the given one; 0 at the end.</summary>
    internal int Warmer(int index) => Following(index, _links[index].Region);

    /// <summary>True when an entry has this index and this hash.</summary>
    internal bool Holds(int index, int hash) =>
        (uint)index < (uint)_nextUnused && _links[index].Region != Region.Free && _links[index].Hash == hash;

    internal int Create(int hash, long weight, Region region, bool asColdest)
    {
        var index = _freeHead;
        if (index != 0)
        {
            _freeHead = _links[index].Next;
        }
        else
        {
            index = _nextUnused;
            Debug.Assert(index <= Link.MostIndex, "A billion entries take more memory than any machine of today gives to one process.");
            _links.Reach(index);
            if (_isWeighted)
            {
                _entryWeights.Reach(index);
            }

            _nextUnused++;
        }

        _links[index].Hash = hash;
        if (_isWeighted)
        {
            _entryWeights[index] = weight;
        }

        Enter(index, region, asColdest);
        return index;
    }

    internal void Release(int index)
    {
        Leave(index);
        ref var link = ref _links[index];
        link.Region = Region.Free;
        link.Next = _freeHead;
        _freeHead = index;
    }

    internal void Reweigh(int index, long weight)
    {
        if (_isWeighted)
        {
            _weights[(int)_links[index].Region] += weight - _entryWeights[index];
            _entryWeights[index] = weight;
        }
    }

    /// <summary>Moves an entry to the warm end of a list, its own or another.</summary>
    internal void Move(int index, Region region, bool asColdest = false)
    {
        Leave(index);
        Enter(index, region, asColdest);
    }

    private int Following(int index, Region region)
    {
        var next = _links[index].Next;
        return next == (int)region ? 0 : next;
    }

    private void Enter(int index, Region region, bool asColdest)
    {
        ref var head = ref _links[(int)region];
        ref var link = ref _links[index];
        link.Region = region;
        if (asColdest)
        {
            link.Previous = (int)region;
            link.Next = head.Next;
            _links[head.Next].Previous = index;
            head.Next = index;
        }
        else
        {
            link.Next = (int)region;
            link.Previous = head.Previous;
            _links[head.Previous].Next = index;
            head.Previous = index;
        }

        _counts[(int)region]++;
        _weights[(int)region] += WeightOf(index);
    }

    private void Leave(int index)
    {
        ref var link = ref _links[index];
        _links[link.Previous].Next = link.Next;
        _links[link.Next].Previous = link.Previous;
        _counts[(int)link.Region]--;
        _weights[(int)link.Region] -= WeightOf(index);
    }
}
