using Larder.Ports;

namespace Larder.Flows;

/// <summary>
/// What the authority announces: changes of keys and fences by other nodes, by itself, or by this node's own writes. Runs on the thread that reads the authority's
/// stream, in its order, so it takes one lock for a moment and calls nothing of the application's.
/// </summary>
internal sealed class IncomingFlow : ITierListener
{
    private CacheParts? _parts;

    /// <summary>Joins the flow to its cache. Before the tier is attached.</summary>
    internal void Join(CacheParts parts) => _parts = parts;

    public void KeyChanged(string key)
    {
        var parts = _parts!;
        var stripe = parts.Flights.StripeOf(key);
        lock (stripe)
        {
            parts.Memory.Remove(key);
            stripe.NoteChange(key);
        }
    }

    public void KeysMissed(Func<string, bool> areThey)
    {
        var parts = _parts!;

        // First what is being read, so that nothing comes into memory any more behind the look at it.
        parts.Flights.Missed(areThey);
        foreach (var key in parts.Memory.Keys())
        {
            if (areThey(key))
            {
                KeyChanged(key);
            }
        }
    }

    public void FenceMoved(FenceName name)
    {
        var parts = _parts!;
        switch (name.Kind)
        {
            case FenceKind.Tag:
                parts.Tags.Move(name.Tag!);
                break;
            case FenceKind.AnyTag:
                parts.Tags.AnyTag.Move();
                break;
            default:
                parts.CacheFence.Move();
                parts.Memory.Clear();
                break;
        }
    }

    public void Missed()
    {
        // With the cache's fence every entry, every flight and all knowledge of other fences is given up.
        var parts = _parts!;
        if (parts.Chain is { Authority.HasNoPast: true })
        {
            // The first connection: calls wait for it, and would be taken for calls that were overtaken by a Clear.
            return;
        }

        parts.CacheFence.Move();
        parts.Memory.Clear();
    }
}
