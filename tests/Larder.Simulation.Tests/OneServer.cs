using Larder.Coherence;
using Larder.Ports;
using Larder.Testing;

namespace Larder.Simulation.Tests;

/// <summary>A store on one node.</summary>
internal sealed class OneServer(World world) : SharedStore
{
    private readonly MemoryAuthority _authority = new(world.Simulation.AddNode("authority"));

    internal override (ITier Tier, StoreWay Way) Connect(SimulationNode node, int index)
    {
        var link = _authority.Connect(world.Network, node, world.Plan.AnnouncesInOrder[index]);
        return (new LinkedAuthority(link, world.Plan.Coherence), new StoreWay(link.Cut, link.Partition, () => link.BlocksReplies = true, link.Heal));
    }

    internal override void EvictAny() => _authority.EvictAny(world.Chance);

    internal override void Flush() => _authority.FlushAll();

    internal override void Restart() => _authority.Restart();
}
