namespace Larder.Memory.Tests.Kit;

/// <summary>Does steps on a map and on a dictionary and compares what they answer.</summary>
internal sealed class ModelRun(BoundedMap<int, object> map, FakeClock clock, HashSet<object> gone, bool isExact)
{
    private readonly Dictionary<int, ModelEntry> _model = [];

    internal void Do(Step step)
    {
        object value = step.Value;
        switch (step.Action)
        {
            case 0 or 1:
                Compare(step.Key);
                break;
            case 2:
                map.Set(step.Key, value);
                _model[step.Key] = new ModelEntry(value, long.MaxValue, 0);
                break;
            case 3:
                map.Set(step.Key, value, EntryExpiry.After(TimeSpan.FromSeconds(step.Seconds)));
                _model[step.Key] = new ModelEntry(value, Now + step.Seconds, 0);
                break;
            case 4:
                map.Set(step.Key, value, EntryExpiry.Sliding(TimeSpan.FromSeconds(step.Seconds)));
                _model[step.Key] = new ModelEntry(value, Now + step.Seconds, step.Seconds);
                break;
            case 5:
                Add(step.Key, value);
                break;
            case 6:
                Update(step, value);
                break;
            case 7:
                Remove(step.Key);
                break;
            case 8:
                RemoveExact(step);
                break;
            case 9:
                clock.Advance(TimeSpan.FromSeconds(step.Seconds));
                break;
            case 10:
                map.Maintain();
                break;
            default:
                ClearSometimes(step);
                break;
        }
    }

    internal void CompareAll()
    {
        map.Maintain();
        foreach (var (key, value) in map)
        {
            Assert.Same(Live(key)?.Value, value);
        }

        foreach (var key in _model.Keys.ToList())
        {
            Compare(key);
        }

        Assert.True(map.Weight <= map.Capacity);
    }

    private long Now => clock.GetTimestamp() / TimeSpan.TicksPerSecond;

    private ModelEntry? Live(int key) => _model.TryGetValue(key, out var entry) && entry.Deadline > Now ? entry : null;

    /// <summary>What the model says must be there; nothing in its stead only if its eviction was reported.</summary>
    private void Agree(int key, bool found, object? value)
    {
        var expected = Live(key);
        if (found)
        {
            Assert.NotNull(expected);
            Assert.Same(expected.Value.Value, value);
        }
        else if (expected is { } lost)
        {
            Assert.False(isExact, $"key {key} is lost");
            Assert.Contains(lost.Value, gone);
            _model.Remove(key);
        }
    }

    private void Compare(int key)
    {
        var found = map.TryGet(key, out var value);
        Agree(key, found, value);
        if (found && Live(key) is { Sliding: > 0 } entry)
        {
            _model[key] = entry with { Deadline = Now + entry.Sliding };
        }
    }

    private void Add(int key, object value)
    {
        if (map.TryAdd(key, value))
        {
            Agree(key, found: false, value: null);
            _model[key] = new ModelEntry(value, long.MaxValue, 0);
        }
        else
        {
            Assert.NotNull(Live(key));
        }
    }

    private void Update(Step step, object value)
    {
        var expected = Live(step.Key);
        var comparand = step.Seconds % 3 == 0 ? new object() : expected?.Value ?? value;
        if (map.TryUpdate(step.Key, value, comparand))
        {
            Assert.Same(expected?.Value, comparand);
            _model[step.Key] = new ModelEntry(value, long.MaxValue, 0);
        }
        else if (ReferenceEquals(expected?.Value, comparand))
        {
            Agree(step.Key, found: false, value: null);
        }
    }

    private void Remove(int key)
    {
        var found = map.TryRemove(key, out object? value);
        Agree(key, found, value);
        _model.Remove(key);
    }

    private void RemoveExact(Step step)
    {
        var expected = Live(step.Key);
        if (step.Seconds % 2 == 0)
        {
            Assert.False(map.TryRemove(step.Key, comparand: new object()));
        }
        else if (expected is { } entry)
        {
            Agree(step.Key, map.TryRemove(step.Key, comparand: entry.Value), entry.Value);
            _model.Remove(step.Key);
        }
    }

    private void ClearSometimes(Step step)
    {
        if (step.Seconds > 180)
        {
            map.Clear();
            _model.Clear();
        }
    }
}
