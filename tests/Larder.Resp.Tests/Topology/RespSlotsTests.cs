using System.Text;
using Larder.Resp.Topology;
using Larder.Servers;

namespace Larder.Resp.Tests.Topology;

public sealed class RespSlotsTests
{
    [Fact]
    public void Checksum_OfTheSpecificationsExample_IsTheOneGivenThere() =>
        Assert.Equal(0x31C3, RespSlots.Checksum("123456789"u8));

    [Theory]
    [InlineData("", 0)]
    [InlineData("foo", 12_182)]
    [InlineData("bar", 5_061)]
    [InlineData("hello", 866)]
    [InlineData("123456789", 0x31C3)]
    public void Of_WellKnownKey_IsItsSlot(string key, int slot) => Assert.Equal(slot, RespSlots.Of(Encoding.UTF8.GetBytes(key)));

    [Theory]
    [InlineData("{user1000}.following", "user1000")]
    [InlineData("{user1000}.followers", "user1000")]
    [InlineData("foo{}{bar}", "foo{}{bar}")]
    [InlineData("foo{{bar}}zap", "{bar")]
    [InlineData("foo{bar}{zap}", "bar")]
    [InlineData("foo}{bar", "foo}{bar")]
    [InlineData("foo{bar", "foo{bar")]
    [InlineData("foo}bar", "foo}bar")]
    public void Hashed_KeysOfTheSpecification_AreTheirTags(string key, string hashed) =>
        Assert.Equal(hashed, Encoding.UTF8.GetString(RespSlots.Hashed(Encoding.UTF8.GetBytes(key))));

    [Fact]
    public async Task Of_RandomKeys_IsWhatAServerSays()
    {
        await using var server = await RealServer.StartAsync(new ServerSettings { Name = "slots", Arguments = ["--cluster-enabled", "yes"] });
        await using var connection = await server.ConnectAsync();
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var key = random.GetString("ab{}{}é", random.Next(12));
            Assert.Equal((key, await connection.CallAsync("CLUSTER", "KEYSLOT", key)), (key, (long)RespSlots.Of(Encoding.UTF8.GetBytes(key))));
        }
    }
}
