namespace Larder.Testing.Tests.Network;

public sealed class MessageNumbersTests
{
    private readonly MessageNumbers _numbers = new();

    [Fact]
    public void Take_InOrder_IsNewAndWithoutGap() => Assert.Equal([(true, false), (true, false), (true, false)], [_numbers.Take(1), _numbers.Take(2), _numbers.Take(3)]);

    [Fact]
    public void Take_Twice_IsNewOnce() => Assert.Equal([(true, false), (false, false)], [_numbers.Take(1), _numbers.Take(1)]);

    [Fact]
    public void Take_AfterASkippedOne_IsAGap_AndTheSkippedOneStillCountsOnce() =>
        Assert.Equal([(true, true), (true, false), (false, false), (true, false)], [_numbers.Take(2), _numbers.Take(1), _numbers.Take(1), _numbers.Take(3)]);

    [Fact]
    public void Reaches_ALaterNumber_IsAGapOnce_AndTheMessageStillCounts()
    {
        Assert.False(_numbers.Reaches(0));
        Assert.True(_numbers.Reaches(2));
        Assert.False(_numbers.Reaches(2));
        Assert.Equal([(true, false), (true, false), (true, false)], [_numbers.Take(2), _numbers.Take(1), _numbers.Take(3)]);
    }

    [Fact]
    public void Take_FarAhead_ForgetsTheOldestOfWhatWasSkipped()
    {
        Assert.Equal((true, true), _numbers.Take(5_000));

        Assert.Equal((false, false), _numbers.Take(1));
        Assert.Equal((true, false), _numbers.Take(4_999));
    }
}
