namespace Larder.Node;

/// <summary>The system's clock with a wall clock that is wrong.</summary>
internal sealed class WrongClock(TimeSpan error) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + error;
}
