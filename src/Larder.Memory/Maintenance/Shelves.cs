using System.Diagnostics;
using System.Runtime.CompilerServices;
using Larder.Memory.Buffers;
using Larder.Memory.Expiry;
using Larder.Memory.Policy;
using Larder.Memory.Table;

namespace Larder.Memory.Maintenance;

/// <summary>
/// What the maintenance lock guards: policy, wheel and counts, and how the word of readers and writers gets there. The
/// caller holds the lock for every call. Within it locks of segments are taken, one at a time, never the other way.
/// </summary>
internal sealed class Shelves<TKey, TValue>
{
    private const int SpareLength = 64;

    // After so many new entries, as a share of all, a node that was touched enough is recorded again when it is read.
    private const int EpochsPerTurn = 4;

    // A note may wait for others until there is one for so many entries: to handle many at once is quicker.
    private const int EntriesPerWaitingRead = 64;
    private const uint BlocksToAge = 512;
    private const int Reasons = 4;

    private readonly NodeTable<TKey, TValue> _table;
    private readonly KeeperSettings<TKey, TValue> _settings;
    private readonly WeightBudget _budget;
    private readonly ReadBuffer _reads;
    private readonly long[] _evictions = new long[Reasons];
    private readonly bool _wantsNotices;
    private readonly int _manyReads;

    // Kept, because clearing it on the stack each time would take longer than fetching.
    private readonly long[] _records = new long[ReadStripe.RingLength];
    private PendingWrite<TKey, TValue>[] _taken = new PendingWrite<TKey, TValue>[SpareLength];
    private TimerWheel? _wheel;
    private long _added;

    internal Shelves(NodeTable<TKey, TValue> table, KeeperSettings<TKey, TValue> settings, WeightBudget budget, ReadBuffer reads)
    {
        _table = table;
        _settings = settings;
        _budget = budget;
        _reads = reads;
        _wantsNotices = settings.OnEvicted is not null;
        _manyReads = (int)Math.Clamp(settings.Capacity / EntriesPerWaitingRead, 1, ReadStripe.BatchLength / 2);
        Policy = new TinyLfu(settings.Capacity, settings.IsWeighted, settings.Random);
    }

    internal TinyLfu Policy { get; }

    internal TimerWheel? Wheel => _wheel;

    /// <summary>Moves on when enough entries have come that reads of known ones mean something again.</summary>
    internal int Epoch { get; private set; }

    internal List<Notice<TKey, TValue>> Notices { get; private set; } = [];

    internal long Evictions(EvictionReason reason) => Volatile.Read(ref _evictions[(int)reason]);

    /// <summary>Bytes of policy and wheel.</summary>
    internal long Bytes => Policy.Bytes + (_wheel?.Bytes ?? 0);

    /// <summary>Hands over the notices gathered so far; null when there are none.</summary>
    internal List<Notice<TKey, TValue>>? TakeNotices()
    {
        if (Notices.Count == 0)
        {
            return null;
        }

        var taken = Notices;
        Notices = [];
        return taken;
    }

    internal void Count(Node<TKey, TValue> node, EvictionReason reason)
    {
        Volatile.Write(ref _evictions[(int)reason], _evictions[(int)reason] + 1);
        if (_wantsNotices)
        {
            Notices.Add(new Notice<TKey, TValue>(node, reason));
        }
    }

    internal void FetchReads()
    {
        foreach (var stripe in _reads.Stripes)
        {
            FetchReads(stripe);
        }
    }

    /// <summary>Fetches what readers have noted where that is worth it by now.</summary>
    internal void FetchManyReads()
    {
        foreach (var stripe in _reads.Stripes)
        {
            if (stripe.Waiting >= _manyReads)
            {
                FetchReads(stripe);
            }
        }
    }

    internal void FetchReads(ReadStripe stripe)
    {
        if (!stripe.HasRecords)
        {
            return;
        }

        Policy.Touch(_records.AsSpan(0, stripe.Fetch(_records)));
    }

    internal void FetchWrites()
    {
        if (_table.Pending == 0)
        {
            return;
        }

        for (var place = _table.NextDirty(0); place >= 0; place = _table.NextDirty(place + 1))
        {
            var count = _table.TakePending(place, ref _taken);
            Hear(count);
        }
    }

    /// <summary>Drops what has expired, up to the quota; true when more may be left.</summary>
    internal bool Expire(int quota)
    {
        if (_wheel is null || _wheel.Count == 0)
        {
            return false;
        }

        var now = _settings.Clock.Now;
        for (; quota > 0; quota--)
        {
            if (!_wheel.TryTake(now, out var index))
            {
                return false;
            }

            var hash = Policy.Links[index].Hash;
            var node = _table.TakeOutExpired(hash, index, now, out var expired);
            if (expired)
            {
                Forget(node!, EvictionReason.Expired);
            }
            else if (node is not null)
            {
                _wheel.Add(index, node.Deadline);
            }
            else
            {
                // A writer has taken it out, and its word is waiting; it has no deadline here any more.
                FetchWrites();
            }
        }

        return true;
    }

    /// <summary>Gives up entries until the excess is gone, up to the quota; true when more is to be done.</summary>
    internal bool Evict(int quota, long target, EvictionReason reason)
    {
        var excess = _budget.Weight - target;
        for (; excess > 0 && quota > 0; quota--)
        {
            var index = Policy.PickVictim(excess);
            if (index == 0)
            {
                break;
            }

            var node = _table.TakeOut(Policy.Links[index].Hash, index);
            if (node is null)
            {
                FetchWrites();
            }
            else
            {
                Forget(node, reason);
            }

            excess = _budget.Weight - target;
        }

        if (excess > 0 && Policy.Links.Count > 0)
        {
            return true;
        }

        Policy.EndEviction();
        return false;
    }

    /// <summary>Sizes the window and ages the counts, a piece at a time.</summary>
    internal void Tune()
    {
        if (Policy.HasWork)
        {
            Policy.Work(BlocksToAge);
        }
    }

    /// <summary>Empties one segment of the table.</summary>
    internal void Clear(int place)
    {
        var slots = _table.Empty(place, ref _taken, out var count);
        Hear(count);
        foreach (ref readonly var slot in slots.AsSpan())
        {
            if (_table.IsNode(slot.Node))
            {
                Drop(slot.Node!);
                _budget.Release(slot.Node!.Weight);
            }
        }
    }

    private void Hear(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Hear(_taken[i]);
        }

        Array.Clear(_taken, 0, count);
        if (_taken.Length > SpareLength)
        {
            _taken = new PendingWrite<TKey, TValue>[SpareLength];
        }
    }

    /// <summary>Takes note of what a writer has done.</summary>
    internal void Hear(in PendingWrite<TKey, TValue> word)
    {
        if (word.Died is { } died)
        {
            Debug.Assert(died.Index > 0, "A node is taken out by a writer or by the policy, never by both.");
            if (word.Expired)
            {
                Count(died, EvictionReason.Expired);
            }

            if (word.Born is { } heir)
            {
                Inherit(died, heir);
                return;
            }

            Drop(died);
        }
        else
        {
            Welcome(word.Born!);
        }
    }

    private void Welcome(Node<TKey, TValue> node)
    {
        node.Index = Policy.Add(node.Hash, node.Weight);
        Time(node);
        if (++_added * EpochsPerTurn >= Policy.Links.Count)
        {
            _added = 0;
            Epoch++;
        }
    }

    private void Inherit(Node<TKey, TValue> died, Node<TKey, TValue> heir)
    {
        var index = died.Index;
        died.Index = Node<TKey, TValue>.Gone;
        _wheel?.Cancel(index);
        Policy.Reweigh(index, heir.Weight);
        Policy.Touch(index, heir.Hash);
        heir.Index = index;
        Time(heir);
    }

    private void Time(Node<TKey, TValue> node)
    {
        if (node.HasDeadline)
        {
            _wheel ??= new TimerWheel(_settings.Clock.Now);
            _wheel.Add(node.Index, Unsafe.As<TimedNode<TKey, TValue>>(node).Deadline);
        }
    }

    /// <summary>Settles the account of a node that this has taken out of the table.</summary>
    private void Forget(Node<TKey, TValue> node, EvictionReason reason)
    {
        Drop(node);
        Count(node, reason);
        _budget.Release(node.Weight);
    }

    private void Drop(Node<TKey, TValue> node)
    {
        _wheel?.Cancel(node.Index);
        Policy.Release(node.Index);
        node.Index = Node<TKey, TValue>.Gone;
    }
}
