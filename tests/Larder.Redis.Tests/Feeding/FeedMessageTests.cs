using System.Text;
using Larder.Redis.Feeding;

namespace Larder.Redis.Tests.Feeding;

public sealed class FeedMessageTests
{
    private static readonly FenceToken Sender = new(1, 2);

    [Fact]
    public void Write_ThenRead_GivesTheSame()
    {
        Removal[] removals = [new(RemovalKind.Key, "kö y", false), new(RemovalKind.Tag, "t", false), new(RemovalKind.Clear, null, false), new(RemovalKind.Gap, null, false)];
        var read = new List<Removal>();
        Assert.True(FeedMessage.TryRead(Numbered(7, FeedMessage.Write(Sender, removals)), out var number, out var sender, read));
        Assert.Equal(7, number);
        Assert.Equal(Sender, sender);
        Assert.Equal(removals, read);
    }

    [Fact]
    public void Write_Sample_IsAlwaysTheseBytes() => Assert.Equal(
        "0100000000000000010000000000000002" + "0000000001" + "6b" + "0200000000",
        Convert.ToHexStringLower(FeedMessage.Write(Sender, [new(RemovalKind.Key, "k", true), new(RemovalKind.Clear, null, true)])));

    [Theory]
    [InlineData("")]
    [InlineData("20")]
    [InlineData("37")]
    [InlineData("3720")]
    [InlineData("2d3120 01 00000000000000010000000000000002")] // Number -1.
    [InlineData("3078 20 01 00000000000000010000000000000002")]
    [InlineData("3720 02 00000000000000010000000000000002")]
    [InlineData("3720 01 000000000000000100000000000000")]
    [InlineData("3720 01 00000000000000010000000000000002 04 00000000")]
    [InlineData("3720 01 00000000000000010000000000000002 00 00000000")]
    [InlineData("3720 01 00000000000000010000000000000002 00 00000002 6b")]
    [InlineData("3720 01 00000000000000010000000000000002 00 ffffffff 6b")]
    [InlineData("3720 01 00000000000000010000000000000002 00 00000001 ff")]
    [InlineData("3720 01 00000000000000010000000000000002 02 00000001 6b")]
    [InlineData("3720 01 00000000000000010000000000000002 00 000000")]
    public void TryRead_MalformedMessage_IsRefused(string message) =>
        Assert.False(FeedMessage.TryRead(Convert.FromHexString(message.Replace(" ", "", StringComparison.Ordinal)), out _, out _, []));

    [Fact]
    public void TryRead_MutatedMessages_NeverThrow()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var good = Numbered(123, FeedMessage.Write(Sender, [new(RemovalKind.Key, "some key", true), new(RemovalKind.Tag, "tag", true)]));
        for (var i = 0; i < 50_000; i++)
        {
            var message = (byte[])good.Clone();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
            {
                message[random.Next(message.Length)] = (byte)random.Next(256);
            }

            var read = new List<Removal>();
            FeedMessage.TryRead(message.AsSpan(0, random.Next(message.Length + 1)), out _, out _, read);
            Assert.True(read.Count <= message.Length / 5, $"Seed {seed}");
        }
    }

    private static byte[] Numbered(long number, byte[] message) => [.. Encoding.ASCII.GetBytes($"{number} "), .. message];
}
