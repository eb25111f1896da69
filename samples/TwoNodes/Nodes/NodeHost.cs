using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Larder;
using Larder.Redis;
using Microsoft.Extensions.DependencyInjection;

namespace TwoNodes.Nodes;

/// <summary>
/// What runs in each process: a service with one cache. It takes requests over standard input, "NUMBER VERB ARGUMENTS", as a web application takes them over HTTP, and
/// asks its database, which is the program that started it, over standard output: "ask KEY NUMBER".
/// </summary>
internal sealed class NodeHost(string name, string server, CoherenceLevel level) : IAsyncDisposable
{
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(15);
    private readonly ServiceProvider _services = Build(server, level);
    private readonly TextWriter _output = TextWriter.Synchronized(Console.Out);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<decimal>> _questions = new();
    private int _asked;

    internal async Task RunAsync()
    {
        var cache = _services.GetRequiredService<ICache>();

        // Waits for the connection.
        await cache.ExistsAsync("anything");
        await _output.WriteLineAsync($"ready {name}");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "told")
            {
                _questions[words[1]].TrySetResult(decimal.Parse(words[2], CultureInfo.InvariantCulture));
                continue;
            }

            _ = Task.Run(() => AnswerAsync(cache, words));
        }
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static ServiceProvider Build(string server, CoherenceLevel level)
    {
        var services = new ServiceCollection();
        services
            .AddLarder(options =>
            {
                options.Defaults.FreshFor = TimeSpan.FromMinutes(5);
                // Patience for a machine that is busy: a node that waits no longer loads for itself.
                options.TierTimeout = TimeSpan.FromSeconds(10);
            })
            .UseRedis(redis =>
            {
                redis.ConnectionString = server;
                redis.Prefix = $"two-nodes-{level}";
                redis.Level = level;
                redis.CoherenceLease = TimeSpan.FromSeconds(1);
            });
        return services.BuildServiceProvider();
    }

    private async Task AnswerAsync(ICache cache, string[] words)
    {
        string answer;
        try
        {
            answer = words[1] switch
            {
                "price" => Text(await cache.ResolveAsync(words[2], words[2], AskAsync, tags: words.AsSpan(3))),
                "memory" => cache.TryGet<decimal>(words[2], out var price) ? Text(price) : "nothing",
                "remove" => (await cache.RemoveAsync(words[2])).ToString(),
                "removeat" => await RemoveAtAsync(cache, words[2]),
                // On a thread of its own: the threads of the pool take the messages in.
                "watch" => await Task.Factory.StartNew(() => Watch(cache, words[2], words[3]), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default),
                "removetag" => (await cache.RemoveByTagAsync(words[2])).ToString(),
                _ => throw new ArgumentException($"There is no verb {words[1]}."),
            };
        }
        catch (Exception failure)
        {
            answer = $"failed {failure.GetType().Name}";
        }

        await _output.WriteLineAsync($"{words[0]} {answer}");
    }

    /// <summary>Removes the key, and tells the moment at which that had completed, by the clock that all processes of a machine share.</summary>
    private static async Task<string> RemoveAtAsync(ICache cache, string key)
    {
        await cache.RemoveAsync(key);
        return Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Asks memory without a pause until it has the old price no more; tells when it was last asked and still had it, 0 for not at all.</summary>
    private static string Watch(ICache cache, string key, string old)
    {
        var last = 0L;
        for (var end = Environment.TickCount64 + (long)LongestWatch.TotalMilliseconds; Environment.TickCount64 < end; Thread.Yield())
        {
            var asked = Stopwatch.GetTimestamp();
            if (!cache.TryGet<decimal>(key, out var price) || Text(price) != old)
            {
                return last.ToString(CultureInfo.InvariantCulture);
            }

            last = asked;
        }

        return Node.Never;
    }

    private static string Text(CacheResult<decimal> result) => $"{Text(result.Value)} {result.Status} {result.Tier}";

    private static string Text(decimal price) => price.ToString(CultureInfo.InvariantCulture);

    /// <summary>The slow source.</summary>
    private async ValueTask<decimal> AskAsync(string key, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _asked).ToString(CultureInfo.InvariantCulture);
        var question = _questions[number] = new TaskCompletionSource<decimal>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _output.WriteLineAsync($"ask {key} {number}");
        return await question.Task.WaitAsync(cancellationToken);
    }
}
