using Larder.Ports;

namespace Larder.Testing;

/// <summary>What a store keeps for the caches of one name. Used under the store's lock.</summary>
internal sealed class Keyspace(string name)
{
    private readonly Dictionary<string, Slot> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<FenceName, Slot> _fences = [];
    private readonly Dictionary<string, Slot> _refreshes = new(StringComparer.Ordinal);
    private readonly List<Session> _sessions = [];

    internal string Name => name;

    internal Registry? Registry { get; set; }

    internal IReadOnlyList<Session> Sessions => _sessions;

    internal Slot? FindKey(string key) => _keys.GetValueOrDefault(key);

    internal Slot? FindFence(FenceName name) => _fences.GetValueOrDefault(name);

    internal Slot? FindRefresh(string key) => _refreshes.GetValueOrDefault(key);

    internal Slot Key(string key)
    {
        if (!_keys.TryGetValue(key, out var slot))
        {
            _keys.Add(key, slot = new Slot(this, key, default));
        }

        return slot;
    }

    internal Slot Fence(FenceName fence)
    {
        if (!_fences.TryGetValue(fence, out var slot))
        {
            _fences.Add(fence, slot = new Slot(this, null, fence));
        }

        return slot;
    }

    internal Slot Refresh(string key)
    {
        if (!_refreshes.TryGetValue(key, out var slot))
        {
            _refreshes.Add(key, slot = new Slot(this, key, default));
        }

        return slot;
    }

    /// <summary>Everything that holds something, in the order in which it came.</summary>
    internal IEnumerable<Slot> Occupied() => _keys.Values.Concat(_fences.Values).Concat(_refreshes.Values).Where(static slot => !slot.IsEmpty);

    internal IEnumerable<string> Keys(long now) => _keys.Values.Where(slot => !slot.IsEmpty && slot.EndsAt > now).Select(static slot => slot.Key!);

    /// <summary>Takes out of the tables what lives elsewhere from now on: what is kept and who tracks it.</summary>
    internal List<Slot> TakeKeys(Func<string, bool> areThey)
    {
        var taken = _keys.Values.Where(slot => areThey(slot.Key!)).ToList();
        taken.ForEach(slot => _keys.Remove(slot.Key!));
        return taken;
    }

    /// <summary>The same for the refresh leases, which nobody tracks.</summary>
    internal List<Slot> TakeRefreshes(Func<string, bool> areThey)
    {
        var taken = _refreshes.Values.Where(slot => areThey(slot.Key!)).ToList();
        taken.ForEach(slot => _refreshes.Remove(slot.Key!));
        return taken;
    }

    /// <summary>The same for all fences.</summary>
    internal List<Slot> TakeFences()
    {
        var taken = _fences.Values.ToList();
        _fences.Clear();
        return taken;
    }

    /// <summary>Takes a slot out of the tables when it neither holds anything nor is tracked.</summary>
    internal void Trim(Slot slot)
    {
        if (!slot.IsEmpty || slot.IsTracked)
        {
            return;
        }

        if (slot.Key is null)
        {
            Remove(_fences, slot.Fence, slot);
        }
        else if (!Remove(_keys, slot.Key, slot))
        {
            Remove(_refreshes, slot.Key, slot);
        }
    }

    internal void Enter(Session session) => _sessions.Add(session);

    internal void Leave(Session session)
    {
        _sessions.Remove(session);
        foreach (var slot in _keys.Values.Concat(_fences.Values).Where(static slot => slot.IsTracked).ToList())
        {
            slot.Forget(session);
            Trim(slot);
        }
    }

    /// <summary>Forgets everything that is kept and tracked. The connections stay.</summary>
    internal void Empty()
    {
        _keys.Clear();
        _fences.Clear();
        _refreshes.Clear();
        Registry = null;
    }

    private static bool Remove<TKey>(Dictionary<TKey, Slot> slots, TKey key, Slot slot)
        where TKey : notnull => slots.TryGetValue(key, out var present) && present == slot && slots.Remove(key);
}
