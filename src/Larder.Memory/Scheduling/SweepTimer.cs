using System.Runtime.CompilerServices;

namespace Larder.Memory.Scheduling;

/// <summary>
/// The one timer that all maps on the same time provider share, so that idle maps drop what has expired. It knows the
/// maps by weak references, and stands still while no map has anything to expire.
/// </summary>
internal sealed class SweepTimer
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private static readonly ConditionalWeakTable<TimeProvider, SweepTimer> Timers = [];

    private readonly object _gate = new();
    private readonly List<WeakReference<ISweepable>> _members = [];
    private readonly WeakReference<TimeProvider> _provider;
    private ITimer? _timer;

    private SweepTimer(TimeProvider provider) => _provider = new WeakReference<TimeProvider>(provider);

    /// <summary>How many maps are visited; for tests.</summary>
    internal int Members
    {
        get
        {
            lock (_gate)
            {
                return _members.Count;
            }
        }
    }

    internal static SweepTimer For(TimeProvider provider) => Timers.GetValue(provider, static key => new SweepTimer(key));

    /// <summary>Visits the member every second until it has nothing to wait for or has been collected.</summary>
    internal void Add(ISweepable member)
    {
        lock (_gate)
        {
            _members.Add(new WeakReference<ISweepable>(member));
            if (_timer is null && _provider.TryGetTarget(out var provider))
            {
                _timer = Start(provider);
            }
        }
    }

    private ITimer Start(TimeProvider provider)
    {
        // The timer outlives the caller: it must not keep the caller's execution context alive.
        var restore = !ExecutionContext.IsFlowSuppressed();
        if (restore)
        {
            ExecutionContext.SuppressFlow();
        }

        try
        {
            return provider.CreateTimer(static state => ((SweepTimer)state!).Visit(), this, Period, Period);
        }
        finally
        {
            if (restore)
            {
                ExecutionContext.RestoreFlow();
            }
        }
    }

    private void Visit()
    {
        WeakReference<ISweepable>[] members;
        lock (_gate)
        {
            members = [.. _members];
        }

        HashSet<WeakReference<ISweepable>> gone = new(ReferenceEqualityComparer.Instance);
        foreach (var member in members)
        {
            if (!member.TryGetTarget(out var target) || !target.Sweep())
            {
                gone.Add(member);
            }
        }

        if (gone.Count > 0)
        {
            Forget(gone);
        }
    }

    /// <summary>Forgets them all in one pass: one at a time, a million dropped maps would hold the lock for minutes.</summary>
    private void Forget(HashSet<WeakReference<ISweepable>> gone)
    {
        lock (_gate)
        {
            _members.RemoveAll(gone.Contains);
            if (_members.Count == 0)
            {
                _timer?.Dispose();
                _timer = null;
            }
        }
    }
}
