using System.Text;
using Larder.Resp.Topology;
using Larder.Resp.Writing;

namespace Larder.Resp.Tests.Topology;

public sealed class CommandSlotTests
{
    private const int Foo = 12_182;

    [Theory]
    [InlineData("GET", "foo")]
    [InlineData("NEW.COMMAND", "foo", "x")]
    [InlineData("MGET", "foo", "{foo}2")]
    [InlineData("MSET", "foo", "v", "{foo}2", "other")]
    [InlineData("RENAME", "foo", "{foo}2")]
    [InlineData("BITOP", "AND", "foo", "{foo}2")]
    [InlineData("OBJECT", "ENCODING", "foo")]
    [InlineData("OBJECT ENCODING", "foo")]
    [InlineData("MEMORY USAGE", "foo")]
    [InlineData("EVALSHA", "hash", "2", "foo", "{foo}2", "argument")]
    [InlineData("ZUNIONSTORE", "foo", "1", "{foo}2", "WEIGHTS", "2")]
    [InlineData("SINTERCARD", "1", "foo", "LIMIT", "3")]
    [InlineData("XREAD", "COUNT", "1", "STREAMS", "foo", "{foo}2", "0", "0")]
    [InlineData("SPUBLISH", "foo", "message")]
    public void Of_KeysOfOneSlot_IsTheirSlot(params string[] words) => Assert.Equal(Foo, Of(words));

    [Theory]
    [InlineData("PING")]
    [InlineData("PUBLISH", "foo", "x")]
    [InlineData("CLIENT LIST", "TYPE", "normal")]
    [InlineData("CONFIG GET", "foo")]
    [InlineData("SCRIPT LOAD", "foo")]
    [InlineData("EVAL", "text", "0", "foo")]
    [InlineData("GET")]
    [InlineData("EVAL", "text", "nonsense")]
    public void Of_NoKeys_IsNone(params string[] words) => Assert.Equal(CommandSlot.None, Of(words));

    [Theory]
    [InlineData("MGET", "foo", "bar")]
    [InlineData("MSET", "foo", "1", "bar", "1")]
    [InlineData("EVAL", "text", "2", "foo", "bar")]
    [InlineData("ZUNIONSTORE", "foo", "1", "bar")]
    public void Of_KeysOfSeveralSlots_IsRefused(params string[] words)
    {
        var failure = Assert.Throws<RespServerException>(() => Of(words));
        Assert.Equal("CROSSSLOT", failure.Code);
        Assert.Contains(words[0], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_BytesAndNumbers_AreThoseOfTheirText()
    {
        Assert.Equal(Foo, CommandSlot.Of(new RespCommand("GET", "foo"u8.ToArray())));
        Assert.Equal(RespSlots.Of("12345"), CommandSlot.Of(new RespCommand("GET", 12345)));
        Assert.Equal(RespSlots.Of("0.5"), CommandSlot.Of(new RespCommand("GET", 0.5)));
        Assert.Equal(RespSlots.Of(new byte[1_000].AsSpan()), RespSlots.Of(new string('\0', 1_000)));
    }

    // As texts, as bytes, and as it is written, which all mean the same.
    private static int Of(string[] words)
    {
        var command = new RespCommand(words[0], [.. words.Skip(1).Select(static word => (RespArgument)word)]);
        var bytes = default(CommandBytes);
        bytes.Add(in command);
        var slot = CommandSlot.Of(in command);
        Assert.Equal(slot, CommandSlot.Of(new RespCommand(words[0], [.. words.Skip(1).Select(static word => (RespArgument)Encoding.UTF8.GetBytes(word))])));
        Assert.Equal(slot, CommandSlot.Of(bytes.Written));
        return slot;
    }
}
