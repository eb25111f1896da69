namespace Larder.Tests.Support;

/// <summary>One call of a <see cref="GatedSource{T}"/>, waiting for its answer.</summary>
internal sealed class SourceCall<T>(EntryContext? context, CancellationToken cancellationToken)
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal EntryContext Context => context!;

    internal CancellationToken Token => cancellationToken;

    internal Task<T> Answered => _answer.Task;

    internal void Answer(T value) => _answer.TrySetResult(value);

    internal void Fail(Exception exception) => _answer.TrySetException(exception);
}
