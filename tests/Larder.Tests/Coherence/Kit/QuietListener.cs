using Larder.Ports;

namespace Larder.Tests.Coherence.Kit;

/// <summary>A cache that voids what it must, and keeps nothing. For many threads.</summary>
internal sealed class QuietListener : ITierListener
{
    private readonly List<TierObservation> _observations = [];

    public void KeyChanged(string key) => ForEach(observation =>
    {
        if (observation.Key == key)
        {
            observation.NoteChange();
        }
    });

    public void FenceMoved(FenceName name)
    {
    }

    public void Missed() => ForEach(static observation => observation.Void());

    internal TierObservation Observe(string key)
    {
        var observation = new TierObservation(key);
        lock (_observations)
        {
            _observations.RemoveAll(static old => old.IsVoid);
            _observations.Add(observation);
        }

        return observation;
    }

    private void ForEach(Action<TierObservation> action)
    {
        lock (_observations)
        {
            _observations.ForEach(action);
        }
    }
}
