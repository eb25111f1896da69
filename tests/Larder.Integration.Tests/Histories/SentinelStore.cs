using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Larder.Servers;

namespace Larder.Integration.Tests.Histories;

/// <summary>
/// A primary with two replicas, watched by three Sentinels. The primary is killed, often when its replicas have been cut off and lack what it has confirmed last; the
/// Sentinels make one of them the primary, and the old one comes back as its replica.
/// </summary>
internal sealed class SentinelStore : IHistoryStore
{
    // Much shorter than what makes the Sentinels take a server for dead.
    private const int LongestPause = 300;
    private static readonly TimeSpan DownAfter = TimeSpan.FromMilliseconds(1200);

    private readonly RealSentinels _group;
    private readonly Random _chance;
    private readonly bool _replicasConfirm;
    private readonly ConcurrentQueue<Doubt> _doubts = new();
    private long _elections;
    private long _lastKnown = Stopwatch.GetTimestamp();

    private SentinelStore(RealSentinels group, bool replicasConfirm, Random chance)
    {
        _group = group;
        _replicasConfirm = replicasConfirm;
        _chance = chance;
    }

    public string ConnectionString =>
        string.Join(',', _group.Sentinels.Select(static sentinel => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{sentinel.Port}"))) + $",serviceName={RealSentinels.ServiceName}";

    public Disturbances Known => Disturbances.CutConnections | Disturbances.PausedServer | Disturbances.LostKeys | Disturbances.Failovers;

    public IReadOnlyCollection<Doubt> Doubts => _doubts;

    internal static async Task<SentinelStore> StartAsync(bool replicasConfirm, Random chance) => new(await RealSentinels.StartAsync(new ServerSettings { DownAfter = DownAfter }), replicasConfirm, chance);

    public async Task DisturbAsync(Disturbances kind)
    {
        var primary = await _group.PrimaryAsync();
        switch (kind)
        {
            case Disturbances.CutConnections:
                await Mischief.CutConnectionsAsync(primary, _chance);
                break;
            case Disturbances.PausedServer:
                await Mischief.PauseAsync(primary, TimeSpan.FromMilliseconds(_chance.Next(LongestPause)));
                break;
            case Disturbances.LostKeys:
                await Mischief.LoseKeysAsync(primary, _chance);
                break;
            default:
                await FailOverAsync(primary);
                break;
        }
    }

    public async Task SettleAsync()
    {
        var (_, elections) = await _group.BringTogetherAsync();
        if (elections != _elections)
        {
            // A machine that is very busy looks dead to the Sentinels.
            _elections = elections;
            _doubts.Enqueue(Doubt.Halted(_lastKnown, until: TimeSpan.FromSeconds(1)));
        }

        _lastKnown = Stopwatch.GetTimestamp();
    }

    public ValueTask DisposeAsync() => _group.DisposeAsync();

    private async Task FailOverAsync(RealServer primary)
    {
        var (moment, alone) = await Mischief.KillAsync(primary, [.. _group.Servers.Where(server => server != primary)], _chance);
        if (!_replicasConfirm)
        {
            _doubts.Enqueue(Doubt.Dead(moment, alone));
        }

        await _group.WaitForAnotherPrimaryAsync(primary);
        await primary.RestartAsync();
        _elections++;
    }
}
