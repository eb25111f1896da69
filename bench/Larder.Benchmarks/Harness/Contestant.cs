namespace Larder.Benchmarks.Harness;

/// <summary>Somebody in a race: Larder in one of its rows, or a peer.</summary>
internal abstract class Contestant(string name) : IDisposable
{
    /// <summary>The row's id, or the peer's name.</summary>
    internal string Name { get; } = name;

    /// <summary>Runs often and briefly, so that the JIT compiler sees many calls.</summary>
    internal abstract void WarmUp();

    /// <summary>Finds out, once the code is warm, how much fits into a round.</summary>
    internal virtual void Calibrate()
    {
    }

    /// <summary>Takes one turn.</summary>
    internal abstract Round Measure();

    public virtual void Dispose()
    {
    }
}
