namespace Larder.Testing;

/// <summary>A timer of a <see cref="FakeClock"/>.</summary>
internal sealed class FakeTimer(FakeClock clock, TimerCallback callback, object? state) : ITimer
{
    /// <summary>When it fires, in ticks of its clock's monotonic time. Owned by the clock, under its lock.</summary>
    internal long Due { get; set; }

    /// <summary>Tells timers apart that are due at the same moment: the one that was set first fires first.</summary>
    internal long Sequence { get; set; }

    internal TimeSpan Period { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Set(this, dueTime, period);

    public void Dispose() => clock.Cancel(this);

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Fire() => callback(state);
}
