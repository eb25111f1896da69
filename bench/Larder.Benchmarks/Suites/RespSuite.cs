using System.Diagnostics;
using System.Globalization;
using Larder.Benchmarks.Harness;
using Larder.Resp;
using Larder.Servers;

namespace Larder.Benchmarks.Suites;

/// <summary>
/// GETs of 1 KiB values from a redis-server on loopback that the suite starts, beside a bare socket at the same depth in the
/// same run. The bytes are those beyond the value's own array. Elapsed time counts, so the machine must have nothing
/// else to do; client and server share its processors.
/// </summary>
internal sealed class RespSuite : Suite
{
    private const int ValueLength = 1_024;
    private const int ArrayLength = ValueLength + 24;
    private const int Keys = 256;
    private const int ManyKeys = 100;
    private const int Rounds = 31;
    private const int SingleGets = 1_000;
    private const int PipelinedGets = 16_384;
    private const int Batches = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal override string Name => "resp";

    internal override string Description => "GETs from a redis-server on loopback, beside a bare socket; bytes beyond the value's array.";

    internal override SuiteResult Run()
    {
        if (!Larder.Servers.Servers.Available)
        {
            Console.Error.WriteLine($"resp: nothing was measured. {Larder.Servers.Servers.Reason}");
            return new SuiteResult([], []);
        }

        var server = Wait(RealServer.StartAsync());
        var client = Wait(RespClient.ConnectAsync($"127.0.0.1:{server.Port}"));
        var keys = Enumerable.Range(0, Keys).Select(RespLoops.Key).ToArray();
        foreach (var key in keys)
        {
            Wait(client.SetAsync(key, new byte[ValueLength]).AsTask());
        }

        var race = Measure(server, client, keys);
        ShowOtherTool(server.Port);
        Close(client, server);
        return new SuiteResult(
            [
                Beyond(race.Beside("resp/get1", Peers.RawLoop1, Metric.Time)),
                Beyond(race.Beside("resp/get64", Peers.RawLoop64, Metric.Throughput)),
                Beyond(race.Beside("resp/get256", Peers.RawLoop256, Metric.Throughput)),
                race.Beside("resp/mget100", Peers.AwaitedGets, Metric.Time) with { Bytes = null },
            ],
            [
                race.Alone(Peers.RawLoop1, Metric.Time),
                race.Alone(Peers.RawLoop64, Metric.Throughput),
                race.Alone(Peers.RawLoop256, Metric.Throughput),
                race.Alone(Peers.AwaitedGets, Metric.Time),
            ]);
    }

    private static RaceResult Measure(RealServer server, RespClient client, string[] keys)
    {
        using var one = new RawLoop(server.Port, 1, ValueLength);
        using var some = new RawLoop(server.Port, 64, ValueLength);
        using var many = new RawLoop(server.Port, 256, ValueLength);
        var hundred = keys[..ManyKeys];
        RespArgument[] together = [.. hundred.Select(static key => (RespArgument)key)];
        return Race.Run(
            Rounds,
            Loop(Peers.RawLoop1, SingleGets, () => one.RunAsync(SingleGets)),
            Loop("resp/get1", SingleGets, () => RespLoops.GetAsync(client, keys, 1, SingleGets, ValueLength)),
            Loop(Peers.RawLoop64, PipelinedGets, () => some.RunAsync(PipelinedGets / 64)),
            Loop("resp/get64", PipelinedGets, () => RespLoops.GetAsync(client, keys, 64, PipelinedGets / 64, ValueLength)),
            Loop(Peers.RawLoop256, PipelinedGets, () => many.RunAsync(PipelinedGets / 256)),
            Loop("resp/get256", PipelinedGets, () => RespLoops.GetAsync(client, keys, 256, PipelinedGets / 256, ValueLength)),
            Loop(Peers.AwaitedGets, Batches, () => RespLoops.GetOneByOneAsync(client, hundred, Batches, ValueLength)),
            Loop("resp/mget100", Batches, () => RespLoops.GetTogetherAsync(client, together, Batches, ValueLength)));
    }

    private static BatchContestant Loop(string name, int operations, Func<Task> run) =>
        new(name, operations, () => Wait(run())) { HasHelpers = true };

    private static Row Beyond(Row row) => row with { Bytes = row.Bytes - ArrayLength };

    // What Redis's own tool, which is written in C and parses hardly anything, gets on the same machine.
    private static void ShowOtherTool(int port)
    {
        try
        {
            foreach (var (clients, depth) in ((int, int)[])[(1, 1), (1, 64), (1, 256)])
            {
                var arguments = string.Create(CultureInfo.InvariantCulture, $"-p {port} -t get -d {ValueLength} -c {clients} -P {depth} -n {(depth == 1 ? 20_000 : 400_000)} -q");
                using var process = Process.Start(new ProcessStartInfo("redis-benchmark", arguments) { RedirectStandardOutput = true });
                var last = process?.StandardOutput.ReadToEnd().Split('\r', '\n').LastOrDefault(static line => line.Contains("per second", StringComparison.Ordinal));
                process?.WaitForExit();
                Console.Error.WriteLine($"redis-benchmark at depth {depth}: {last?.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine("redis-benchmark is not installed, so it is not shown beside.");
        }
    }

    private static void Wait(Task task) => task.WaitAsync(Patience).GetAwaiter().GetResult();

    private static T Wait<T>(Task<T> task) => task.WaitAsync(Patience).GetAwaiter().GetResult();
}
