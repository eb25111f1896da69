using Larder.Ports;

namespace Larder.Testing;

/// <summary>A node that uses a tier as a cache does: it keeps observations, and notes in them what it is told.</summary>
internal sealed class StageNode(ITier tier) : ITierListener
{
    private readonly List<TierObservation> _observations = [];
    private readonly List<FenceName> _moved = [];

    internal ITier Tier => tier;

    /// <summary>The fences that it was told of.</summary>
    internal IReadOnlyList<FenceName> Moved
    {
        get
        {
            lock (_observations)
            {
                return [.. _moved];
            }
        }
    }

    internal TierObservation Watch(string key)
    {
        var observation = new TierObservation(key);
        lock (_observations)
        {
            _observations.Add(observation);
        }

        return observation;
    }

    public void KeyChanged(string key)
    {
        lock (_observations)
        {
            foreach (var observation in _observations)
            {
                if (observation.Key == key)
                {
                    observation.NoteChange();
                }
            }
        }
    }

    public void FenceMoved(FenceName name)
    {
        lock (_observations)
        {
            _moved.Add(name);
        }
    }

    public void Missed()
    {
        lock (_observations)
        {
            foreach (var observation in _observations)
            {
                observation.Void();
            }
        }
    }
}
