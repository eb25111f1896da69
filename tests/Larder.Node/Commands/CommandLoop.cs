using System.Globalization;
using Larder.Node.Histories;

namespace Larder.Node.Commands;

/// <summary>
/// Reads "NUMBER VERB ARGUMENTS" and writes "NUMBER ok ANSWER" or "NUMBER failed TYPE MESSAGE" when it is done; several commands may be under way at once. A line that
/// begins with "!" is an event.
/// </summary>
internal sealed class CommandLoop(ICache cache, SharedDatabase database, NodeSettings settings, RecentLog log, TextReader input, TextWriter output)
{
    private readonly Gates _gates = new(output);
    private readonly HeldLocks _locks = new(cache);
    private readonly Heard _heard = new(cache);
    private readonly IVersionedValues _values = IVersionedValues.Of(cache, settings.ValueType);
    private readonly Unreadables _unreadables = new();
    private readonly CancellationTokenSource _stop = new();

    internal async Task RunAsync()
    {
        output.WriteLine("! ready");
        while (await input.ReadLineAsync() is { } line)
        {
            var words = line.Split(' ');
            if (words[1] == "end")
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(words[0], words[1], words[2..]));
        }
    }

    private async Task AnswerAsync(string number, string verb, string[] arguments)
    {
        string answer;
        try
        {
            answer = "ok " + await CarryOutAsync(verb, arguments);
        }
        catch (Exception exception)
        {
            answer = $"failed {exception.GetType().Name} {exception.Message.ReplaceLineEndings(" ")}";
        }

        output.WriteLine($"{number} {answer}");
        output.Flush();
    }

    private async Task<string> CarryOutAsync(string verb, string[] arguments) => verb switch
    {
        "try" => cache.TryGet<long>(arguments[0], out var value) ? Text(value) : "none",
        "get" => Text(await cache.GetAsync<long>(arguments[0])),
        "load" => Text(await LoadAsync(arguments)),
        "set" => await DoneAsync(cache.SetAsync(arguments[0], long.Parse(arguments[1], CultureInfo.InvariantCulture), tags: arguments.AsSpan(2))),
        "remove" => (await cache.RemoveAsync(arguments)).ToString(),
        "removetag" => (await cache.RemoveByTagAsync(arguments)).ToString(),
        "expire" => (await cache.ExpireAsync(arguments[0])).ToString(),
        "clear" => (await cache.ClearAsync()).ToString(),
        "increment" => Text(await cache.IncrementAsync(arguments[0])),
        "release" => _gates.Open(arguments[0]),
        "hold" => (await cache.HoldAsync(arguments[0], TimeSpan.FromMilliseconds(Number(arguments[1])))).ToString(),
        "lock" => await _locks.TakeAsync(arguments[0], Number(arguments[1])),
        "look" => _locks.Look(arguments[0]),
        "unlock" => await _locks.GiveBackAsync(arguments[0]),
        "listen" => _heard.Listen(),
        "heard" => _heard.All(),
        "status" => $"{cache.Statistics.QueuedRemovals} removals queued, {cache.Statistics.SourceCalls} calls of the source",
        "vload" => await _values.LoadAsync(arguments[0], arguments[1]),
        "vget" => await _values.GetAsync(arguments[0]),
        "vtry" => _values.Try(arguments[0]),
        "vset" => await _values.SetAsync(arguments[0], arguments[1]),
        "log" => log.All(),
        "unreadable" => _unreadables.All(),
        "work" => await WorkAsync(Number(arguments[0]), Number(arguments[1])),
        "stop" => await StopAsync(),
        "readfinally" => await WithHistoryAsync(static workload => workload.ReadFinallyAsync()),
        _ => throw new ArgumentException($"There is no verb {verb}."),
    };

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(CacheResult<long> result) =>
        $"{result.Status} {result.Tier} {(result.TryGetValue(out var value) ? Text(value) : "none")}";

    private static async Task<string> DoneAsync(ValueTask call)
    {
        await call;
        return "done";
    }

    /// <summary>"load KEY INDEX GATE TAGS": the source is row INDEX of the database. GATE "-" loads at once; otherwise the source is read, and then waits for the gate.</summary>
    private ValueTask<CacheResult<long>> LoadAsync(string[] arguments)
    {
        var row = Number(arguments[1]);
        var gate = arguments[2];
        return cache.ResolveAsync(
            arguments[0],
            async token =>
            {
                var value = database.Read(row);
                if (gate == "fail")
                {
                    throw new SourceFailedException();
                }

                if (gate != "-")
                {
                    await _gates.WaitAsync(gate, token);
                }

                return value;
            },
            tags: arguments.Length > 3 ? arguments.AsSpan(3) : default);
    }

    /// <summary>"work SEED WORKERS" is answered when "stop" has ended it.</summary>
    private Task<string> WorkAsync(int seed, int workers) => WithHistoryAsync(workload => workload.RunAsync(seed, workers, _stop.Token));

    private async Task<string> StopAsync()
    {
        await _stop.CancelAsync();
        return "done";
    }

    private async Task<string> WithHistoryAsync(Func<Workload, Task> work)
    {
        using var history = new HistoryWriter(settings.History!);
        await work(new Workload(cache, database, history, settings.Number));
        return "done";
    }
}
