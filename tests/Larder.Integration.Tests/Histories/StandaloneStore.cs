using System.Globalization;
using Larder.Servers;

namespace Larder.Integration.Tests.Histories;

/// <summary>One server. When it is killed it comes back empty, so nothing is ever in doubt.</summary>
internal sealed class StandaloneStore : IHistoryStore
{
    private const string RunsOnMemory = "3mb";
    private readonly RealServer _server;
    private readonly Random _chance;

    private StandaloneStore(RealServer server, Random chance)
    {
        _server = server;
        _chance = chance;
    }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_server.Port}");

    public Disturbances Known => Disturbances.CutConnections | Disturbances.PausedServer | Disturbances.KilledServer | Disturbances.LostKeys;

    public IReadOnlyCollection<Doubt> Doubts => [];

    internal static async Task<StandaloneStore> StartAsync(bool evicts, Random chance) => new(
        await RealServer.StartAsync(new ServerSettings { Arguments = evicts ? ["--maxmemory", RunsOnMemory, "--maxmemory-policy", "allkeys-random"] : [] }),
        chance);

    public async Task DisturbAsync(Disturbances kind)
    {
        switch (kind)
        {
            case Disturbances.CutConnections:
                await Mischief.CutConnectionsAsync(_server, _chance);
                break;
            case Disturbances.PausedServer:
                await Mischief.PauseAsync(_server, TimeSpan.FromMilliseconds(_chance.Next(1500)));
                break;
            case Disturbances.KilledServer:
                _server.Kill();
                await Task.Delay(_chance.Next(500));
                await _server.RestartAsync();
                break;
            default:
                await Mischief.LoseKeysAsync(_server, _chance);
                break;
        }
    }

    public Task SettleAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
