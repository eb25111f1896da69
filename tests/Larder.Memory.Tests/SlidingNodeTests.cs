using Larder.Memory.Table;

namespace Larder.Memory.Tests;

public sealed class SlidingNodeTests
{
    private const int Rounds = 200_000;

    /// <summary>A reader and the expiry meet at the deadline, over and over: one of them wins, and the loser knows.</summary>
    [Fact]
    public void TryProlong_AgainstTryExpire_HasExactlyOneWinner()
    {
        var plain = new Node<int, int>(1, 1, hash: 1, weight: 1);
        var nodes = Enumerable.Range(0, Rounds).Select(_ => new SlidingNode<int, int>(plain, deadline: 10, sliding: 10, end: long.MaxValue)).ToArray();
        var prolonged = new bool[Rounds];
        var expired = new bool[Rounds];
        var arrived = 0;
        void Meet(Action<int> act)
        {
            for (var round = 0; round < Rounds; round++)
            {
                Interlocked.Increment(ref arrived);
                while (Volatile.Read(ref arrived) < 2 * (round + 1))
                {
                    Thread.SpinWait(1);
                }

                act(round);
            }
        }

        var reader = new Thread(() => Meet(round => prolonged[round] = nodes[round].TryProlong(9)));
        reader.Start();
        Meet(round => expired[round] = nodes[round].TryExpire(10));
        reader.Join();

        for (var round = 0; round < Rounds; round++)
        {
            Assert.True(prolonged[round] != expired[round], $"round {round}: prolonged {prolonged[round]}, expired {expired[round]}");
        }
    }

    [Fact]
    public void TryProlong_ByAReaderThatSlept_DoesNotShortenWhatOthersProlonged()
    {
        var node = new SlidingNode<int, int>(new Node<int, int>(1, 1, 1, 1), deadline: 10, sliding: 10, end: 100);

        Assert.True(node.TryProlong(9));
        Assert.True(node.TryProlong(2));
        Assert.Equal(19, node.Deadline);
        Assert.True(node.TryProlong(18));
        Assert.Equal(28, node.Deadline);
        Assert.False(node.TryExpire(27));
        Assert.True(node.TryExpire(28));
        Assert.False(node.TryProlong(27));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(uint.MaxValue)]
    [InlineData(Node<int, int>.MaxWeight)]
    public void Weight_OfAnyKindOfNode_IsKeptWhole(long weight)
    {
        var plain = new Node<int, int>(1, 1, 1, weight);
        var timed = new TimedNode<int, int>(1, 1, 1, weight, 5, isLenient: false);
        var sliding = new SlidingNode<int, int>(plain, 5, 5, 5);

        Assert.Equal((weight, false, false), (plain.Weight, plain.IsTimed, plain.IsSliding));
        Assert.Equal((weight, true, false), (timed.Weight, timed.IsTimed, timed.IsSliding));
        Assert.Equal((weight, true, true), (sliding.Weight, sliding.IsTimed, sliding.IsSliding));
    }
}
