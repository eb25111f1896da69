namespace Larder.Redis.Scheduling;

/// <summary>A token that ends after a while, or with another one.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    internal Deadline(TimeSpan time, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        _time = new CancellationTokenSource(time, timeProvider);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellationToken);
    }

    internal CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
