using Larder.Servers;

namespace Larder.Redis.Tests.Kit;

/// <summary>One cluster for the tests of a class that do it no harm. No range of slots is split between two nodes.</summary>
public sealed class SharedCluster : IAsyncLifetime
{
    internal const int SlotsOfRange = 256;

    private static RealCluster? Cluster;

    internal static RealCluster Real => Cluster ?? throw new InvalidOperationException("The cluster was not started.");

    internal static string Address => AddressOf(Real);

    /// <summary>A connection string that names the members, and says what they are.</summary>
    internal static string AddressOf(RealCluster cluster) => string.Join(',', cluster.Nodes.Select(static node => $"127.0.0.1:{node.Port}")) + ",topology=cluster";

    internal static Task<RealCluster> StartAsync() => RealCluster.StartAsync(new ServerSettings { SlotsOfPiece = SlotsOfRange });

    public async ValueTask InitializeAsync() => Cluster = await StartAsync();

    public ValueTask DisposeAsync() => Real.DisposeAsync();
}
