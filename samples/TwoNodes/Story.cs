using System.Diagnostics;
using System.Globalization;
using Larder;
using QuickStart.Showing;
using TwoNodes.Nodes;

namespace TwoNodes;

/// <summary>What is shown, scene by scene, and whether it was as promised.</summary>
internal sealed class Story(Terminal terminal, LocalServer server)
{
    internal const string Usage =
        "TwoNodes shows Larder in two processes over one Redis.\n\n    dotnet run --project samples/TwoNodes [-- CONNECTION]\n\nCONNECTION is a connection string such as localhost:6379,password=…; without one a server is started on a free port. "
        + "It ends with 0 only if everything was as promised.";

    private const int Rounds = 100;
    private const int LabelWidth = 38;
    private const int Indent = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private readonly PriceDatabase _database = new();
    private int _scenes;
    private int _broken;

    internal async Task<bool> RunAsync()
    {
        terminal.Line("Larder in two processes", Tone.Strong);
        terminal.Paragraph($"Two processes with a cache each, over {(server.IsOurs ? "a Redis of our own at " : "")}{server.Connection}. The prices are in a slow database, which this program plays.");
        await using var a = await Node.StartAsync("A", server.Connection, CoherenceLevel.Strict, _database);
        await using var b = await Node.StartAsync("B", server.Connection, CoherenceLevel.Strict, _database);
        Show("node A", $"process {a.ProcessId}, level Strict");
        Show("node B", $"process {b.ProcessId}, level Strict");
        await OneLoadAsync(a, b);
        await RemovalAsync(a, b);
        await TagsAsync(a, b);
        await LevelsAsync(a, b);
        if (server.IsOurs)
        {
            await OutageAsync(a, b);
        }
        else
        {
            Scene("Redis away", "Left out: the server is yours, and is not killed.");
        }

        terminal.Gap();
        terminal.Line(_broken == 0 ? $"✓ All {_scenes} scenes were as promised." : $"✗ {_broken} things were not as promised.", _broken == 0 ? Tone.Good : Tone.Bad);
        return _broken == 0;
    }

    private async Task OneLoadAsync(Node a, Node b)
    {
        Scene("One load for both", "Ten callers in each process ask for the same price at once. The database is asked once; the others wait for that answer, across processes.");
        var key = Fresh("bread", 3.20m);
        var before = _database.Reads;
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? a : b).PriceAsync(key)));
        var reads = _database.Reads - before;
        Show("20 answers", $"{answers.Max(static answer => answer.Time).TotalMilliseconds:F0} ms, the database takes {_database.Delay.TotalMilliseconds:F0} ms");
        Show("the database was asked", Figures.Count(reads, "time", "times"));
        Check(reads == 1, "One load for twenty callers in two processes.");
        Check(answers.All(static answer => answer.Price == "3.20"), "All of them got the price.");
        Show("again, on B", Text(await b.PriceAsync(key)));
    }

    private async Task RemovalAsync(Node a, Node b)
    {
        Scene("A removal is seen everywhere", "A keeps a price in memory. It changes in the database, and B removes it. Once that has completed, A does not serve the old one.");
        var key = Fresh("milk", 1.10m);
        await a.PriceAsync(key);
        Show("A, from memory", await a.MemoryAsync(key));
        _database.Change(key, 1.25m);
        var (outcome, time) = await b.RemoveAsync(key);
        Show("B removes it", $"{outcome}, {Figures.Of(time)}");
        var memory = await a.MemoryAsync(key);
        Show("A's memory, right afterwards", memory);
        var answer = await a.PriceAsync(key);
        Show("A", Text(answer));
        Check(memory == "nothing" && answer.Price == "1.25", "A has dropped the old price before the removal completed.");

        var early = a.PriceAsync(Fresh("tea", 4.00m));
        await UntilAsync(() => Task.FromResult(_database.Reads > 0 && !early.IsCompleted), "the load to run");
        await Task.Delay(_database.Delay / 2);
        _database.Change("tea", 4.40m);
        await b.RemoveAsync("tea");
        var late = a.PriceAsync("tea");
        Show("a load on A that B's removal met", Text(await early));
        Show("who asked A after the removal", Text(await late));
        Check((await late).Price == "4.40" && (await b.PriceAsync("tea")).Price == "4.40", "The load that ran already was neither joined nor stored.");
    }

    private async Task TagsAsync(Node a, Node b)
    {
        Scene("Tags", "Two hundred prices of one shop are removed together, in one step, wherever they are kept.");
        var delay = _database.Delay;
        _database.Delay = TimeSpan.Zero;
        string[] keys = [.. Enumerable.Range(1, 200).Select(i => Fresh($"cheese:{i.ToString(CultureInfo.InvariantCulture)}", 5m))];
        await Task.WhenAll(keys.Select(key => a.PriceAsync(key, "shop:7")));
        await Task.WhenAll(keys.Select(key => b.PriceAsync(key, "shop:7")));
        foreach (var key in keys)
        {
            _database.Change(key, 6m);
        }

        var (outcome, time) = await b.RemoveByTagAsync("shop:7");
        Show("B removes shop:7", $"{outcome}, {Figures.Of(time)} for 200 entries in three places");
        var old = 0;
        foreach (var node in (Node[])[a, b])
        {
            old += (await Task.WhenAll(keys.Select(key => node.PriceAsync(key, "shop:7")))).Count(static answer => answer.Price != "6");
        }

        Show("old prices served afterwards", $"{old} of 400");
        Check(old == 0, "None of them is served by either node.");
        _database.Delay = delay;
    }

    private async Task LevelsAsync(Node a, Node b)
    {
        Scene(
            "Strict against Eventual",
            $"B changes and removes a price {Rounds} times, while A asks its memory without a pause. Strict waits until every node has dropped it. Eventual does not wait; A learns of it by a message, which can come after the removal has completed.");
        _database.Delay = TimeSpan.Zero;
        await using var c = await Node.StartAsync("C", server.Connection, CoherenceLevel.Eventual, _database);
        await using var d = await Node.StartAsync("D", server.Connection, CoherenceLevel.Eventual, _database);
        var strict = await RaceAsync(a, b);
        var eventual = await RaceAsync(c, d);
        Show("Strict", strict.ToString());
        Show("Eventual", eventual.ToString());
        Check(strict is { Watched: > 0, Old: 0 }, "At Strict the old price was never served after a removal had completed.");
        Check(strict.Wrong == 0 && eventual.Wrong == 0, "At both levels the new price came by itself each time.");
    }

    private async Task<Race> RaceAsync(Node reader, Node writer)
    {
        var key = Fresh("eggs", 0m);
        var race = new Race(Rounds);
        for (var round = 1; round <= Rounds; round++)
        {
            var old = (await reader.PriceAsync(key)).Price;
            _database.Change(key, round);
            var watch = reader.WatchAsync(key, old);

            // Its answer comes behind the question before, so that the watch has most likely begun.
            await reader.MemoryAsync(key);
            var clock = Stopwatch.GetTimestamp();
            var completed = await writer.RemoveAtAsync(key);
            race.Removed(Stopwatch.GetElapsedTime(clock), completed, await watch);
            race.Answered((await reader.PriceAsync(key)).Price == round.ToString(CultureInfo.InvariantCulture));
        }

        return race;
    }

    private async Task OutageAsync(Node a, Node b)
    {
        Scene("Redis is killed, and comes back", "Readers see no error and nothing old. A removal that can not be told says so. When Redis is back, empty, everything goes on by itself.");
        var key = Fresh("salt", 0.80m);
        await a.PriceAsync(key);
        server.Kill();
        _database.Change(key, 0.90m);
        var away = await a.PriceAsync(key);
        Show("A, without Redis", Text(away));
        Check(away.Price is "0.80" or "0.90", "A reader gets an answer.");
        var (outcome, _) = await b.RemoveAsync(key);
        Show("B removes it", outcome);
        Check(outcome == "failed TierUnavailableException", "The removal says that Redis was not told.");

        await server.RunAsync();
        await UntilAsync(async () => (await b.RemoveAsync(key)).Outcome == "Done", "the removal to succeed");
        Show("B removes it, Redis being back", "Done");
        var answer = await a.PriceAsync(key);
        Show("A", Text(answer));
        Check(answer.Price == "0.90", "A serves the new price.");
        await UntilAsync(async () => await a.MemoryAsync(key) == "0.90" || (await a.PriceAsync(key)).Tier == "Memory", "A to serve from memory again");
        Check(true, "And serves it from memory again.");
    }

    private string Fresh(string key, decimal price)
    {
        _database.Change(key, price);
        return key;
    }

    private static async Task UntilAsync(Func<Task<bool>> question, string what)
    {
        for (var end = Environment.TickCount64 + (long)Patience.TotalMilliseconds; !await question(); await Task.Delay(Pause))
        {
            if (Environment.TickCount64 > end)
            {
                throw new NodeFailedException($"waited {Patience.TotalSeconds} s in vain for {what}");
            }
        }
    }

    private static string Text(Answer answer) => $"{answer.Price} ({answer.Status}, {answer.Tier}), {Figures.Of(answer.Time)}";

    private void Scene(string title, string toBeSeen)
    {
        terminal.Gap();
        terminal.Line($"{(++_scenes).ToString(CultureInfo.InvariantCulture)}  {title}", Tone.Strong);
        terminal.Paragraph(toBeSeen, Indent, Tone.Quiet);
        terminal.Gap();
    }

    private void Show(string label, string value) => terminal.Paragraph(value, Indent + 2, label: label.PadRight(LabelWidth));

    private void Check(bool holds, string what)
    {
        _broken += holds ? 0 : 1;
        terminal.Paragraph(what, Indent, holds ? Tone.Good : Tone.Bad, holds ? "✓ " : "✗ ");
    }
}
