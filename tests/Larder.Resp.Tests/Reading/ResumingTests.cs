using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Reading;

/// <summary>Handlers that are called once more off the reader, so that whoever waits can go on.</summary>
public sealed class ResumingTests
{
    [Fact]
    public async Task Resume_FollowsRepliesAndErrorsOnce_ButNoFailure()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", static (_, command) => command[1] == "wrong" ? Wire.Error("ERR no") : Wire.Bulk("1"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var handlers = Enumerable.Range(0, 40).Select(static _ => new Handler()).ToArray();
        for (var i = 0; i < handlers.Length; i++)
        {
            client.Post(new RespCommand("GET", i % 4 == 0 ? "wrong" : "right"), handlers[i]);
        }

        await Task.WhenAll(handlers.Select(static handler => handler.Resumed.Task)).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.All(handlers, static (handler, i) => Assert.Equal(i % 4 == 0 ? "error resume " : "reply resume ", handler.Told));

        var unsent = new Handler();
        client.Post(new RespCommand("GET", "right") { Epoch = client.Epoch + 1 }, unsent);
        await client.PingAsync();
        Assert.Equal("failure ", unsent.Told);
    }

    [Fact]
    public async Task Resume_ThatBlocks_DoesNotHoldTheReaderUp()
    {
        await using var server = FakeServer.Start();
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var connection = await server.AcceptAsync();
        using var later = new ManualResetEventSlim();
        var first = new Handler { OnResume = () => Assert.True(later.Wait(TimeSpan.FromSeconds(20))) };
        var second = new Handler { OnAnswer = later.Set };
        client.Post(new RespCommand("GET", "a"), first);
        client.Post(new RespCommand("GET", "b"), second);
        await connection.ExpectAsync("GET", "a");
        await connection.ExpectAsync("GET", "b");

        await connection.SendAsync(Wire.Bulk("1"));
        await first.Answered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await connection.SendAsync(Wire.Bulk("2"));

        await first.Resumed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await second.Resumed.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Resume_ThatThrows_HarmsNobody()
    {
        await using var server = FakeServer.Start();
        server.Answers.On("GET", Wire.Bulk("1"));
        await using var client = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        var wrong = new Handler { OnResume = static () => throw new InvalidOperationException("wrong") };
        var right = new Handler();
        client.Post(new RespCommand("GET", "a"), wrong);
        client.Post(new RespCommand("GET", "b"), right);

        await right.Resumed.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await client.PingAsync();
        Assert.True(client.IsConnected);
    }

    private sealed class Handler : IRespResumingHandler
    {
        internal string Told { get; private set; } = "";

        internal Action? OnAnswer { get; init; }

        internal Action? OnResume { get; init; }

        internal TaskCompletionSource Answered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal TaskCompletionSource Resumed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReply(ref RespReader reply) => Tell("reply ");

        public void OnError(RespServerException error, long epoch) => Tell("error ");

        public void OnFailure(Exception failure) => Told += "failure ";

        public void Resume()
        {
            Told += "resume ";
            OnResume?.Invoke();
            Resumed.TrySetResult();
        }

        private void Tell(string what)
        {
            Told += what;
            OnAnswer?.Invoke();
            Answered.TrySetResult();
        }
    }
}
