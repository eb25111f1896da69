using Larder.Memory.Storage;

namespace Larder.Memory.Expiry;

/// <summary>
/// The deadlines, in a hierarchical timing wheel (Varghese and Lauck, SOSP 1987): buckets of one second, one minute,
/// an hour, a day and a half, six days. Adding and cancelling take constant time; an entry moves to a finer bucket as
/// its time comes near. Entries are the policy's indices. Guarded by the maintenance lock.
/// </summary>
/// <remarks>
/// A bucket whose time has come is detached into the due list, which is worked off in pieces; whatever is added
/// meanwhile, in the same bucket too, waits for its own time. The clock may jump either way: at most one turn of each
/// wheel is visited, and time never runs back here.
/// </remarks>
internal sealed class TimerWheel
{
    private const int None = 0;
    private const int Due = Buckets - 1;
    private const int Buckets = 64 + 64 + 32 + 4 + 1 + 1;

    private static readonly int[] Lengths = [64, 64, 32, 4, 1];
    private static readonly int[] Shifts = [10, 16, 22, 27, 29];
    private static readonly int[] Offsets = [0, 64, 128, 160, 164];

    private readonly int[] _heads = new int[Buckets];
    private readonly long[] _cursors = new long[Lengths.Length];
    private Chunks<TimerLink> _links = new();
    private long _time;

    internal TimerWheel(long now)
    {
        _time = now;
        for (var level = 0; level < Lengths.Length; level++)
        {
            _cursors[level] = (now >> Shifts[level]) - (level == 0 ? 1 : 0);
        }
    }

    /// <summary>The entries that have a deadline here.</summary>
    internal int Count { get; private set; }

    internal long Bytes => _links.Bytes + (Buckets * sizeof(int));

    internal bool Holds(int index) => index < _links.Length && _links[index].Previous != None;

    internal void Add(int index, long deadline)
    {
        _links.Reach(index);
        Insert(BucketOf(deadline), index);
        Count++;
    }

    internal void Cancel(int index)
    {
        if (Holds(index))
        {
            Unlink(index);
            Count--;
        }
    }

    /// <summary>Moves time on and takes the next entry whose deadline may have come, or false. It must be added again if it is alive.</summary>
    internal bool TryTake(long now, out int index)
    {
        _time = Math.Max(_time, now);
        while (_heads[Due] == None)
        {
            if (!DetachNext())
            {
                index = None;
                return false;
            }
        }

        index = _heads[Due];
        Unlink(index);
        Count--;
        return true;
    }

    /// <summary>All entries, bucket by bucket; for the audit.</summary>
    internal IEnumerable<int> Entries()
    {
        foreach (var head in _heads)
        {
            for (var index = head; index != None; index = _links[index].Next)
            {
                yield return index;
            }
        }
    }

    private bool DetachNext()
    {
        for (var level = 0; level < Lengths.Length; level++)
        {
            // The finest wheel gives out a bucket when its time has passed, a coarser one when its time begins.
            var end = (_time >> Shifts[level]) - (level == 0 ? 1 : 0);
            var cursor = Math.Max(_cursors[level], end - Lengths[level]);
            while (cursor < end)
            {
                cursor++;
                var bucket = Offsets[level] + (int)(cursor & (Lengths[level] - 1));
                var head = _heads[bucket];
                if (head != None)
                {
                    _cursors[level] = cursor;
                    _heads[bucket] = None;
                    _heads[Due] = head;
                    _links[head].Previous = ~Due;
                    return true;
                }
            }

            _cursors[level] = cursor;
        }

        return false;
    }

    private int BucketOf(long deadline)
    {
        // Without a sign, because from a time below zero to the end of all time is more than a signed number holds.
        var duration = unchecked((ulong)(Math.Max(deadline, _time) - _time));
        for (var level = Lengths.Length - 1; level > 0; level--)
        {
            if (duration >= 1UL << Shifts[level])
            {
                return Offsets[level] + (int)((deadline >> Shifts[level]) & (Lengths[level] - 1));
            }
        }

        var tick = Math.Max(deadline >> Shifts[0], _cursors[0] + 1);
        return (int)(tick & (Lengths[0] - 1));
    }

    private void Insert(int bucket, int index)
    {
        ref var link = ref _links[index];
        var head = _heads[bucket];
        link.Previous = ~bucket;
        link.Next = head;
        if (head != None)
        {
            _links[head].Previous = index;
        }

        _heads[bucket] = index;
    }

    private void Unlink(int index)
    {
        ref var link = ref _links[index];
        if (link.Previous < 0)
        {
            _heads[~link.Previous] = link.Next;
        }
        else
        {
            _links[link.Previous].Next = link.Next;
        }

        if (link.Next != None)
        {
            _links[link.Next].Previous = link.Previous;
        }

        link.Previous = None;
        link.Next = None;
    }
}
