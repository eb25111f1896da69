namespace Larder.Memory.Policy;

/// <summary>
/// Which entry to give up: W-TinyLFU (Einziger, Friedman, Manes: "TinyLFU: A Highly Efficient Cache Admission
/// Policy", ACM ToS 2017). Newcomers live in a window; who falls out of it must have been asked for more often than
/// the coldest entry of the main part, or is itself given up. The main part is a segmented LRU.
/// </summary>
/// <remarks>
/// Entries are indices and hashes here; the policy has never seen a key. A heavy candidate has to beat all the
/// victims it would displace, taken together, as in "Lightweight Robust Size Aware Cache Management" (Einziger,
/// Eytan, Friedman, Manes 2022). Guarded by the maintenance lock.
/// </remarks>
internal sealed class TinyLfu
{
    private const double FirstWindowShare = 0.01;
    private const double LargestWindowShare = 0.80;
    private const double ProtectedShare = 0.80;
    private const int FirstSketchCapacity = 512;
    private const int MostVictims = 64;
    private const int MostTransfers = 1000;
    private const int LuckyFrequency = 6;

    // Of two that are equally popular one has been counted in this round and the other not yet; a newcomer must be ahead by
    // more than that, or a loop would be cached in turns and never hit.
    private const int MarginShift = 2;
    private const int LuckOneIn = 128;

    private readonly LinkTable _links;
    private readonly FrequencySketch _sketch;
    private readonly WindowBalance _balance = new();
    private readonly Random _random;
    private readonly long _smallestWindow;
    private readonly long _largestWindow;
    private long _windowMax;
    private long _protectedMax;

    // By how much the window should grow or shrink, and has not yet.
    private long _adjustment;

    // The part of an entry by which it is pulled besides.
    private int _pull;

    // The entry out of the window that contends for its place; 0 for none.
    private int _candidate;

    // The weight of victims that the candidate has won.
    private long _won;

    internal TinyLfu(long capacity, bool isWeighted, Random random)
    {
        _random = random;
        _links = new LinkTable(isWeighted);
        _sketch = new FrequencySketch(isWeighted ? int.MaxValue : Math.Min(capacity, int.MaxValue), FirstSketchCapacity);
        _windowMax = Math.Max(1, (long)(capacity * FirstWindowShare));
        _smallestWindow = _windowMax;
        _largestWindow = Math.Max(1, (long)(capacity * LargestWindowShare));
        _protectedMax = (long)((capacity - _windowMax) * ProtectedShare);
    }

    internal LinkTable Links => _links;

    internal long WindowMax => _windowMax;

    internal long Bytes => _links.Bytes + _sketch.Bytes + _balance.Bytes;

    /// <summary>True when a call of <see cref="Work"/> has something to do beyond looking.</summary>
    internal bool HasWork => _sketch.IsAgeing || _adjustment != 0;

    /// <summary>Takes a new entry in; answers its index.</summary>
    internal int Add(int hash, long weight)
    {
        Pull(_balance.Return(hash, _links.Count));
        _sketch.Reach(_links.Count + 1);
        _sketch.Add(hash);

        // What does not fit into the window must not push all the others out of it.
        var index = _links.Create(hash, weight, Region.Window, asColdest: weight > _windowMax);
        Overflow();
        return index;
    }

    /// <summary>Notes that an entry was read or written. One that has gone since is passed over.</summary>
    internal void Touch(int index, int hash)
    {
        if (_links.Holds(index, hash))
        {
            _sketch.Add(hash);
            Promote(index);
        }
    }

    /// <summary>
    /// Notes that entries were read: each record is an index and, in the lower half, a hash. Counts them all before it
    /// moves any: counting one does not wait for another, so the processor fetches what it needs for many at a time,
    /// and the links are at hand when they are moved.
    /// </summary>
    internal void Touch(Span<long> records)
    {
        foreach (ref var record in records)
        {
            if (_links.Holds((int)(record >> 32), (int)record))
            {
                _sketch.Add((int)record);
            }
            else
            {
                record = 0;
            }
        }

        foreach (var record in records)
        {
            if (record != 0)
            {
                Promote((int)(record >> 32));
            }
        }
    }

    private void Promote(int index)
    {
        var region = _links[index].Region;
        if (region != Region.Probation || _links.WeightOf(index) > _protectedMax)
        {
            _links.Move(index, region);
            return;
        }

        SkipCandidate(index);
        _links.Move(index, Region.Protected);
        Demote(MostTransfers);
    }

    internal void Reweigh(int index, long weight) => _links.Reweigh(index, weight);

    /// <summary>Forgets an entry that has left the table.</summary>
    internal void Release(int index)
    {
        SkipCandidate(index);
        _links.Release(index);
    }

    /// <summary>The entry to give up next, when the given weight is too much; 0 when there is none.</summary>
    internal int PickVictim(long excess)
    {
        var victim = _links.Coldest(Region.Probation);
        if (victim == 0)
        {
            _candidate = 0;
            victim = _links.Coldest(Region.Protected);
            return Lose(victim != 0 ? victim : _links.Coldest(Region.Window));
        }

        if (_candidate == 0 || _candidate == victim)
        {
            return Lose(victim);
        }

        if (_won <= 0)
        {
            var needed = Math.Min(excess, _links.WeightOf(_candidate));
            if (!Wins(victim, needed))
            {
                return Lose(_candidate);
            }

            _won = needed;
        }

        _won -= _links.WeightOf(victim);
        if (_won <= 0)
        {
            Advance();
        }

        return Lose(victim);
    }

    /// <summary>Says that there is room again: who has come out of the window may stay.</summary>
    internal void EndEviction()
    {
        _candidate = 0;
        _won = 0;
    }

    /// <summary>Goes on with what is done in small pieces: sizing the window and ageing the counts.</summary>
    internal void Work(uint blocksToAge)
    {
        if (_sketch.IsAgeing)
        {
            _sketch.Age(blocksToAge);
        }

        if (_adjustment > 0)
        {
            GrowWindow();
        }
        else if (_adjustment < 0)
        {
            ShrinkWindow();
        }
    }

    private void Pull(int parts)
    {
        if (parts == 0)
        {
            return;
        }

        _pull += parts;
        var entries = _pull / WindowBalance.PartsOfAnEntry;
        _pull -= entries * WindowBalance.PartsOfAnEntry;
        var weight = entries * Math.Max(1, _links.Weight / Math.Max(1, _links.Count));
        _adjustment = Math.Clamp(_windowMax + _adjustment + weight, _smallestWindow, _largestWindow) - _windowMax;
    }

    private int Lose(int index)
    {
        if (index != 0)
        {
            _balance.Lose(_links[index].Hash, byWindow: index == _candidate || _links[index].Region == Region.Window);
        }

        return index;
    }

    private bool Wins(int victim, long needed)
    {
        var frequency = _sketch.Frequency(_links[_candidate].Hash);
        var sum = 0;
        long weight = 0;
        for (var looked = 0; victim != 0 && victim != _candidate && weight < needed && looked < MostVictims; looked++)
        {
            sum += _sketch.Frequency(_links[victim].Hash);
            if (frequency <= sum + (sum >> MarginShift))
            {
                // Somebody who knows which keys collide in the sketch could make a victim look hot for ever; luck gets past it.
                return frequency >= LuckyFrequency && _random.Next(LuckOneIn) == 0;
            }

            weight += _links.WeightOf(victim);
            victim = _links.Warmer(victim);
        }

        return true;
    }

    private void Overflow()
    {
        while (_links.WeightIn(Region.Window) > _windowMax && _links.Coldest(Region.Window) is var index && index != 0)
        {
            _links.Move(index, Region.Probation);
            if (_candidate == 0)
            {
                _candidate = index;
                _won = 0;
            }
        }
    }

    private void Advance()
    {
        _candidate = _links.Warmer(_candidate);
        _won = 0;
    }

    private void SkipCandidate(int index)
    {
        if (index == _candidate)
        {
            Advance();
        }
    }

    private void Demote(int most)
    {
        for (var moved = 0; moved < most && _links.WeightIn(Region.Protected) > _protectedMax; moved++)
        {
            _links.Move(_links.Coldest(Region.Protected), Region.Probation);
        }
    }

    private void GrowWindow()
    {
        var left = _adjustment;
        Resize(left);
        Demote(MostTransfers);
        for (var moved = 0; moved < MostTransfers && left > 0; moved++)
        {
            var index = _links.Coldest(Region.Probation);
            index = index != 0 && _links.WeightOf(index) <= left ? index : _links.Coldest(Region.Protected);
            if (index == 0 || _links.WeightOf(index) > left)
            {
                break;
            }

            left -= _links.WeightOf(index);
            SkipCandidate(index);
            _links.Move(index, Region.Window);
        }

        TakeBack(left);
    }

    private void ShrinkWindow()
    {
        var left = -_adjustment;
        Resize(-left);
        for (var moved = 0; moved < MostTransfers && left > 0; moved++)
        {
            var index = _links.Coldest(Region.Window);
            if (index == 0 || _links.WeightOf(index) > left)
            {
                break;
            }

            left -= _links.WeightOf(index);
            _links.Move(index, Region.Probation);
        }

        TakeBack(-left);
    }

    private void Resize(long amount)
    {
        _windowMax += amount;
        _protectedMax -= amount;
        _adjustment = 0;
    }

    /// <summary>Takes back what no entry was moved for. What is less than an entry stays on order until more comes.</summary>
    private void TakeBack(long left)
    {
        Resize(-left);
        _adjustment = left;
    }
}
