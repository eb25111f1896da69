using Larder.Memory.Expiry;

namespace Larder.Memory.Tests;

public sealed class TimerWheelTests
{
    private const long Start = 1_000_000_000_123;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryTake_RandomDeadlines_GivesEachOutSoonAfterItsTimeAndNeverLosesOne(int seed)
    {
        var random = new Random(seed);
        var wheel = new TimerWheel(Start);
        var deadlines = new Dictionary<int, long>();
        var now = Start;
        for (var step = 0; step < 3000; step++)
        {
            var index = random.Next(1, 500);
            if (deadlines.Remove(index))
            {
                wheel.Cancel(index);
            }
            else
            {
                deadlines[index] = now + (long)Math.Pow(10, 1 + (8.5 * random.NextDouble()));
                wheel.Add(index, deadlines[index]);
            }

            now += random.Next(4) == 0 ? (long)Math.Pow(10, 7 * random.NextDouble()) : random.Next(500);
            Expire(wheel, deadlines, now);
            Assert.Equal(deadlines.Count, wheel.Count);
            Assert.Equal(deadlines.Count, wheel.Entries().Count());
            Assert.All(deadlines, pair => Assert.True(pair.Value > now - 1100, $"{pair.Key} is {now - pair.Value} ms late"));
        }
    }

    [Fact]
    public void TryTake_InPieces_FinishesAndGivesOutEachOnce()
    {
        var wheel = new TimerWheel(Start);
        for (var index = 1; index <= 1000; index++)
        {
            wheel.Add(index, Start + (index % 7 * 100_000));
        }

        var taken = new HashSet<int>();
        var now = Start + 10_000_000;
        while (wheel.TryTake(now, out var index))
        {
            Assert.True(taken.Add(index));

            // A new one in the middle of the work must wait for its own time.
            if (index % 100 == 0)
            {
                wheel.Add(index + 10_000, now + 5000);
            }
        }

        Assert.Equal(1000, taken.Count);
        Assert.Equal(10, wheel.Count);
        Assert.True(wheel.TryTake(now + 7000, out _));
    }

    private static void Expire(TimerWheel wheel, Dictionary<int, long> deadlines, long now)
    {
        while (wheel.TryTake(now, out var index))
        {
            if (deadlines[index] > now)
            {
                wheel.Add(index, deadlines[index]);
            }
            else
            {
                deadlines.Remove(index);
            }
        }
    }
}
