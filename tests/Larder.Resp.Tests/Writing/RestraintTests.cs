using System.Text;
using Larder.Resp.Tests.Kit;

namespace Larder.Resp.Tests.Writing;

/// <summary>Commands that would harm the other callers of the connection are refused before anything is sent.</summary>
public sealed class RestraintTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("SUBSCRIBE", "x")]
    [InlineData("psubscribe", "x")]
    [InlineData("SSUBSCRIBE", "x")]
    [InlineData("UNSUBSCRIBE")]
    [InlineData("PUNSUBSCRIBE")]
    [InlineData("SUNSUBSCRIBE", "x")]
    [InlineData("SUBSCRIBE x")]
    [InlineData("MONITOR")]
    [InlineData("SYNC")]
    [InlineData("PSYNC", "?", "-1")]
    [InlineData("CLIENT REPLY", "OFF")]
    [InlineData("CLIENT", "reply", "SKIP")]
    [InlineData("client reply off")]
    [InlineData("SCRIPT DEBUG", "YES")]
    [InlineData("SCRIPT", "DEBUG", "SYNC")]
    [InlineData("SELECT", "1")]
    [InlineData("AUTH", "x")]
    [InlineData("HELLO", "2")]
    [InlineData("RESET")]
    [InlineData("QUIT")]
    [InlineData("READONLY")]
    [InlineData("READWRITE")]
    [InlineData("WATCH", "a")]
    [InlineData("MULTI")]
    public async Task Command_ThatWouldHarmOthers_IsRefusedEverywhere(params string[] words)
    {
        var client = shared.Client;
        var texts = new RespCommand(words[0], [.. words.Skip(1).Select(static word => (RespArgument)word)]);
        var bytes = new RespCommand(words[0], [.. words.Skip(1).Select(static word => (RespArgument)Encoding.UTF8.GetBytes(word))]);
        var outcomes = new Outcomes();
        foreach (var command in (RespCommand[])[texts, bytes])
        {
            var failure = Assert.Throws<ArgumentException>(() => { _ = client.ExecuteAsync(command).AsTask(); });
            Assert.StartsWith(command.Name, failure.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentException>(() => { _ = client.ExecuteTrackedAsync(command, new StreamLog()).AsTask(); });
            Assert.Throws<ArgumentException>(() => client.Post(command, outcomes));
            Assert.Throws<ArgumentException>(() => client.Post(command, outcomes, isTracked: true));
            Assert.Throws<ArgumentException>(() => { _ = client.ExecuteOnAllAsync(command).AsTask(); });
            Assert.Throws<ArgumentException>(() => { _ = client.ExecuteGroupAsync(new RespGroup { new("PING"), command }).AsTask(); });
        }

        // Nothing was sent, so everybody still gets their own.
        await client.SetAsync("a", "A");
        await client.SetAsync("b", "B");
        var (a, b) = (client.GetStringAsync("a").AsTask(), client.GetStringAsync("b").AsTask());
        Assert.Equal(("A", "B"), (await a, await b));
        Assert.Equal(0, outcomes.Waiting);
    }

    [Fact]
    public async Task Hello_WithoutArguments_IsAQuestionAndSent()
    {
        var answer = await shared.Client.ExecuteAsync(new RespCommand("HELLO"));
        Assert.Contains("redis", answer.Items.Select(static item => item.AsString() ?? ""));
    }

    [Fact]
    public async Task Group_WithAWholeTransaction_IsSent()
    {
        var client = shared.Client;
        var done = await client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "t"), new("EXEC"), new("MULTI"), new("INCR", "t"), new("DISCARD"), new("GET", "t") });
        Assert.Equal("1", done[^1].AsString());
        Assert.Throws<ArgumentException>(() => { _ = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("EXEC"), new("MULTI"), new("INCR", "t") }).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "t"), new("EXEC", "now") }).AsTask(); });
        Assert.Throws<ArgumentException>(() => { _ = client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("INCR", "t"), new("DISCARD it") }).AsTask(); });
        Assert.Equal("default", (await client.ExecuteAsync(new RespCommand("ACL WHOAMI"))).AsString());
        Assert.True((await client.ExecuteAsync(new RespCommand("CLIENT", "ID"))).AsInt64() > 0);
    }
}
