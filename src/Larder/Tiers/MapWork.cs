using Larder.Memory;
using Larder.Scheduling;

namespace Larder.Tiers;

/// <summary>Sends the map's long maintenance through the engine's own seam, so that a simulation has it in its hands as well.</summary>
internal sealed class MapWork(Scheduler scheduler) : MapScheduler
{
    public override void Schedule(Action work) => scheduler.Queue(new Item(work));

    private sealed class Item(Action work) : IThreadPoolWorkItem
    {
        public void Execute() => work();
    }
}
