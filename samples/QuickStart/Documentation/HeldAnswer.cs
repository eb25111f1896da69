namespace QuickStart.Documentation;

/// <summary>An answer that the staged source has ready and keeps back until it is released.</summary>
internal sealed class HeldAnswer
{
    private readonly TaskCompletionSource _isReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _isReleased = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the source has found the answer.</summary>
    internal Task IsReady => _isReady.Task;

    /// <summary>Lets the source hand the answer out.</summary>
    internal void Release() => _isReleased.TrySetResult();

    internal Task KeepBackAsync(CancellationToken cancellationToken)
    {
        _isReady.TrySetResult();
        return _isReleased.Task.WaitAsync(cancellationToken);
    }
}
