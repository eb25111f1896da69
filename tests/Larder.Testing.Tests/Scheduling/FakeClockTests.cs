namespace Larder.Testing.Tests.Scheduling;

public sealed class FakeClockTests
{
    private readonly FakeClock _clock = new();

    [Fact]
    public void Advance_WithTimers_FiresThemInTheOrderInWhichTheyAreDue()
    {
        var fired = new List<string>();
        using var late = Set("late", 20, fired);
        using var early = Set("early", 10, fired);
        using var alsoLate = Set("also late", 20, fired);
        using var tooLate = Set("too late", 31, fired);

        _clock.Advance(TimeSpan.FromMilliseconds(30));

        Assert.Equal(["early at 10", "late at 20", "also late at 20"], fired);
        Assert.Equal(1, _clock.PendingTimers);
        Assert.Equal(TimeSpan.FromMilliseconds(1), _clock.UntilNextTimer);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresAgainUntilItIsDisposed()
    {
        var count = 0;
        var timer = _clock.CreateTimer(_ => count++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        _clock.Advance(TimeSpan.FromSeconds(6));
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal(3, count);
        Assert.Equal(0, _clock.PendingTimers);
        Assert.Null(_clock.UntilNextTimer);
    }

    [Fact]
    public void Advance_TimerOfNoTime_FiresWithoutTheClocksMoving()
    {
        var fired = false;
        using var timer = _clock.CreateTimer(_ => fired = true, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.Zero);

        Assert.True(fired);
    }

    [Fact]
    public void JumpWall_Back_LeavesTheMonotonicHandAndTheTimers()
    {
        var fired = false;
        using var timer = _clock.CreateTimer(_ => fired = true, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var wall = _clock.GetUtcNow();
        var monotonic = _clock.GetTimestamp();

        _clock.JumpWall(TimeSpan.FromHours(-1));

        Assert.Equal(wall.AddHours(-1), _clock.GetUtcNow());
        Assert.Equal(monotonic, _clock.GetTimestamp());
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(fired);
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.GetElapsedTime(monotonic));
    }

    [Theory]
    [InlineData(1.25)]
    [InlineData(0.7)]
    public void Rate_OtherThanOne_MovesBothHandsFasterOrSlower(double rate)
    {
        var clock = new FakeClock { Rate = rate };
        var wall = clock.GetUtcNow();
        var monotonic = clock.GetTimestamp();
        var fired = 0;
        using var timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);

        var wait = clock.UntilNextTimer!.Value;
        clock.Advance(wait - TimeSpan.FromTicks(10));
        Assert.Equal(0, fired);
        clock.Advance(TimeSpan.FromTicks(10));
        Assert.Equal(1, fired);

        clock.Advance(TimeSpan.FromSeconds(100) - wait);
        Assert.Equal(100 * rate, (clock.GetUtcNow() - wall).TotalSeconds, 3);
        Assert.Equal(100 * rate, clock.GetElapsedTime(monotonic).TotalSeconds, 3);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Rate_NotAPositiveNumber_IsRefused(double rate) =>
        Assert.Contains("above zero", Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Rate = rate).Message, StringComparison.Ordinal);

    private ITimer Set(string name, int milliseconds, List<string> fired)
    {
        var start = _clock.GetTimestamp();
        return _clock.CreateTimer(
            _ => fired.Add($"{name} at {_clock.GetElapsedTime(start).TotalMilliseconds}"), null, TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }
}
