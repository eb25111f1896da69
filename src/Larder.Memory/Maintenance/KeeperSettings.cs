using Larder.Memory.Scheduling;

namespace Larder.Memory.Maintenance;

/// <summary>What a keeper is made of besides its table.</summary>
internal sealed record KeeperSettings<TKey, TValue>(long Capacity, bool IsWeighted, Clock Clock, MapScheduler Scheduler, Random Random)
{
    internal int Concurrency { get; init; } = 1;

    internal bool CountsReads { get; init; } = true;

    internal Action<TKey, TValue, EvictionReason>? OnEvicted { get; init; }

    internal ILockProbe? Probe { get; init; }
}
