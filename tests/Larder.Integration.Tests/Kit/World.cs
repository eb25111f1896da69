using System.Globalization;
using Larder.Node;
using Larder.Servers;

namespace Larder.Integration.Tests.Kit;

/// <summary>A real server, a database, and processes with a cache each.</summary>
internal sealed class World : IAsyncDisposable
{
    internal static readonly TimeSpan Lease = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("larder-world-");
    private readonly List<NodeProcess> _nodes = [];
    private readonly SharedDatabase _database;
    private int _number;

    private World(RealServer server)
    {
        Server = server;
        _database = new SharedDatabase(DatabasePath);
    }

    internal RealServer Server { get; }

    private string DatabasePath => Path.Combine(_folder.FullName, "database");

    internal static async Task<World> StartAsync() => new(await RealServer.StartAsync());

    /// <summary>Starts a process at a level. Processes of one level share a cache.</summary>
    internal async Task<NodeProcess> StartNodeAsync(CoherenceLevel level, Func<NodeSettings, NodeSettings>? change = null)
    {
        var settings = new NodeSettings
        {
            Number = ++_number,
            Server = $"127.0.0.1:{Server.Port.ToString(CultureInfo.InvariantCulture)}",
            Cache = level.ToString(),
            Level = level,
            Lease = Lease,
            Database = DatabasePath,
        };
        var node = await NodeProcess.StartAsync(change is null ? settings : change(settings));
        _nodes.Add(node);
        await Until(() => SucceedsAsync(() => node.CallAsync("remove warm-up")), "the node to have its connection");
        return node;
    }

    /// <summary>Changes a row of the database; its new version.</summary>
    internal string Commit(int row) => _database.Commit(row).ToString(CultureInfo.InvariantCulture);

    /// <summary>Waits for what a level allows: nothing at Strict, a lease at Bounded, the announcement at Eventual.</summary>
    internal static async Task GrantAsync(CoherenceLevel level, NodeProcess node, string key)
    {
        if (level == CoherenceLevel.Bounded)
        {
            await Task.Delay(Lease);
        }
        else if (level == CoherenceLevel.Eventual)
        {
            await Until(async () => await node.CallAsync($"try {key}") == "none", $"node {node.Settings.Number} to drop {key}");
        }
    }

    /// <summary>False when the node said that the call has failed.</summary>
    internal static async Task<bool> SucceedsAsync(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (NodeFailedException)
        {
            return false;
        }
    }

    /// <summary>Asks until the answer is yes.</summary>
    internal static async Task Until(Func<Task<bool>> question, string what)
    {
        var end = Environment.TickCount64 + (long)Patience.Limit.TotalMilliseconds;
        while (!await question())
        {
            Assert.True(Environment.TickCount64 < end, $"Waited in vain for {what}.");
            await Task.Delay(Pause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        await Server.DisposeAsync();
        _database.Dispose();
        _folder.Delete(recursive: true);
    }
}
