using System.Globalization;
using Larder.Ports;
using Larder.Scheduling;

namespace Larder.Testing;

/// <summary>
/// Several stores that share the keys of all caches: slots of keys, several to a range, each on one of the stores. What belongs to a range's home lives where the first slot of the range lives. A cache's keys of one range are a
/// keyspace of their own on each store.
/// </summary>
internal sealed class ClusterStore
{
    private const char Separator = '/';
    private readonly AuthorityStore[] _nodes;
    private readonly int[] _owners;
    private readonly int _slotsEach;

    internal ClusterStore(IReadOnlyList<Scheduler> schedulers, int ranges, int slotsEach)
    {
        var nodes = schedulers.Count;
        Ranges = ranges;
        _slotsEach = slotsEach;
        _owners = new int[ranges * slotsEach];
        for (var slot = 0; slot < _owners.Length; slot++)
        {
            // In one piece each, as clusters are made.
            _owners[slot] = slot * nodes / _owners.Length;
        }

        _nodes = new AuthorityStore[nodes];
        for (var i = 0; i < nodes; i++)
        {
            var node = i;
            _nodes[i] = new AuthorityStore(schedulers[i]) { Owns = (session, command) => Volatile.Read(ref _owners[SlotOf(session, command)]) == node };
        }
    }

    /// <summary>Held while something moves, and while somebody looks where it is. Taken before the gate of a store.</summary>
    internal object Gate { get; } = new();

    internal int Ranges { get; }

    internal int Slots => _owners.Length;

    internal int Nodes => _nodes.Length;

    internal AuthorityStore this[int node] => _nodes[node];

    internal static string SpaceOf(string cache, int range) => cache + Separator + range.ToString(CultureInfo.InvariantCulture);

    internal int SlotOf(string key)
    {
        // FNV-1a over the UTF-16 code units, so that a test sees the same slots each time.
        var hash = 2_166_136_261u;
        foreach (var unit in key)
        {
            hash = (hash ^ unit) * 16_777_619u;
        }

        return (int)((hash ^ (hash >> 15)) % (uint)_owners.Length);
    }

    internal int RangeOf(string key) => SlotOf(key) / _slotsEach;

    internal int HomeSlotOf(int range) => range * _slotsEach;

    internal int OwnerOf(int slot) => Volatile.Read(ref _owners[slot]);

    internal AuthorityStore StoreOf(string key) => _nodes[OwnerOf(SlotOf(key))];

    /// <summary>Moves a slot, with what is in it or without; each key that leaves is announced, or nothing is.</summary>
    internal void Move(int slot, int to, bool withData, bool announces)
    {
        Session[]? first;
        Session[]? second;
        lock (Gate)
        {
            var from = _owners[slot];
            if (from == to)
            {
                return;
            }

            lock (_nodes[Math.Min(from, to)].Gate)
            {
                lock (_nodes[Math.Max(from, to)].Gate)
                {
                    foreach (var space in _nodes[from].Spaces.Where(space => RangeOf(space) == slot / _slotsEach).ToList())
                    {
                        Move(space, slot, (_nodes[from], _nodes[to]), withData, announces);
                    }

                    Volatile.Write(ref _owners[slot], to);
                    first = _nodes[from].TakeTouched();
                    second = _nodes[to].TakeTouched();
                }
            }
        }

        AuthorityStore.Flush(first);
        AuthorityStore.Flush(second);
    }

    private void Move(Keyspace space, int slot, (AuthorityStore From, AuthorityStore To) nodes, bool withData, bool announces)
    {
        var there = nodes.To.Space(space.Name);
        var isHome = slot == HomeSlotOf(RangeOf(space));
        foreach (var taken in space.TakeKeys(key => SlotOf(key) == slot))
        {
            Move(taken, there.Key(taken.Key!));
        }

        foreach (var taken in space.TakeRefreshes(key => SlotOf(key) == slot))
        {
            Move(taken, there.Refresh(taken.Key!));
        }

        if (isHome)
        {
            foreach (var taken in space.TakeFences())
            {
                Move(taken, there.Fence(taken.Fence));
            }

            there.Registry = withData ? space.Registry : null;
            space.Registry = null;
        }

        void Move(Slot taken, Slot target)
        {
            if (!taken.IsEmpty && withData)
            {
                var left = taken.EndsAt == long.MaxValue ? long.MaxValue : Math.Max(1, taken.EndsAt - nodes.From.Now);
                nodes.To.Put(target, taken.Kind, taken.Token, left, taken.Body, taken.Number);
            }

            // A missing key has nothing that could be removed, so nobody is told of its leaving.
            if (!taken.IsEmpty && announces)
            {
                nodes.From.Announce(taken);
            }

            // What still waits for its end finds nothing.
            taken.Clear();
        }
    }

    private static int RangeOf(Keyspace space) => int.Parse(space.Name.AsSpan(space.Name.LastIndexOf(Separator) + 1), CultureInfo.InvariantCulture);

    private int SlotOf(Session session, AuthorityCommand command) =>
        command.Key is { } key && command.Verb is not (AuthorityVerb.Renew or AuthorityVerb.Forget) ? SlotOf(key) : HomeSlotOf(RangeOf(session.Space));
}
