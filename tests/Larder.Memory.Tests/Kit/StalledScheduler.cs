namespace Larder.Memory.Tests.Kit;

/// <summary>A scheduler that takes work and does not run it until it is told to.</summary>
internal sealed class StalledScheduler : MapScheduler
{
    private readonly Queue<Action> _work = new();

    internal int Waiting
    {
        get
        {
            lock (_work)
            {
                return _work.Count;
            }
        }
    }

    public override void Schedule(Action work)
    {
        lock (_work)
        {
            _work.Enqueue(work);
        }
    }

    /// <summary>Runs one piece of work; false when none is waiting.</summary>
    internal bool RunOne()
    {
        Action? work;
        lock (_work)
        {
            if (!_work.TryDequeue(out work))
            {
                return false;
            }
        }

        work();
        return true;
    }
}
