using System.Globalization;
using Larder.Resp.Tests.Kit;
using Larder.Servers;

namespace Larder.Resp.Tests.Desync;

/// <summary>Nobody ever gets a reply that is another's, whatever is cancelled, times out, is pushed in between, or breaks.</summary>
public sealed class DesyncTests
{
    private const int Callers = 64;
    private const int CommandsBetweenCuts = 4_000;

    [Fact]
    public async Task Replies_UnderEverythingThatCanHappen_AreEachCallersOwn()
    {
        var commands = Soak.Count("LARDER_RESP_COMMANDS", 200_000);
        await using var server = await RealServer.StartAsync();
        var log = new CountingHandler();
        var options = RespOptions.Parse($"127.0.0.1:{server.Port}") with
        {
            BacklogPolicy = RespBacklogPolicy.Queue,
            CommandTimeout = TimeSpan.FromSeconds(20),
            ReconnectMinimum = TimeSpan.FromMilliseconds(1),
            ReconnectMaximum = TimeSpan.FromMilliseconds(20),
        };
        await using var client = await RespClient.ConnectAsync(options, log);
        await using var writer = await RespClient.ConnectAsync($"127.0.0.1:{server.Port}");
        await using var listening = await client.SubscribeAsync("news", capacity: 16);
        for (var caller = 0; caller < Callers; caller++)
        {
            await writer.SetAsync(Key(caller), Value(caller));
        }

        var tally = new Tally();
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(client, caller, commands / Callers, tally)).ToList();
        var noise = NoiseAsync(client, writer, tally, Task.WhenAll(callers));
        await Task.WhenAll(callers);
        await noise;

        // Every kind of disturbance has happened, and most commands were answered all the same.
        Assert.True(tally.Right > commands / 2, tally.ToString());
        Assert.True(tally.Cancelled > 0 && tally.TimedOut > 0 && tally.Cuts > 0 && log.Pushes > 0, tally.ToString());
        for (var caller = 0; caller < Callers; caller++)
        {
            Assert.Equal(Value(caller), await client.GetStringAsync(Key(caller)));
        }
    }

    private static async Task CallAsync(RespClient client, int caller, int commands, Tally tally)
    {
        var random = new Random(caller);
        for (var i = 0; i < commands && !tally.IsBroken; i++)
        {
            using var cancelling = random.Next(10) == 0 ? new CancellationTokenSource() : null;
            try
            {
                var asked = AskAsync(client, caller, random, cancelling?.Token ?? default);
                if (cancelling is not null)
                {
                    for (var turns = random.Next(3); turns > 0; turns--)
                    {
                        await Task.Yield();
                    }

                    await cancelling.CancelAsync();
                }

                await asked;
                Interlocked.Increment(ref tally.Right);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref tally.Cancelled);
            }
            catch (RespTimeoutException)
            {
                Interlocked.Increment(ref tally.TimedOut);
            }
            catch (RespException)
            {
                Interlocked.Increment(ref tally.Failed);
            }
            catch
            {
                // A wrong reply: the others need not go on.
                tally.IsBroken = true;
                throw;
            }
        }
    }

    private static async Task AskAsync(RespClient client, int caller, Random random, CancellationToken cancellationToken)
    {
        switch (random.Next(8))
        {
            case 0:
                Assert.Equal(Value(caller), await client.ExecuteTrackedAsync(new RespCommand("GET", Key(caller)), TextDecoder.Instance, cancellationToken));
                break;
            case 1:
                var other = random.Next(Callers);
                var many = await client.GetManyAsync(new RespArgument[] { Key(caller), Key(other), "absent" }, cancellationToken);
                Assert.Equal([Value(caller), Value(other), null], many.Select(one => one is null ? null : System.Text.Encoding.UTF8.GetString(one)));
                break;
            case 2:
                var word = random.NextInt64().ToString(CultureInfo.InvariantCulture);
                var group = new RespGroup { new("ECHO", word), new("NOSUCHCOMMAND", word), new("ECHO", caller) };
                var replies = await client.ExecuteGroupAsync(group, cancellationToken);
                Assert.Equal(word, replies[0].AsString());
                Assert.True(replies[1].IsError);
                Assert.Equal(caller, replies[2].AsInt64());
                break;
            case 3:
                var echo = new string((char)('a' + random.Next(26)), random.Next(3_000));
                var command = new RespCommand("ECHO", echo) { Timeout = random.Next(4) == 0 ? TimeSpan.FromTicks(1) : null };
                Assert.Equal(echo, await client.ExecuteAsync(in command, TextDecoder.Instance, cancellationToken));
                break;
            case 4:
                var posted = new Waiting();
                client.Post(new RespCommand("GET", Key(caller)) { Epoch = random.Next(2) == 0 ? client.Epoch : 0 }, posted, isTracked: random.Next(2) == 0);
                Assert.Equal(Value(caller), await posted.Outcome.Task);
                break;
            case 5:
                var number = random.NextInt64();
                var all = await client.ExecuteGroupAsync(new RespGroup { new("MULTI"), new("ECHO", number), new("GET", Key(caller)), new("EXEC") }, cancellationToken);
                Assert.Equal([$"{number}", Value(caller)], all[3].Items.Select(static one => one.AsString()));
                break;
            default:
                Assert.Equal(Value(caller), await client.GetStringAsync(Key(caller), cancellationToken));
                break;
        }
    }

    // Invalidations, messages, and cuts of the connection from this side and from the server's.
    private static async Task NoiseAsync(RespClient client, RespClient writer, Tally tally, Task callers)
    {
        var cutAt = CommandsBetweenCuts;
        for (var i = 0; !callers.IsCompleted; i++)
        {
            await writer.SetAsync(Key(i % Callers), Value(i % Callers));
            await writer.PublishAsync("news", i);
            if (tally.Total >= cutAt)
            {
                cutAt += CommandsBetweenCuts;
                Interlocked.Increment(ref tally.Cuts);
                if (tally.Cuts % 3 == 0)
                {
                    client.Node.Current?.Close(new RespConnectionException("The test has cut it."));
                }
                else if (tally.Cuts % 3 == 1)
                {
                    client.Disconnect(client.Epoch, "The test has given it up.");
                }
                else
                {
                    await writer.ExecuteAsync(new RespCommand("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes"));
                }
            }
        }
    }

    private static string Key(int caller) => $"key:{caller}";

    private static string Value(int caller) => $"value of {caller} {new string('x', caller * 20)}";

    private sealed class TextDecoder : IRespDecoder<string?>
    {
        internal static readonly TextDecoder Instance = new();

        public string? Decode(ref RespReader reply) => reply.GetString();
    }

    // A second outcome would throw on the reader or be logged, and an own one that is missing never comes back.
    private sealed class Waiting : IRespReplyHandler
    {
        internal TaskCompletionSource<string?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnReply(ref RespReader reply) => Outcome.SetResult(reply.GetString());

        public void OnError(RespServerException error, long epoch) => Outcome.SetException(error);

        public void OnFailure(Exception failure) => Outcome.SetException(failure);
    }

    private sealed class CountingHandler : IRespStreamHandler
    {
        private long _pushes;

        internal long Pushes => Volatile.Read(ref _pushes);

        public void OnPush(ref RespReader push) => Interlocked.Increment(ref _pushes);

        public void OnGap(RespGap gap)
        {
        }
    }

    private sealed class Tally
    {
        internal volatile bool IsBroken;
        internal int Right;
        internal int Cancelled;
        internal int TimedOut;
        internal int Failed;
        internal int Cuts;

        internal int Total => Right + Cancelled + TimedOut + Failed;

        public override string ToString() => $"{Right} right, {Cancelled} cancelled, {TimedOut} timed out, {Failed} failed, {Cuts} cuts";
    }
}
