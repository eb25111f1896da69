using System.Collections.Concurrent;

namespace Larder.Node.Commands;

/// <summary>What the feed of removals has told.</summary>
internal sealed class Heard(ICache cache)
{
    private readonly ConcurrentQueue<string> _removals = new();

    internal string Listen()
    {
        cache.SubscribeRemovals((removal, _) =>
        {
            _removals.Enqueue($"{removal.Kind}:{removal.Name}:{(removal.IsLocal ? "here" : "elsewhere")}");
            return ValueTask.CompletedTask;
        });
        return "listening";
    }

    internal string All() => _removals.IsEmpty ? "nothing" : string.Join(',', _removals);
}
