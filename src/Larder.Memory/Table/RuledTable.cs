using System.Runtime.CompilerServices;
using Larder.Memory.Scheduling;

namespace Larder.Memory.Table;

/// <summary>The part of the table that hashes and compares keys, compiled for their rules.</summary>
internal sealed class RuledTable<TKey, TValue, TRules>(long expectedCount, TRules rules, Clock clock) : NodeTable<TKey, TValue>(expectedCount)
    where TRules : struct, IKeyRules<TKey>
{
    private readonly TRules _rules = rules;
    private readonly Clock _clock = clock;

    internal override bool TakesSpans => _rules.TakesSpans;

    internal override Node<TKey, TValue>? Find(TKey key)
    {
        var wanted = _rules.Hash(key);
        ref var array = ref _arrays[wanted & _mask];
        var length = Volatile.Read(ref array.Length);
        var slots = Volatile.Read(ref array.Slots);
        var place = Segment<TKey, TValue>.Start(wanted, length);
        if (slots.Length != length)
        {
            place = Segment<TKey, TValue>.StartAnew(wanted, slots);
        }

        while (true)
        {
            ref readonly var slot = ref slots[place];
            var node = Volatile.Read(in slot.Node);
            if (node is null)
            {
                return null;
            }

            if (slot.Hash == wanted && !ReferenceEquals(node, _tombstone) && _rules.AreEqual(node.Key, key))
            {
                return node;
            }

            if (++place == slots.Length)
            {
                place = 0;
            }
        }
    }

    internal override Node<TKey, TValue>? Find(ReadOnlySpan<char> key)
    {
        var wanted = _rules.Hash(key);
        ref var array = ref _arrays[wanted & _mask];
        var length = Volatile.Read(ref array.Length);
        var slots = Volatile.Read(ref array.Slots);
        var place = Segment<TKey, TValue>.Start(wanted, length);
        if (slots.Length != length)
        {
            place = Segment<TKey, TValue>.StartAnew(wanted, slots);
        }

        while (true)
        {
            ref readonly var slot = ref slots[place];
            var node = Volatile.Read(in slot.Node);
            if (node is null)
            {
                return null;
            }

            if (slot.Hash == wanted && !ReferenceEquals(node, _tombstone) && _rules.AreEqual(key, node.Key))
            {
                return node;
            }

            if (++place == slots.Length)
            {
                place = 0;
            }
        }
    }

    internal override TKey Create(ReadOnlySpan<char> key) => _rules.Create(key);

    internal override int Hash(TKey key) => _rules.Hash(key);

    internal override WriteOutcome<TKey, TValue> Apply(in Write<TKey, TValue> write, bool isHeard)
    {
        var segment = _segments[write.Hash & _mask];
        lock (segment.Gate)
        {
            // What may fail, by lack of memory or by a comparer that throws, comes before the first change.
            segment.Pending.Reserve();
            var outcome = Change(segment, write);
            if (!outcome.HasChanged || (isHeard && segment.Pending.Count == 0))
            {
                return outcome;
            }

            Tell(segment, write.Hash, outcome.Word(write));
            return outcome with { IsQueued = true };
        }
    }

    private WriteOutcome<TKey, TValue> Change(Segment<TKey, TValue> segment, in Write<TKey, TValue> write)
    {
        if (!Locate(segment, write, out var place))
        {
            return write.Mode is WriteMode.Set or WriteMode.Add ? Place(segment, place, write) : default;
        }

        var node = segment.Slots[place].Node!;
        var expired = node.IsTimed && Unsafe.As<TimedNode<TKey, TValue>>(node).TryExpire(_clock.Now);
        return write.Mode switch
        {
            WriteMode.Set => Replace(segment, place, write, expired: false),
            WriteMode.Add when expired => Replace(segment, place, write, expired: true),
            WriteMode.Add => new(Done: false, node, Died: null),
            WriteMode.Update when !expired && IsSame(node.Value, write.Comparand) => Replace(segment, place, write, expired: false),
            WriteMode.Remove when !expired => Vacate(segment, place, expired: false),
            WriteMode.RemoveExact when !expired && IsSame(node.Value, write.Comparand) => Vacate(segment, place, expired: false),
            _ when expired => Vacate(segment, place, expired: true),
            _ => new(Done: false, node, Died: null),
        };
    }

    private static bool IsSame(TValue value, TValue? comparand) =>
        typeof(TValue).IsValueType
            ? EqualityComparer<TValue>.Default.Equals(value, comparand!)
            : ReferenceEquals(value, comparand);

    /// <summary>True with the slot of the key; false with the slot where it can be placed.</summary>
    private bool Locate(Segment<TKey, TValue> segment, in Write<TKey, TValue> write, out int place)
    {
        var slots = segment.Slots;
        var free = -1;
        for (place = Segment<TKey, TValue>.Start(write.Hash, slots.Length); ; place = place + 1 == slots.Length ? 0 : place + 1)
        {
            var node = slots[place].Node;
            if (node is null)
            {
                place = free < 0 ? place : free;
                return false;
            }

            if (ReferenceEquals(node, _tombstone))
            {
                free = free < 0 ? place : free;
            }
            else if (slots[place].Hash == write.Hash && _rules.AreEqual(node.Key, write.Key))
            {
                return true;
            }
        }
    }

    private WriteOutcome<TKey, TValue> Place(Segment<TKey, TValue> segment, int place, in Write<TKey, TValue> write)
    {
        if (segment.MakeRoom())
        {
            Locate(segment, write, out place);
        }

        segment.Place(place, write.Born!);
        return new(Done: true, Found: null, Died: null);
    }

    private static WriteOutcome<TKey, TValue> Replace(Segment<TKey, TValue> segment, int place, in Write<TKey, TValue> write, bool expired)
    {
        var before = segment.Slots[place].Node!;
        segment.Replace(place, write.Born!);
        return new(Done: true, expired ? null : before, before);
    }

    private static WriteOutcome<TKey, TValue> Vacate(Segment<TKey, TValue> segment, int place, bool expired)
    {
        var before = segment.Slots[place].Node!;
        segment.Vacate(place);
        return new(Done: !expired, expired ? null : before, before);
    }
}
