using System.Collections.Concurrent;
using System.Globalization;
using Larder.Ports;

namespace Larder.Node.Commands;

/// <summary>The locks that this node was told to take.</summary>
internal sealed class HeldLocks(ICache cache)
{
    private readonly ConcurrentDictionary<string, CacheLock> _held = new();

    /// <summary>The number; "none" when somebody else has it.</summary>
    internal async Task<string> TakeAsync(string name, int milliseconds)
    {
        if (await cache.TryLockAsync(name, TimeSpan.FromMilliseconds(milliseconds)) is not { } taken)
        {
            return "none";
        }

        _held[name] = taken;
        return taken.FencingNumber.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether the lock is held, and whether its owner was told of the loss.</summary>
    internal string Look(string name) => $"{(_held[name].IsHeld ? "held" : "over")} {(_held[name].Lost.IsCancellationRequested ? "lost" : "kept")}";

    internal async Task<string> GiveBackAsync(string name)
    {
        await _held[name].DisposeAsync();
        return "done";
    }
}
